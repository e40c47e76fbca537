import { createHash } from 'node:crypto';

export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  /** Base64. */
  readonly BinaryValue?: string;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/** A message in a queue. Times are milliseconds in moved time. */
export interface StoredMessage {
  readonly id: string;
  readonly queue: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly systemAttributes: MessageAttributes;
  readonly sentAt: number;
  /** Order within the queue. */
  readonly sequence: number;
  readonly groupId?: string;
  readonly deduplicationId?: string;
  /** ARN of the queue that gave the message up. */
  readonly deadLetterSource?: string;
  /** Not received before this time. */
  visibleAt: number;
  receiveCount: number;
  firstReceivedAt?: number;
  /** Of the last receive; only this one deletes while the message is in flight. */
  receipt?: string;
}

export function md5(text: string | Buffer): string {
  return createHash('md5').update(text).digest('hex');
}

/**
 * The checksum over message attributes, which SDKs compare with their own.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
 */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const parts: Buffer[] = [];
  const add = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    parts.push(length, bytes);
  };
  for (const name of names) {
    const attribute = attributes[name] as MessageAttribute;
    add(Buffer.from(name));
    add(Buffer.from(attribute.DataType));
    const isBinary = attribute.BinaryValue !== undefined;
    parts.push(Buffer.from([isBinary ? 2 : 1]));
    add(isBinary ? Buffer.from(attribute.BinaryValue ?? '', 'base64') : Buffer.from(attribute.StringValue ?? ''));
  }
  return md5(Buffer.concat(parts));
}

/** The attributes that SQS itself keeps of a message, by their names on the wire. */
export function systemAttributesOf(message: StoredMessage, account: string): Record<string, string> {
  const trace = message.systemAttributes['AWSTraceHeader']?.StringValue;
  return {
    ApproximateReceiveCount: String(message.receiveCount),
    SentTimestamp: String(message.sentAt),
    SenderId: account,
    ...(message.firstReceivedAt !== undefined && {
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    }),
    ...(message.groupId !== undefined && { MessageGroupId: message.groupId }),
    ...(message.deduplicationId !== undefined && {
      MessageDeduplicationId: message.deduplicationId,
      SequenceNumber: sequenceNumber(message.sequence),
    }),
    ...(message.deadLetterSource !== undefined && { DeadLetterQueueSourceArn: message.deadLetterSource }),
    ...(trace !== undefined && { AWSTraceHeader: trace }),
  };
}

/** Twenty digits that grow, as SQS gives them to FIFO messages. */
export function sequenceNumber(sequence: number): string {
  return (188_000_000_000_000_000_00n + BigInt(sequence)).toString();
}
