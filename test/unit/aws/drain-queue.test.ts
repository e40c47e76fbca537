import { DeleteMessageBatchCommand, ReceiveMessageCommand, type Message, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { minuteReader } from '../../../shared/aws/drain-queue.ts';

const invokedFunctionArn = 'arn:aws:lambda:eu-central-1:111122223333:function:drain:live';

/** A queue in memory. A message that was received stays hidden. */
const queueWith = (bodies: readonly string[]) => {
  const left: Message[] = bodies.map((Body, i) => ({
    MessageId: `m${i}`,
    ReceiptHandle: `r${i}`,
    Body,
    Attributes: { ApproximateReceiveCount: '1', SequenceNumber: String(i), MessageGroupId: 'slot' },
  }));
  const counts = { receives: 0, deleted: [] as string[] };
  const sqs = {
    send: (command: unknown) => {
      if (command instanceof ReceiveMessageCommand) {
        counts.receives++;
        return Promise.resolve({ Messages: left.splice(0, command.input.MaxNumberOfMessages) });
      }
      if (!(command instanceof DeleteMessageBatchCommand)) throw new Error('no such command');
      counts.deleted.push(...(command.input.Entries ?? []).map(({ ReceiptHandle = '' }) => ReceiptHandle));
      return Promise.resolve({});
    },
  } as unknown as Pick<SQSClient, 'send'>;
  return { counts, left, queue: { sqs, queueUrl: 'https://sqs.eu-central-1.amazonaws.com/111122223333/spill.fifo' } };
};

const run = { invokedFunctionArn, getRemainingTimeInMillis: () => 90_000 };
const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i));
const failing = (fails: (body: string) => boolean, seen: string[] = []) =>
  ((event: SQSEvent) => {
    seen.push(...event.Records.map(({ body }) => body));
    const failed = event.Records.filter(({ body }) => fails(body));
    return Promise.resolve({ batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) });
  }) satisfies Parameters<typeof minuteReader>[1];

describe('a function that reads a queue each minute', () => {
  test('handles all that is there, and deletes it', async () => {
    const { counts, queue } = queueWith(numbered(1_234));
    const seen: string[] = [];
    await minuteReader(
      () => queue,
      failing(() => false, seen),
    )({}, run);
    expect(seen.toSorted()).toEqual(numbered(1_234).toSorted());
    expect(new Set(counts.deleted).size).toBe(1_234);
  });

  test('looks twice into an empty queue, and handles nothing', async () => {
    const { counts, queue } = queueWith([]);
    const seen: string[] = [];
    await minuteReader(
      () => queue,
      failing(() => false, seen),
    )({}, run);
    expect({ seen, counts }).toEqual({ seen: [], counts: { receives: 2, deleted: [] } });
  });

  test('handles what follows from a message in the same run', async () => {
    const { counts, left, queue } = queueWith(['0']);
    let followed = 0;
    const react = () => {
      if (++followed < 30) left.push({ MessageId: `f${followed}`, ReceiptHandle: `f${followed}`, Body: 'again' });
      return Promise.resolve({ batchItemFailures: [] });
    };
    await minuteReader(() => queue, react)({}, run);
    expect(counts.deleted).toHaveLength(30);
  });

  test('handles no more batches side by side than it may', async () => {
    const { queue } = queueWith(numbered(500));
    let [running, most] = [0, 0];
    const react = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      return { batchItemFailures: [] };
    };
    await minuteReader(() => queue, react, 3)({}, run);
    expect(most).toBe(3);
  });

  test('leaves what failed in the queue, and goes on with the rest', async () => {
    const { counts, queue } = queueWith(numbered(100));
    await minuteReader(
      () => queue,
      failing((body) => body.endsWith('7')),
    )({}, run);
    expect(counts.deleted).toHaveLength(90);
    expect(counts.deleted.filter((receipt) => receipt.endsWith('7'))).toEqual([]);
  });

  test('receives one batch a lane while a service refuses everything', async () => {
    const { counts, left, queue } = queueWith(numbered(10_000));
    await minuteReader(
      () => queue,
      failing(() => true),
    )({}, run);
    expect(counts).toEqual({ receives: 20, deleted: [] });
    expect(left).toHaveLength(9_800);
  });

  test('leaves the rest to the next run when its time is over', async () => {
    const { counts, left, queue } = queueWith(numbered(10_000));
    let calls = 0;
    const soon = { ...run, getRemainingTimeInMillis: () => (++calls > 40 ? 30_000 : 90_000) };
    await minuteReader(
      () => queue,
      failing(() => false),
    )({}, soon);
    expect(left).toHaveLength(9_600);
    expect(counts.deleted).toHaveLength(400);
  });

  test('hands messages to the reactor as Lambda would', async () => {
    const { queue } = queueWith(['{"a":1}']);
    const events: SQSEvent[] = [];
    const react = (event: SQSEvent) =>
      Promise.resolve({ batchItemFailures: [] }).finally(() => void events.push(event));
    await minuteReader(() => queue, react)({}, run);
    expect(events).toMatchObject([
      {
        Records: [
          {
            messageId: 'm0',
            body: '{"a":1}',
            attributes: { ApproximateReceiveCount: '1', SequenceNumber: '0', MessageGroupId: 'slot' },
            eventSource: 'aws:sqs',
            eventSourceARN: 'arn:aws:sqs:eu-central-1:111122223333:spill.fifo',
          },
        ],
      },
    ]);
  });

  test('answers an event source mapping of an older version which messages failed', async () => {
    const { counts, queue } = queueWith([]);
    const Records = numbered(3).map((body) => ({ messageId: `m${body}`, body }));
    const answer = await minuteReader(
      () => queue,
      failing((body) => body === '1'),
    )({ Records }, run);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
    expect(counts.receives).toBe(0);
  });

  test('fails where SQS refuses, so that it is tried again', async () => {
    const sqs = { send: () => Promise.reject(new Error('SQS refuses')) };
    const queue = { sqs: sqs as unknown as Pick<SQSClient, 'send'>, queueUrl: 'https://sqs/1/spill' };
    await expect(
      minuteReader(
        () => queue,
        failing(() => false),
      )({}, run),
    ).rejects.toThrow('SQS refuses');
  });
});
