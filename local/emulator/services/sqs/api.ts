import type { LocalClock } from '../../types.ts';
import { AwsError, unknownOperation } from '../core/aws-error.ts';
import {
  md5,
  md5OfAttributes,
  sequenceNumber,
  systemAttributesOf,
  type MessageAttributes,
  type StoredMessage,
} from './message.ts';
import type { NewMessage, Queue } from './queue.ts';
import type { Queues } from './queues.ts';

/** What a request carries, by the names of the wire. */
type Input = Record<string, never>;

export interface SqsApi {
  handle(operation: string, input: Input, signal: AbortSignal): Promise<object>;
}

const maximumBytes = 1_048_576;
const secondMs = 1_000;

/** The operations of SQS, in its JSON protocol. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/ */
export function createSqsApi(options: {
  readonly queues: Queues;
  readonly clock: LocalClock;
  readonly region: string;
  readonly account: string;
  /** Base of queue URLs. */
  readonly url: () => string;
}): SqsApi {
  const { queues, clock, account } = options;
  const urlOf = (queue: Queue) => `${options.url()}/${account}/${queue.name}`;

  function queueOf(input: { QueueUrl?: string }): Queue {
    if (!input.QueueUrl) throw new AwsError('MissingParameter', 'The request must contain the parameter QueueUrl.');
    const queue = queues.find(input.QueueUrl);
    if (!queue) throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
    return queue;
  }

  function sent(message: StoredMessage): object {
    const attributes = md5OfAttributes(message.attributes);
    const systemAttributes = md5OfAttributes(message.systemAttributes);
    return {
      MessageId: message.id,
      MD5OfMessageBody: md5(message.body),
      ...(attributes && { MD5OfMessageAttributes: attributes }),
      ...(systemAttributes && { MD5OfMessageSystemAttributes: systemAttributes }),
      ...(message.deduplicationId !== undefined && { SequenceNumber: sequenceNumber(message.sequence) }),
    };
  }

  function received(message: StoredMessage, input: ReceiveInput): object {
    const wanted = [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])];
    const system = Object.entries(systemAttributesOf(message, account)).filter(
      ([name]) => wanted.includes('All') || wanted.includes(name),
    );
    const patterns = input.MessageAttributeNames ?? [];
    const named = Object.entries(message.attributes).filter(([name]) =>
      patterns.some(
        (pattern) =>
          pattern === 'All' ||
          pattern === '.*' ||
          pattern === name ||
          (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -2))),
      ),
    );
    const attributes = Object.fromEntries(named);
    const digest = md5OfAttributes(attributes);
    return {
      MessageId: message.id,
      ReceiptHandle: message.receipt,
      MD5OfBody: md5(message.body),
      Body: message.body,
      ...(system.length > 0 && { Attributes: Object.fromEntries(system) }),
      ...(digest && { MD5OfMessageAttributes: digest, MessageAttributes: attributes }),
    };
  }

  function batch(entries: readonly { readonly Id: string }[], run: (index: number) => object): object {
    if (entries.length === 0) {
      throw new AwsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
    }
    if (entries.length > 10) {
      throw new AwsError(
        'TooManyEntriesInBatchRequest',
        `Maximum number of entries per request are 10. You have sent ${entries.length}.`,
      );
    }
    if (new Set(entries.map((entry) => entry.Id)).size < entries.length) {
      throw new AwsError('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');
    }
    const successful: object[] = [];
    const failed: object[] = [];
    for (const [index, { Id }] of entries.entries()) {
      try {
        successful.push({ Id, ...run(index) });
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        failed.push({ Id, SenderFault: true, Code: error.code, Message: error.message });
      }
    }
    return { ...(successful.length > 0 && { Successful: successful }), ...(failed.length > 0 && { Failed: failed }) };
  }

  const operations: Record<string, (input: never, signal: AbortSignal) => object | Promise<object>> = {
    SendMessage: (input: SendInput) => sent(queueOf(input).send(newMessage(input))),
    SendMessageBatch(input: { QueueUrl: string; Entries: (SendInput & { Id: string })[] }) {
      const queue = queueOf(input);
      const total = input.Entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
      if (total > maximumBytes) {
        throw new AwsError('BatchRequestTooLong', `Batch requests cannot be longer than ${maximumBytes} bytes.`);
      }
      return batch(input.Entries, (index) => sent(queue.send(newMessage(input.Entries[index] as SendInput))));
    },
    async ReceiveMessage(input: ReceiveInput, signal) {
      const queue = queueOf(input);
      const limit = input.MaxNumberOfMessages ?? 1;
      if (limit < 1 || limit > 10) {
        throw new AwsError(
          'InvalidParameterValue',
          `Value ${limit} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.`,
        );
      }
      const wait = input.WaitTimeSeconds ?? queue.waitSeconds;
      const deadline = clock.now() + wait * secondMs;
      const messages = await queue.receiveUntil(deadline, limit, input.VisibilityTimeout, signal);
      return messages.length > 0 ? { Messages: messages.map((message) => received(message, input)) } : {};
    },
    DeleteMessage(input: { QueueUrl: string; ReceiptHandle: string }) {
      queueOf(input).remove(input.ReceiptHandle);
      return {};
    },
    DeleteMessageBatch(input: { QueueUrl: string; Entries: { Id: string; ReceiptHandle: string }[] }) {
      const queue = queueOf(input);
      return batch(input.Entries, (index) => {
        queue.remove(input.Entries[index]?.ReceiptHandle ?? '');
        return {};
      });
    },
    ChangeMessageVisibility(input: { QueueUrl: string; ReceiptHandle: string; VisibilityTimeout: number }) {
      queueOf(input).changeVisibility(input.ReceiptHandle, input.VisibilityTimeout);
      return {};
    },
    ChangeMessageVisibilityBatch(input: {
      QueueUrl: string;
      Entries: { Id: string; ReceiptHandle: string; VisibilityTimeout?: number }[];
    }) {
      const queue = queueOf(input);
      return batch(input.Entries, (index) => {
        const entry = input.Entries[index];
        queue.changeVisibility(entry?.ReceiptHandle ?? '', entry?.VisibilityTimeout ?? queue.visibilitySeconds);
        return {};
      });
    },
    GetQueueUrl: (input: { QueueName: string }) => ({ QueueUrl: urlOf(queueOf({ QueueUrl: input.QueueName })) }),
    GetQueueAttributes(input: { QueueUrl: string; AttributeNames?: string[] }) {
      const all = queueAttributes(queueOf(input));
      const names = input.AttributeNames ?? [];
      const wanted = Object.entries(all).filter(([name]) => names.includes('All') || names.includes(name));
      return wanted.length > 0 ? { Attributes: Object.fromEntries(wanted) } : {};
    },
    ListQueues(input: { QueueNamePrefix?: string }) {
      const urls = queues.all.filter((queue) => queue.name.startsWith(input.QueueNamePrefix ?? '')).map(urlOf);
      return urls.length > 0 ? { QueueUrls: urls } : {};
    },
    ListDeadLetterSourceQueues(input: { QueueUrl: string }) {
      const { arn } = queueOf(input);
      return { queueUrls: queues.all.filter((queue) => queue.redrive?.deadLetterArn === arn).map(urlOf) };
    },
    PurgeQueue(input: { QueueUrl: string }) {
      queueOf(input).purge();
      return {};
    },
    // Moves what lies there now and is finished when it answers; AWS moves in the background.
    StartMessageMoveTask(input: { SourceArn: string; DestinationArn?: string }) {
      const source = queueOf({ QueueUrl: input.SourceArn });
      const given = input.DestinationArn ? queueOf({ QueueUrl: input.DestinationArn }) : undefined;
      for (const message of source.takeVisible(Number.POSITIVE_INFINITY)) {
        const target =
          given ?? (message.deadLetterSource ? queues.find(message.deadLetterSource) : undefined) ?? source;
        target.adopt(message, undefined);
      }
      return { TaskHandle: Buffer.from(source.arn).toString('base64') };
    },
    ListMessageMoveTasks: () => ({ Results: [] }),
    ListQueueTags: () => ({}),
  };

  function queueAttributes(queue: Queue): Record<string, string> {
    const { visible, inFlight, delayed } = queue.counts();
    const { properties } = queue;
    const policy: unknown = properties['RedrivePolicy'];
    return {
      QueueArn: queue.arn,
      ApproximateNumberOfMessages: String(visible),
      ApproximateNumberOfMessagesNotVisible: String(inFlight),
      ApproximateNumberOfMessagesDelayed: String(delayed),
      VisibilityTimeout: String(queue.visibilitySeconds),
      DelaySeconds: String(properties['DelaySeconds'] ?? 0),
      MessageRetentionPeriod: String(properties['MessageRetentionPeriod'] ?? 345_600),
      ReceiveMessageWaitTimeSeconds: String(queue.waitSeconds),
      MaximumMessageSize: String(properties['MaximumMessageSize'] ?? maximumBytes),
      ...(policy !== undefined && { RedrivePolicy: typeof policy === 'string' ? policy : JSON.stringify(policy) }),
      ...(queue.isFifo && {
        FifoQueue: 'true',
        ContentBasedDeduplication: String(properties['ContentBasedDeduplication'] ?? false),
      }),
    };
  }

  return {
    async handle(operation, input, signal) {
      const run = operations[operation];
      if (!run) throw unknownOperation(`sqs:${operation}`);
      return run(input as never, signal);
    },
  };
}

