import { matchesPattern, type EventPattern } from '../../local/emulator/services/core/event-pattern.ts';

/** A message of a dead-letter queue, as SQS hands it out. */
export interface DeadLetter {
  readonly id: string;
  readonly body: string;
  /** The queue whose redrive policy moved it here; undefined for what SNS, Lambda or a function put here. */
  readonly sourceQueueArn: string | undefined;
  /** The group of a FIFO queue. */
  readonly group: string | undefined;
  readonly sentAt: Date;
}

/** Queues that a topic feeds, and the queue for what it could not deliver. */
export interface Feed {
  readonly topicArn: string;
  readonly queueArn: string;
  readonly deadLettersArn: string;
}

/** A batch of records that a function gave up: where they are in the stream of a table. */
export interface LostBatch {
  readonly functionArn: string;
  readonly streamArn: string;
  readonly shardId: string;
  readonly first: string;
  readonly last: string;
}

/** Where a dead letter belongs, and why it died. */
export type Way = { readonly why: string } & (
  | { readonly kind: 'queue'; readonly queueArns: readonly string[]; readonly body: string; readonly group?: string }
  | { readonly kind: 'record'; readonly functionName: string; readonly record: unknown }
  | { readonly kind: 'stream'; readonly batch: LostBatch }
  | { readonly kind: 'event'; readonly functionName: string; readonly event: unknown }
  | { readonly kind: 'unknown' }
);

/**
 * Where a dead letter belongs. Six kinds of things die: a message that a queue handed out too often; a message that a topic could
 * not deliver to a queue; a message that a function set aside; a record of a stream that a function set aside; a batch of a stream
 * that a function could not get over, of which Lambda stores where it is; and an event that was handed on to a function that failed.
 */
export const wayOf = (letter: DeadLetter, deadLettersArn: string, feeds: readonly Feed[]): Way => {
  const { body, sourceQueueArn, group } = letter;
  if (sourceQueueArn !== undefined) {
    return { kind: 'queue', why: 'handed out too often', queueArns: [sourceQueueArn], body, ...(group && { group }) };
  }
  const content = objectIn(body);
  const batch = lostBatch(content);
  if (batch) return { kind: 'stream', why: 'the function gave the batch up', batch };
  const handedOn = givenUpEvent(content);
  if (handedOn) return { kind: 'event', why: 'the function gave the event up', ...handedOn };
  if (typeof content?.['why'] === 'string' && content['record'] !== undefined) {
    return setAside(content['why'], content['record'], content['functionName']);
  }
  const fed = feeds.filter((feed) => feed.deadLettersArn === deadLettersArn && isOfTopic(content, feed.topicArn));
  return fed.length === 0
    ? { kind: 'unknown', why: 'nothing of Tocsin writes such messages' }
    : { kind: 'queue', why: 'the topic could not deliver it', queueArns: fed.map(({ queueArn }) => queueArn), body };
};

const setAside = (why: string, record: unknown, functionName: unknown): Way => {
  const { eventSource, eventSourceARN, body, attributes } = (record ?? {}) as Content;
  if (eventSource === 'aws:sqs' && typeof eventSourceARN === 'string' && typeof body === 'string') {
    const { MessageGroupId: group } = (attributes ?? {}) as { readonly MessageGroupId?: string };
    return { kind: 'queue', why, queueArns: [eventSourceARN], body, ...(group && { group }) };
  }
  if (typeof functionName !== 'string') return { kind: 'unknown', why: `${why} (no function is named)` };
  return { kind: 'record', why, functionName, record };
};

/** https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html */
const lostBatch = (content: Content | undefined): LostBatch | undefined => {
  const { functionArn } = (content?.['requestContext'] ?? {}) as { readonly functionArn?: string };
  const { streamArn, shardId, startSequenceNumber, endSequenceNumber } = (content?.['DDBStreamBatchInfo'] ??
    {}) as Readonly<Record<string, string | undefined>>;
  if (!functionArn || !streamArn || !shardId || !startSequenceNumber || !endSequenceNumber) return undefined;
  return { functionArn, streamArn, shardId, first: startSequenceNumber, last: endSequenceNumber };
};

/** Whether a function reads a record of a stream, by the patterns of its event source mapping; without any it reads all. */
export const isRead = (record: unknown, patterns: readonly string[]): boolean =>
  patterns.length === 0 || patterns.some((each) => matchesPattern(JSON.parse(each) as EventPattern, record));

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
const givenUpEvent = (
  content: Content | undefined,
): { readonly functionName: string; readonly event: unknown } | undefined => {
  const { functionArn } = (content?.['requestContext'] ?? {}) as { readonly functionArn?: string };
  const event = content?.['requestPayload'];
  return functionArn && event !== undefined ? { functionName: functionArn, event } : undefined;
};

type Content = Readonly<Record<string, unknown>>;

/** The topics that feed queues, by a part of their name, and how their messages are known. */
const TOPICS: Readonly<Record<string, (content: Content) => boolean>> = {
  AlertsTopic: ({ schema }) => typeof schema === 'string' && schema.startsWith('tocsin.'),
  SmsRepliesTopic: ({ originationNumber }) => typeof originationNumber === 'string',
};

const isOfTopic = (content: Content | undefined, topicArn: string): boolean =>
  content !== undefined && Object.entries(TOPICS).some(([name, knows]) => topicArn.includes(name) && knows(content));

const objectIn = (body: string): Content | undefined => {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Content) : undefined;
  } catch {
    return undefined;
  }
};
