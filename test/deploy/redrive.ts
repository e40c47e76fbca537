import { match, ok, rejects } from 'node:assert/strict';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import {
  GetQueueAttributesCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Guarantee } from '../support/tools/guarantees.ts';
import type { Emulator } from './emulator.ts';
import { operator } from './operate.ts';

/** What must hold for an operator who looks after the dead letters of a stage that was deployed. */
export const redriveGuarantees = (emulator: Emulator): readonly Guarantee[] => {
  const { endpoint, region } = emulator;
  const settings = { endpoint, region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  const [sqs, streams, lambda] = [
    new SQSClient(settings),
    new DynamoDBStreamsClient(settings),
    new LambdaClient(settings),
  ];
  const redrive = (...flags: readonly string[]): Promise<string> =>
    operator(emulator)('redrive', ['--stage', 'dev', ...flags]);
  const queueNamed = async (name: RegExp): Promise<string> => {
    const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
    const url = QueueUrls.find((each) => name.test(each));
    ok(url, `there is no such queue among ${QueueUrls.join(', ')}`);
    return url;
  };
  const attributesOf = async (QueueUrl: string): Promise<Readonly<Record<string, string>>> => {
    const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    return Attributes;
  };
  const functionNamed = async (name: RegExp): Promise<string> => {
    for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
      const arn = Functions.find(({ FunctionName = '' }) => name.test(FunctionName))?.FunctionArn;
      if (arn !== undefined) return arn;
    }
    throw new Error(`there is no function ${name}`);
  };
  /** The place of a whole batch of the alerts, as Lambda writes it where a function gives the batch up. */
  const lostBatch = async () => {
    const { Streams = [] } = await streams.send(new ListStreamsCommand({}));
    const streamArn = Streams.find(({ TableName = '' }) => TableName.includes('AlertsTable'))?.StreamArn;
    const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn: streamArn }));
    const shardId = StreamDescription?.Shards?.[0]?.ShardId;
    const { ShardIterator } = await streams.send(
      new GetShardIteratorCommand({ StreamArn: streamArn, ShardId: shardId, ShardIteratorType: 'TRIM_HORIZON' }),
    );
    const { Records = [] } = await streams.send(new GetRecordsCommand({ ShardIterator }));
    const [first, last] = [Records.at(0), Records.at(-1)].map((each) => each?.dynamodb?.SequenceNumber);
    ok(Records.length > 2, `the stream holds ${Records.length} records`);
    return { streamArn, shardId, startSequenceNumber: first, endSequenceNumber: last };
  };
  const plant = async (queue: RegExp, body: unknown): Promise<void> => {
    const MessageBody = JSON.stringify(body);
    await sqs.send(new SendMessageCommand({ QueueUrl: await queueNamed(queue), MessageBody }));
  };

  return [
    {
      title: 'npm run redrive finds no dead letter in an installation that works',
      check: async () => match(await redrive(), /^0 dead letters\.$/m),
    },
    {
      title: 'it lists each kind, in whichever stack the queue is, with the reason, and changes nothing',
      check: async () => {
        const { QueueArn: eventSourceARN } = await attributesOf(await queueNamed(/PagingFeed/));
        const message = { eventSource: 'aws:sqs', eventSourceARN, body: 'not a transition' };
        await plant(/PagingDeadLetters/, { why: 'planted', functionName: 'paging-follow', record: message });
        const functionArn = await functionNamed(/alertskeep/i);
        const condition = 'RetryAttemptsExhausted';
        await plant(/AlertsDeadLetters/, {
          requestContext: { functionArn, condition },
          DDBStreamBatchInfo: await lostBatch(),
        });
        // Of the stack of the API.
        await plant(/MetersDeadLetters/, { nothing: 'of Tocsin' });
        const list = await redrive();
        match(list, /^PagingDeadLetters\tqueue\t1\t0\t\S+\tplanted$/m);
        match(list, /^AlertsDeadLetters\tstream\t1\t0\t\S+\tthe function gave the batch up$/m);
        match(list, /^MetersDeadLetters\tunknown\t1\t0\t/m);
        match(list, /^3 dead letters\.$/m);
      },
    },
    {
      title:
        'with --send they go back to the queue and to the reader that they came from, and what belongs nowhere stays',
      check: async () => {
        await rejects(redrive('--send'), /^2 of 3 dead letters sent back\.$/m);
        const { ApproximateNumberOfMessages: waits, ApproximateNumberOfMessagesNotVisible: isRead } =
          await attributesOf(await queueNamed(/PagingFeed/));
        ok(Number(waits) + Number(isRead) >= 1, 'the message is not in the queue');
        match(await redrive(), /^1 dead letter\.$/m);
        await sqs.send(new PurgeQueueCommand({ QueueUrl: await queueNamed(/MetersDeadLetters/) }));
      },
    },
  ];
};
