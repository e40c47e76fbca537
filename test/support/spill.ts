import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent, SQSRecord } from 'aws-lambda';

interface Kept {
  readonly body: string;
  readonly group: string;
  readonly deduplication: string;
  receives: number;
}

/** A FIFO queue in memory, as far as the spill needs one: order, deduplication, sequence numbers, refusal at will. */
export const fifoQueue = () => {
  const messages: (Kept & { readonly sequence: number })[] = [];
  const poison: string[] = [];
  let sequence = 0;
  let failure: Error | undefined;
  const send = async (command: unknown): Promise<object> => {
    if (failure) throw failure;
    if (!(command instanceof SendMessageCommand)) throw new Error('only SendMessage');
    const { MessageBody = '', MessageGroupId, MessageDeduplicationId, QueueUrl = '' } = command.input;
    if (QueueUrl.endsWith('poison')) {
      poison.push(MessageBody);
      return {};
    }
    if (!MessageGroupId || !MessageDeduplicationId) throw new Error('a FIFO queue needs group and deduplication id');
    if (!messages.some(({ deduplication }) => deduplication === MessageDeduplicationId)) {
      messages.push({
        body: MessageBody,
        group: MessageGroupId,
        deduplication: MessageDeduplicationId,
        sequence: ++sequence,
        receives: 0,
      });
    }
    return { SequenceNumber: String(sequence) };
  };
  const record = (message: (typeof messages)[number]): SQSRecord =>
    ({
      messageId: message.deduplication,
      receiptHandle: message.deduplication,
      body: message.body,
      attributes: {
        ApproximateReceiveCount: String(++message.receives),
        MessageGroupId: message.group,
        MessageDeduplicationId: message.deduplication,
        SequenceNumber: `188494964604676${String(message.sequence).padStart(5, '0')}`,
      },
      messageAttributes: {},
      eventSource: 'aws:sqs',
    }) as unknown as SQSRecord;
  return {
    sqs: { send } as unknown as Pick<SQSClient, 'send'>,
    messages,
    poison,
    failWith: (error: Error | undefined) => {
      failure = error;
    },
    event: (atMost = 10): SQSEvent => ({ Records: messages.slice(0, atMost).map(record) }),
    /** Takes away what a batch did not report as failed. */
    settle: (event: SQSEvent, failed: readonly { readonly itemIdentifier: string }[]) => {
      const again = new Set(failed.map(({ itemIdentifier }) => itemIdentifier));
      for (const { messageId } of event.Records) {
        if (again.has(messageId)) continue;
        messages.splice(
          messages.findIndex(({ deduplication }) => deduplication === messageId),
          1,
        );
      }
    },
  };
};

const named = (name: string, extra: object = {}): Error => Object.assign(new Error(name), { name, ...extra });

/** What the SDK throws on a bad day of DynamoDB. */
export const OUTAGES: readonly (readonly [string, Error])[] = [
  ['throttles', named('ProvisionedThroughputExceededException', { $metadata: { httpStatusCode: 400 } })],
  ['limits requests', named('RequestLimitExceeded', { $metadata: { httpStatusCode: 400 } })],
  ['throttles the API', named('ThrottlingException', { $metadata: { httpStatusCode: 400 } })],
  ['fails', named('InternalServerError', { $metadata: { httpStatusCode: 500 } })],
  ['cannot be connected to', named('Error', { code: 'ECONNREFUSED' })],
  ['drops the connection', named('Error', { code: 'ECONNRESET' })],
  ['does not answer in time', named('TimeoutError')],
  ['cannot be found', named('Error', { code: 'ENOTFOUND' })],
];
