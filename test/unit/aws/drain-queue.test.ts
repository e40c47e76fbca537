import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type Message,
  type SQSClient,
} from '@aws-sdk/client-sqs';
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
  const hidden = new Map<string, number>();
  const sqs = {
    send: (command: unknown) => {
      if (command instanceof ReceiveMessageCommand) {
        counts.receives++;
        return Promise.resolve({ Messages: left.splice(0, command.input.MaxNumberOfMessages) });
      }
      if (command instanceof ChangeMessageVisibilityBatchCommand) {
        for (const { ReceiptHandle = '', VisibilityTimeout = 0 } of command.input.Entries ?? [])
          hidden.set(ReceiptHandle, VisibilityTimeout);
        return Promise.resolve({});
      }
      if (!(command instanceof DeleteMessageBatchCommand)) throw new Error('no such command');
      counts.deleted.push(...(command.input.Entries ?? []).map(({ ReceiptHandle = '' }) => ReceiptHandle));
      return Promise.resolve({});
    },
  } as unknown as Pick<SQSClient, 'send'>;
  return {
    counts,
    hidden,
    left,
    queue: { sqs, queueUrl: 'https://sqs.eu-central-1.amazonaws.com/111122223333/spill.fifo' },
  };
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
    await minuteReader(() => queue, react, { mostLanes: 3 })({}, run);
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

  describe('that is woken', () => {
    /** A run whose clock goes on while it pauses. */
    const awake = () => {
      let remaining = 90_000;
      const paused: number[] = [];
      const pause = async (milliseconds: number): Promise<void> => {
        paused.push(milliseconds);
        remaining -= milliseconds;
      };
      return { paused, pause, run: { ...run, getRemainingTimeInMillis: () => remaining } };
    };

    test('handles what comes to the queue within the time for which it looks, and then ends', async () => {
      const { counts, left, queue } = queueWith([]);
      const { pause, paused, run: woken } = awake();
      const comingLater = async (milliseconds: number): Promise<void> => {
        await pause(milliseconds);
        if (paused.length === 3) left.push({ MessageId: 'late', ReceiptHandle: 'late', Body: 'late' });
      };
      const reader = minuteReader(
        () => queue,
        failing(() => false),
        { wakeMs: 6_000, pause: comingLater },
      );
      await reader({ wake: true }, woken);
      expect(counts.deleted).toEqual(['late']);
      expect(paused.reduce((sum, each) => sum + each, 0)).toBe(6_000);
    });

    test('looks once at the call of the clock', async () => {
      const { queue } = queueWith([]);
      const { pause, paused, run: ticked } = awake();
      await minuteReader(
        () => queue,
        failing(() => false),
        { wakeMs: 6_000, pause },
      )({ 'detail-type': 'Scheduled Event' }, ticked);
      expect(paused).toEqual([]);
    });
  });

  test('makes what failed visible after the seconds of its attempt', async () => {
    const { hidden, queue } = queueWith(numbered(20));
    await minuteReader(
      () => queue,
      failing((body) => Number(body) % 5 === 0),
      { retrySeconds: (attempts) => 2 * attempts },
    )({}, run);
    expect(hidden).toEqual(new Map(['r0', 'r5', 'r10', 'r15'].map((receipt) => [receipt, 2])));
  });

  describe('whose time is over before the queue is empty', () => {
    const handedOn = async (event: object, bodies = numbered(10_000)) => {
      const copies: unknown[] = [];
      const { left, queue } = queueWith(bodies);
      const remaining = () => (left.length > 9_000 || bodies.length < 9_000 ? 90_000 : 30_000);
      const reader = minuteReader(
        () => queue,
        failing(() => false),
        { handOn: async (copy) => void copies.push(copy) },
      );
      await reader(event, { ...run, getRemainingTimeInMillis: remaining });
      return copies;
    };

    test('has a copy of itself go on, which counts how many there were', async () => {
      expect(await handedOn({})).toEqual([{ copy: 1 }]);
      expect(await handedOn({ copy: 3 })).toEqual([{ copy: 4 }]);
    });

    test('starts no copy behind the fourth, none where it finished, and none when it was woken', async () => {
      expect(await handedOn({ copy: 4 })).toEqual([]);
      expect(await handedOn({}, numbered(10))).toEqual([]);
      expect(await handedOn({ wake: true })).toEqual([]);
    });
  });
});
