import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
  type ReceiveMessageCommandInput,
  type SendMessageCommandInput,
} from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import type { Resource } from '../../../local/emulator/types.ts';
import { cleanUp, onCleanUp, start as startAll, temporaryDirectory } from './services.ts';
import { account, mapping, queue, until } from './support.ts';

afterEach(cleanUp);

async function start(resources: readonly Resource[], options: Parameters<typeof startAll>[1] = {}) {
  const run = await startAll(resources, options);
  const sqs = new SQSClient(run.client('SQS'));
  onCleanUp(() => sqs.destroy());
  const urlOf = (name: string) => `${run.services.endpoints['AWS_ENDPOINT_URL_SQS']}/${account}/${name}`;
  const send = (name: string, MessageBody: string, more: Partial<SendMessageCommandInput> = {}) =>
    sqs.send(new SendMessageCommand({ QueueUrl: urlOf(name), MessageBody, ...more }));
  const receive = async (name: string, more: Partial<ReceiveMessageCommandInput> = {}) =>
    (await sqs.send(new ReceiveMessageCommand({ QueueUrl: urlOf(name), MaxNumberOfMessages: 10, ...more }))).Messages ??
    [];
  const bodies = async (name: string) => (await receive(name)).map((message) => message.Body);
  const remove = (name: string, ReceiptHandle: string | undefined) =>
    sqs.send(new DeleteMessageCommand({ QueueUrl: urlOf(name), ReceiptHandle }));
  return { ...run, sqs, urlOf, send, receive, bodies, remove };
}

const dead = queue('dead');
const redrive = (maxReceiveCount: number) => ({ RedrivePolicy: { deadLetterTargetArn: dead.arn, maxReceiveCount } });

