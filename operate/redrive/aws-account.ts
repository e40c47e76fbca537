import {
  CloudFormationClient,
  paginateDescribeStacks,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import {
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  TrimmedDataAccessException,
  type _Record,
} from '@aws-sdk/client-dynamodb-streams';
import { InvokeCommand, LambdaClient, paginateListEventSourceMappings } from '@aws-sdk/client-lambda';
import { GetSubscriptionAttributesCommand, paginateListSubscriptionsByTopic, SNSClient } from '@aws-sdk/client-sns';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
  type Message,
} from '@aws-sdk/client-sqs';
import { isRead, type DeadLetter, type Feed, type LostBatch } from './dead-letter.ts';
import type { Account, DeadLetterQueue } from './redrive.ts';

/** How long messages that were read stay hidden. Sending back a thousand takes less. */
const HIDDEN_SECONDS = 900;
const BATCH = 10;

/** The account that the credentials and the region of the AWS CLI name. */
export const awsAccount = (stage: string): Account => {
  const [formation, sqs, sns, lambda, streams] = [
    new CloudFormationClient(),
    new SQSClient(),
    new SNSClient(),
    new LambdaClient(),
    new DynamoDBStreamsClient(),
  ];
  const resources = listResources(formation, stage);
  const physical = async (type: string): Promise<readonly { readonly name: string; readonly id: string }[]> =>
    (await resources).flatMap((each) => (each.type === type ? [each] : []));
  const arnOf = async (url: string): Promise<string> => {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }),
    );
    return Attributes?.['QueueArn'] ?? '';
  };
  const urls = new Map<string, string>();
  const urlOf = async (arn: string): Promise<string> => {
    const known = urls.get(arn);
    if (known !== undefined) return known;
    const { QueueUrl = '' } = await sqs.send(new GetQueueUrlCommand({ QueueName: arn.split(':').at(-1) }));
    urls.set(arn, QueueUrl);
    return QueueUrl;
  };

  return {
    queues: async () => {
      const found: DeadLetterQueue[] = [];
      for (const { name, id } of await physical('AWS::SQS::Queue')) {
        if (!/DeadLetters/.test(name)) continue;
        const arn = await arnOf(id);
        urls.set(arn, id);
        found.push({ name: name.replace(/Queue[0-9A-F]{8}$/, ''), arn });
      }
      return found;
    },
    feeds: async () => {
      const feeds: Feed[] = [];
      for (const { id: topicArn } of await physical('AWS::SNS::Topic')) {
        for await (const { Subscriptions = [] } of paginateListSubscriptionsByTopic(
          { client: sns },
          { TopicArn: topicArn },
        )) {
          for (const { SubscriptionArn, Protocol, Endpoint } of Subscriptions) {
            if (Protocol !== 'sqs' || !Endpoint || !SubscriptionArn?.startsWith('arn:')) continue;
            const { Attributes } = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
            const { deadLetterTargetArn } = JSON.parse(Attributes?.['RedrivePolicy'] ?? '{}') as {
              readonly deadLetterTargetArn?: string;
            };
            if (deadLetterTargetArn) {
              feeds.push({ topicArn, queueArn: Endpoint, deadLettersArn: deadLetterTargetArn });
            }
          }
        }
      }
      return feeds;
    },
    read: async (queueArn, most) => {
      const read = new Map<string, DeadLetter & { readonly receipt: string }>();
      const QueueUrl = await urlOf(queueArn);
      // SQS answers from some of its servers: the queue is empty when it says so twice.
      for (let empty = 0; empty < 2 && read.size < most;) {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages: Math.min(BATCH, most - read.size),
            VisibilityTimeout: HIDDEN_SECONDS,
            WaitTimeSeconds: 1,
            MessageSystemAttributeNames: ['All'],
          }),
        );
        const fresh = Messages.filter(({ MessageId = '' }) => !read.has(MessageId));
        empty = fresh.length === 0 ? empty + 1 : 0;
        for (const message of fresh) read.set(message.MessageId ?? '', letterOf(message));
      }
      return [...read.values()];
    },
    release: async (queueArn, ReceiptHandle) => {
      const QueueUrl = await urlOf(queueArn);
      await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
    },
    remove: async (queueArn, ReceiptHandle) => {
      await sqs.send(new DeleteMessageCommand({ QueueUrl: await urlOf(queueArn), ReceiptHandle }));
    },
    send: async (queueArn, MessageBody, letterId, group) => {
      await sqs.send(
        new SendMessageCommand({
          QueueUrl: await urlOf(queueArn),
          MessageBody,
          ...(group !== undefined && { MessageGroupId: group, MessageDeduplicationId: letterId }),
        }),
      );
    },
    handle: async (FunctionName, records) => {
      const { FunctionError, Payload } = await lambda.send(
        new InvokeCommand({ FunctionName, Payload: JSON.stringify({ Records: records, isRedriven: true }) }),
      );
      const text = Payload ? new TextDecoder().decode(Payload) : '';
      const answer = (text === '' ? undefined : JSON.parse(text)) as
        | { readonly batchItemFailures?: readonly unknown[] }
        | null
        | undefined;
      return FunctionError === undefined && (answer?.batchItemFailures ?? []).length === 0;
    },
    handOn: async (FunctionName, event) => {
      await lambda.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: JSON.stringify(event) }));
    },
    recordsOf: async (batch) => {
      const [records, patterns] = await Promise.all([recordsIn(streams, batch), patternsOf(lambda, batch)]);
      return records?.filter((record) => isRead(record, patterns));
    },
  };
};