interface SendInput {
  readonly QueueUrl: string;
  readonly MessageBody: string;
  readonly DelaySeconds?: number;
  readonly MessageAttributes?: MessageAttributes;
  readonly MessageSystemAttributes?: MessageAttributes;
  readonly MessageGroupId?: string;
  readonly MessageDeduplicationId?: string;
}

interface ReceiveInput {
  readonly QueueUrl: string;
  readonly MaxNumberOfMessages?: number;
  readonly VisibilityTimeout?: number;
  readonly WaitTimeSeconds?: number;
  readonly AttributeNames?: readonly string[];
  readonly MessageSystemAttributeNames?: readonly string[];
  readonly MessageAttributeNames?: readonly string[];
}

function newMessage(input: SendInput): NewMessage {
  if (!input.MessageBody) {
    throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.');
  }
  if (sizeOf(input) > maximumBytes) {
    throw new AwsError(
      'InvalidParameterValue',
      `One or more parameters are invalid. Reason: Message must be shorter than ${maximumBytes} bytes.`,
    );
  }
  const delay = input.DelaySeconds;
  if (delay !== undefined && (delay < 0 || delay > 900)) {
    throw new AwsError(
      'InvalidParameterValue',
      `Value ${delay} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.`,
    );
  }
  return {
    body: input.MessageBody,
    attributes: input.MessageAttributes ?? {},
    systemAttributes: input.MessageSystemAttributes ?? {},
    ...(delay !== undefined && { delaySeconds: delay }),
    ...(input.MessageGroupId !== undefined && { groupId: input.MessageGroupId }),
    ...(input.MessageDeduplicationId !== undefined && { deduplicationId: input.MessageDeduplicationId }),
  };
}

function sizeOf(input: SendInput): number {
  let size = Buffer.byteLength(input.MessageBody ?? '');
  for (const [name, attribute] of Object.entries(input.MessageAttributes ?? {})) {
    size += Buffer.byteLength(name) + Buffer.byteLength(attribute.DataType);
    size += Buffer.byteLength(attribute.StringValue ?? '') + Buffer.byteLength(attribute.BinaryValue ?? '', 'base64');
  }
  return size;
}