describe('a standard queue', () => {
  it('gives a message with its attributes, checksums and times to one receiver', async () => {
    const { send, receive, clock } = await start([queue('work')]);
    await send('work', 'héllo', {
      MessageAttributes: {
        kind: { DataType: 'String', StringValue: 'greeting' },
        bytes: { DataType: 'Binary', BinaryValue: Uint8Array.from([1, 2, 3]) },
        count: { DataType: 'Number', StringValue: '7' },
      },
    });
    const [message] = await receive('work', { MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All'] });
    expect(message?.Body).toBe('héllo');
    expect(message?.MessageAttributes?.['count']?.StringValue).toBe('7');
    expect([...(message?.MessageAttributes?.['bytes']?.BinaryValue ?? [])]).toEqual([1, 2, 3]);
    expect(message?.Attributes?.ApproximateReceiveCount).toBe('1');
    expect(Math.abs(Number(message?.Attributes?.SentTimestamp) - clock.now())).toBeLessThan(5_000);
    expect(await receive('work')).toEqual([]);
  });

  it('gives a message again after its visibility timeout, unless it was deleted', async () => {
    const { send, receive, bodies, remove, clock } = await start([queue('work', { VisibilityTimeout: 30 })]);
    await send('work', 'kept');
    await send('work', 'deleted');
    const received = await receive('work');
    await remove('work', received.find((message) => message.Body === 'deleted')?.ReceiptHandle);
    await clock.advance(29_000);
    expect(await bodies('work')).toEqual([]);
    await clock.advance(2_000);
    expect(await bodies('work')).toEqual(['kept']);
  });

  it('holds a delayed message back until its time', async () => {
    const { send, bodies, clock } = await start([queue('work')]);
    await send('work', 'later', { DelaySeconds: 600 });
    await clock.advance(599_000);
    expect(await bodies('work')).toEqual([]);
    await clock.advance(1_000);
    expect(await bodies('work')).toEqual(['later']);
  });

  it('answers a long poll as soon as there is a message', async () => {
    const { send, receive } = await start([queue('work')]);
    const started = performance.now();
    const polled = receive('work', { WaitTimeSeconds: 20 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await send('work', 'now');
    expect((await polled).map((message) => message.Body)).toEqual(['now']);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('gives a message back at once when its visibility is set to nothing', async () => {
    const { send, receive, bodies, sqs, urlOf } = await start([queue('work')]);
    await send('work', 'again');
    const [message] = await receive('work');
    const ReceiptHandle = message?.ReceiptHandle;
    await sqs.send(
      new ChangeMessageVisibilityCommand({ QueueUrl: urlOf('work'), ReceiptHandle, VisibilityTimeout: 0 }),
    );
    expect(await bodies('work')).toEqual(['again']);
  });

  it('forgets a message after its retention', async () => {
    const { send, bodies, clock } = await start([queue('work', { MessageRetentionPeriod: 3_600 })]);
    await send('work', 'old');
    await clock.advance(3_601_000);
    expect(await bodies('work')).toEqual([]);
  });

  it('takes ten messages at a time and says which it refused', async () => {
    const { sqs, urlOf, bodies } = await start([queue('work')]);
    const answer = await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: urlOf('work'),
        Entries: [
          { Id: 'good', MessageBody: 'a' },
          { Id: 'bad', MessageBody: 'b', DelaySeconds: 5_000 },
        ],
      }),
    );
    expect(answer.Successful?.map((each) => each.Id)).toEqual(['good']);
    expect(answer.Failed).toMatchObject([{ Id: 'bad', Code: 'InvalidParameterValue', SenderFault: true }]);
    expect(await bodies('work')).toEqual(['a']);
  });

  it('counts what is visible, in flight and delayed, and can be emptied', async () => {
    const { sqs, urlOf, send, receive } = await start([queue('work')]);
    await send('work', 'a');
    await send('work', 'b');
    await send('work', 'c', { DelaySeconds: 60 });
    await receive('work', { MaxNumberOfMessages: 1 });
    const read = () => sqs.send(new GetQueueAttributesCommand({ QueueUrl: urlOf('work'), AttributeNames: ['All'] }));
    expect((await read()).Attributes).toMatchObject({
      ApproximateNumberOfMessages: '1',
      ApproximateNumberOfMessagesNotVisible: '1',
      ApproximateNumberOfMessagesDelayed: '1',
      QueueArn: queue('work').arn,
    });
    await sqs.send(new PurgeQueueCommand({ QueueUrl: urlOf('work') }));
    expect((await read()).Attributes).toMatchObject({ ApproximateNumberOfMessages: '0' });
  });

  it('is found by its name, and refused by the name that SQS gives when there is none', async () => {
    const { sqs, urlOf } = await start([queue('work')]);
    expect((await sqs.send(new GetQueueUrlCommand({ QueueName: 'work' }))).QueueUrl).toBe(urlOf('work'));
    expect((await sqs.send(new ListQueuesCommand({}))).QueueUrls).toEqual([urlOf('work')]);
    await expect(sqs.send(new GetQueueUrlCommand({ QueueName: 'none' }))).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
    });
  });
});

describe('a dead-letter queue', () => {
  it('holds the message that failed three times, under its own id', async () => {
    const { send, bodies, receive, clock } = await start([queue('work', redrive(3)), dead]);
    const { MessageId } = await send('work', 'poison');
    for (let time = 0; time < 3; time++) {
      expect(await bodies('work')).toEqual(['poison']);
      await clock.advance(31_000);
    }
    expect(await bodies('work')).toEqual([]);
    const [letter] = await receive('dead', { MessageSystemAttributeNames: ['All'] });
    expect(letter).toMatchObject({ MessageId, Body: 'poison' });
    expect(letter?.Attributes?.DeadLetterQueueSourceArn).toBe(queue('work').arn);
  });

  it('gives its messages back to where they came from', async () => {
    const { send, bodies, sqs, clock } = await start([queue('work', redrive(1)), dead]);
    await send('work', 'poison');
    await bodies('work');
    await clock.advance(31_000);
    expect(await bodies('work')).toEqual([]);
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: dead.arn }));
    expect(await bodies('work')).toEqual(['poison']);
    expect(await bodies('dead')).toEqual([]);
  });
});