/** Resources of all stacks of a stage, nested ones left out: they hold routes alone. */
const listResources = async (formation: CloudFormationClient, stage: string) => {
  const found: { readonly type: string; readonly name: string; readonly id: string }[] = [];
  const names: string[] = [];
  for await (const { Stacks = [] } of paginateDescribeStacks({ client: formation }, {})) {
    for (const { StackName = '', ParentId } of Stacks) {
      if (StackName.startsWith(`Tocsin-${stage}-`) && ParentId === undefined) names.push(StackName);
    }
  }
  if (names.length === 0) throw new Error(`there is no stack Tocsin-${stage}-… in this account and region`);
  for (const StackName of names) {
    const pages = paginateListStackResources({ client: formation }, { StackName });
    for await (const { StackResourceSummaries = [] } of pages) {
      for (const { ResourceType = '', LogicalResourceId = '', PhysicalResourceId = '' } of StackResourceSummaries) {
        found.push({ type: ResourceType, name: LogicalResourceId, id: PhysicalResourceId });
      }
    }
  }
  return found;
};

const letterOf = ({ MessageId = '', Body = '', ReceiptHandle = '', Attributes = {} }: Message) => ({
  id: MessageId,
  body: Body,
  receipt: ReceiptHandle,
  sourceQueueArn: Attributes.DeadLetterQueueSourceArn,
  group: Attributes.MessageGroupId,
  sentAt: new Date(Number(Attributes.SentTimestamp ?? 0)),
});

/** Records from the first to the last of a batch. An event of Lambda has the records as the stream does, but for its ARN. */
const recordsIn = async (
  streams: DynamoDBStreamsClient,
  { streamArn, shardId, first, last }: LostBatch,
): Promise<readonly unknown[] | undefined> => {
  try {
    const { ShardIterator } = await streams.send(
      new GetShardIteratorCommand({
        StreamArn: streamArn,
        ShardId: shardId,
        ShardIteratorType: 'AT_SEQUENCE_NUMBER',
        SequenceNumber: first,
      }),
    );
    const records: unknown[] = [];
    for (let iterator = ShardIterator; iterator !== undefined;) {
      const { Records = [], NextShardIterator } = await streams.send(
        new GetRecordsCommand({ ShardIterator: iterator }),
      );
      for (const record of Records) {
        records.push(asLambdaHasIt(record, streamArn));
        if (record.dynamodb?.SequenceNumber === last) return records;
      }
      iterator = Records.length === 0 ? undefined : NextShardIterator;
    }
    return undefined;
  } catch (error) {
    if (error instanceof TrimmedDataAccessException) return undefined;
    throw error;
  }
};

/** The patterns by which Lambda chooses the records of a stream that a function reads. */
const patternsOf = async (lambda: LambdaClient, { functionArn, streamArn }: LostBatch): Promise<readonly string[]> => {
  const input = { FunctionName: functionArn.replace(/:\$LATEST$/, ''), EventSourceArn: streamArn };
  const patterns: string[] = [];
  for await (const { EventSourceMappings = [] } of paginateListEventSourceMappings({ client: lambda }, input)) {
    for (const { FilterCriteria } of EventSourceMappings)
      patterns.push(...(FilterCriteria?.Filters ?? []).flatMap(({ Pattern }) => Pattern ?? []));
  }
  return patterns;
};

/** Binary values are base64 in an event, and instants are seconds. */
const asLambdaHasIt = (record: _Record, streamArn: string): unknown => plain({ ...record, eventSourceARN: streamArn });

const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
};
