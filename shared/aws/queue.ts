import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { systemClock } from '../kernel/clock.ts';
import { logger, reportIfLate } from './observe.ts';
import { setAside, type PoisonDeps } from './stream.ts';
import { PoisonedRecord } from '../kernel/poisoned-record.ts';
import { isTransient } from './transient.ts';

/** A message of a FIFO queue, as a reactor sees it. */
export interface QueueMessage {
  readonly body: string;
  /** Its place in the queue: of two messages of one group the later one has the greater text. */
  readonly place: string;
}

/** The message in a body: as it was sent, or as SNS wraps what it publishes. */
export const messageIn = (body: string): unknown => {
  const received = JSON.parse(body) as { readonly Type?: unknown; readonly Message?: unknown } | null;
  return received?.Type === 'Notification' && typeof received.Message === 'string'
    ? (JSON.parse(received.Message) as unknown)
    : received;
};

/** What is neither a refusal of a service nor known poison is tried this often, and for so long, before it is set aside. */
const ATTEMPTS = 5;
const TRIED_FOR_MS = 240_000;
/** Digits of the largest sequence number: SQS promises 128 bits. */
const PLACE_DIGITS = 39;

/** What becomes of a message that failed: tried again, for as long as it takes, or set aside so that others pass. */
const fateOf = (
  error: unknown,
  { ApproximateReceiveCount, ApproximateFirstReceiveTimestamp }: SQSRecord['attributes'],
  passing: (error: unknown) => boolean,
): 'again' | 'set_aside' => {
  if (error instanceof PoisonedRecord) return 'set_aside';
  const triedForMs = systemClock.now().getTime() - Number(ApproximateFirstReceiveTimestamp ?? 0);
  const isEarly = Number(ApproximateReceiveCount) < ATTEMPTS || triedForMs < TRIED_FOR_MS;
  return passing(error) || isEarly ? 'again' : 'set_aside';
};

/**
 * A Lambda entry that reads a queue without order. Messages are handled side by side; one that fails is tried again, as often
 * as its queue says, and ends in the dead letters.
 */
export const queueReactor = (
  react: (body: string) => Promise<void>,
): ((event: SQSEvent) => Promise<SQSBatchResponse>) => batchReactor(() => react);

/** As `queueReactor`; what `begin` makes for each batch, its messages share. */
export const batchReactor =
  (begin: () => (body: string) => Promise<void>) =>
  async (event: SQSEvent): Promise<SQSBatchResponse> => {
    logger.resetKeys();
    reportLateMessages(event.Records);
    const react = begin();
    const ended = await Promise.allSettled(event.Records.map(async ({ body }) => react(body)));
    return {
      batchItemFailures: ended.flatMap((each, i) => {
        if (each.status === 'fulfilled') return [];
        const { messageId = '' } = event.Records[i] ?? {};
        logger.warn('message will be tried again', { messageId, error: each.reason as Error });
        return [{ itemIdentifier: messageId }];
      }),
    };
  };

/**
 * A Lambda entry that reads a FIFO queue. Messages are handled one after the other; behind one that must be tried again
 * nothing of its group is, so that the order of each group holds. While a service refuses, the rest of the batch waits
 * too. A poisoned message goes to the poison queue, whole, and the others pass.
 */
export const fifoReactor =
  (
    deps: () => PoisonDeps,
    react: (message: QueueMessage) => Promise<void>,
    passing: (error: unknown) => boolean = isTransient,
  ) =>
  async (event: SQSEvent): Promise<SQSBatchResponse> => {
    logger.resetKeys();
    reportLateMessages(event.Records);
    const waiting = new Set<string>();
    const failed: SQSRecord[] = [];
    let refused = false;
    for (const record of event.Records) {
      const group = record.attributes.MessageGroupId ?? '';
      if (refused || waiting.has(group)) {
        failed.push(record);
        continue;
      }
      try {
        await handle(deps, react, passing, record);
      } catch (error) {
        refused = passing(error);
        waiting.add(group);
        failed.push(record);
        logger.warn('message will be tried again', { messageId: record.messageId, error: error as Error });
      }
    }
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };

/** A message has failed since it was first received. Senders hold some back, so the time of sending says nothing. */
const reportLateMessages = (records: readonly SQSRecord[]): void => {
  const now = systemClock.now().getTime();
  const firsts = records.map(({ attributes }) => Number(attributes?.ApproximateFirstReceiveTimestamp ?? now));
  reportIfLate('queue', Math.min(now, ...firsts), now);
};

const handle = async (
  deps: () => PoisonDeps,
  react: (message: QueueMessage) => Promise<void>,
  passing: (error: unknown) => boolean,
  record: SQSRecord,
): Promise<void> => {
  const { SequenceNumber = '' } = record.attributes;
  try {
    await react({ body: record.body, place: SequenceNumber.padStart(PLACE_DIGITS, '0') });
  } catch (error) {
    if (fateOf(error, record.attributes, passing) === 'again') throw error;
    await setAside(deps(), record, error as Error, record.messageId);
  }
};