describe('a FIFO queue', () => {
  const fifo = queue('work.fifo', { FifoQueue: true, ContentBasedDeduplication: true });
  const group = (MessageGroupId: string) => ({ MessageGroupId });

  it('gives the messages of a group in order, and none while an earlier one is in flight', async () => {
    const { send, receive, remove } = await start([fifo]);
    for (const body of ['a1', 'a2']) await send('work.fifo', body, group('a'));
    await send('work.fifo', 'b1', group('b'));
    const [first] = await receive('work.fifo', { MaxNumberOfMessages: 1 });
    expect(first?.Body).toBe('a1');
    expect((await receive('work.fifo')).map((message) => message.Body)).toEqual(['b1']);
    await remove('work.fifo', first?.ReceiptHandle);
    expect((await receive('work.fifo')).map((message) => message.Body)).toEqual(['a2']);
  });

  it('takes a message once within five minutes', async () => {
    const { send, receive, remove, clock } = await start([fifo]);
    const first = await send('work.fifo', 'same', group('a'));
    const second = await send('work.fifo', 'same', group('a'));
    expect(second.MessageId).toBe(first.MessageId);
    expect(second.SequenceNumber).toBe(first.SequenceNumber);
    const received = await receive('work.fifo');
    expect(received).toHaveLength(1);
    await remove('work.fifo', received[0]?.ReceiptHandle);
    await clock.advance(301_000);
    await send('work.fifo', 'same', group('a'));
    expect(await receive('work.fifo')).toHaveLength(1);
  });

  it('refuses a message without a group', async () => {
    const { send } = await start([fifo]);
    await expect(send('work.fifo', 'lost')).rejects.toMatchObject({ name: 'MissingParameter' });
  });
});

describe('a function on a queue', () => {
  interface Event {
    Records: {
      messageId: string;
      body: string;
      eventSource: string;
      eventSourceARN: string;
      attributes: object;
      messageAttributes: object;
    }[];
  }

  it('has its messages deleted when it succeeds, in the shape of Lambda', async () => {
    const events: Event[] = [];
    const work = queue('work');
    const { send, services, sqs, urlOf } = await start([work, mapping('handle', work.arn)], {
      handlers: { handle: (event: Event) => void events.push(event) },
    });
    await send('work', '{"n":1}', { MessageAttributes: { kind: { DataType: 'String', StringValue: 'x' } } });
    await services.flush();
    expect(events[0]?.Records[0]).toMatchObject({
      body: '{"n":1}',
      eventSource: 'aws:sqs',
      eventSourceARN: work.arn,
      attributes: { ApproximateReceiveCount: '1' },
      messageAttributes: { kind: { stringValue: 'x', dataType: 'String' } },
    });
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: urlOf('work'), AttributeNames: ['All'] }),
    );
    expect(Attributes).toMatchObject({ ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '0' });
  });

  it('gets only the messages again that it reported as failed, and after the last try they are in the dead-letter queue', async () => {
    const seen: string[] = [];
    const work = queue('work', redrive(2));
    const handle = (event: Event) => {
      seen.push(...event.Records.map((record) => record.body));
      const failed = event.Records.filter((record) => record.body === 'bad');
      return { batchItemFailures: failed.map((record) => ({ itemIdentifier: record.messageId })) };
    };
    const { send, services, bodies, clock } = await start(
      [work, dead, mapping('handle', work.arn, { FunctionResponseTypes: ['ReportBatchItemFailures'] })],
      { handlers: { handle } },
    );
    await send('work', 'good');
    await send('work', 'bad');
    await services.flush();
    await clock.advance(31_000);
    await services.flush();
    await clock.advance(31_000);
    await services.flush();
    expect(seen.sort()).toEqual(['bad', 'bad', 'good']);
    expect(await bodies('dead')).toEqual(['bad']);
  });

  it('is not called for what its filter does not name', async () => {
    const seen: string[] = [];
    const work = queue('work');
    const FilterCriteria = { Filters: [{ Pattern: JSON.stringify({ body: { kind: ['alert'] } }) }] };
    const { send, services, bodies, clock } = await start([work, mapping('handle', work.arn, { FilterCriteria })], {
      handlers: { handle: (event: Event) => void seen.push(...event.Records.map((record) => record.body)) },
    });
    await send('work', '{"kind":"alert"}');
    await send('work', '{"kind":"note"}');
    await services.flush();
    await clock.advance(31_000);
    expect(seen).toEqual(['{"kind":"alert"}']);
    expect(await bodies('work')).toEqual([]);
  });

  it('never has more batches at once than its mapping allows, and keeps the order of each group', async () => {
    const fifo = queue('work.fifo', { FifoQueue: true, ContentBasedDeduplication: true });
    const seen: Record<string, string[]> = {};
    let running = 0;
    let most = 0;
    const handle = async (event: { Records: { body: string; attributes: { MessageGroupId: string } }[] }) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      for (const { body, attributes } of event.Records) (seen[attributes.MessageGroupId] ??= []).push(body);
      running -= 1;
    };
    const limits = { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } };
    const { send, services } = await start([fifo, mapping('handle', fifo.arn, limits)], { handlers: { handle } });
    for (const n of [1, 2, 3]) {
      for (const each of ['a', 'b', 'c']) await send('work.fifo', `${each}${n}`, { MessageGroupId: each });
    }
    await services.flush();
    expect(seen).toEqual({ a: ['a1', 'a2', 'a3'], b: ['b1', 'b2', 'b3'], c: ['c1', 'c2', 'c3'] });
    expect(most).toBeLessThanOrEqual(2);
  });

  it('waits for a fuller batch, but no longer than its window', async () => {
    const batches: number[] = [];
    const work = queue('work');
    const { send, clock } = await start([work, mapping('handle', work.arn, { MaximumBatchingWindowInSeconds: 60 })], {
      handlers: { handle: (event: Event) => void batches.push(event.Records.length) },
    });
    await send('work', 'a');
    await send('work', 'b');
    expect(batches).toEqual([]);
    await clock.advance(60_000);
    await until(() => batches.length > 0);
    expect(batches).toEqual([2]);
  });
});

describe('durability', () => {
  it('has its messages, their counts and delays after a restart', async () => {
    const dataDir = temporaryDirectory();
    const work = queue('work', redrive(2));
    const first = await start([work, dead], { dataDir });
    await first.send('work', 'received');
    await first.receive('work');
    await first.send('work', 'waiting');
    await first.send('work', 'delayed', { DelaySeconds: 900 });
    await first.stop();

    const second = await start([work, dead], { dataDir });
    expect(await second.bodies('work')).toEqual(['waiting']);
    await second.clock.advance(31_000);
    const again = await second.receive('work', { MessageSystemAttributeNames: ['All'] });
    const received = again.find((message) => message.Body === 'received');
    expect(received?.Attributes?.ApproximateReceiveCount).toBe('2');
    await second.clock.advance(900_000);
    expect(await second.bodies('work')).toContain('delayed');
  });

  it('gives a function after a restart what the last run left in flight, and the rest of its group behind it', async () => {
    const dataDir = temporaryDirectory();
    const work = queue('work.fifo', { FifoQueue: true });
    const resources = [work, mapping('handle', work.arn)];
    const group = (n: number) => ({ MessageGroupId: 'one', MessageDeduplicationId: `${n}` });
    const first = await start(resources, { dataDir, handlers: { handle: () => Promise.reject(new Error('refused')) } });
    await first.send('work.fifo', 'in flight', group(1));
    await first.services.flush();
    await first.send('work.fifo', 'behind', group(2));
    await first.stop();

    const seen: string[] = [];
    const handle = (event: { Records: { body: string }[] }) => void seen.push(...event.Records.map(({ body }) => body));
    const second = await start(resources, { dataDir, handlers: { handle } });
    expect(seen).toEqual([]);
    await second.clock.advance(31_000);
    await until(() => seen.length > 1);
    expect(seen).toEqual(['in flight', 'behind']);
  });
});

describe('failures on order', () => {
  it('refuses as SQS would, as often as asked', async () => {
    const { send, localJson } = await start([queue('work')]);
    await localJson('POST', '/_local/faults', { service: 'sqs', operation: 'SendMessage', status: 503, count: 1 });
    await expect(send('work', 'a')).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
    await expect(send('work', 'a')).resolves.toBeDefined();
  });
});
