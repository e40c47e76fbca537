import { setTimeout } from 'node:timers/promises';
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type Message,
} from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { logger } from './observe.ts';
import type { Queue } from './send-message.ts';

/** SQS hands out so many messages in one request. */
const BATCH = 10;
/** A short poll asks some of the servers of SQS, so an empty queue is looked into twice. */
const LOOKS = 2;
/** Time that a batch may take. No batch begins with less time left. */
const BATCH_MS = 30_000;

/** A woken run looks again after so long. */
const AGAIN_MS = 1_000;
/** Copies that a run of the clock starts one after the other. The runs of later minutes do their part meanwhile. */
const MOST_COPIES = 4;

type Run = Pick<Context, 'getRemainingTimeInMillis' | 'invokedFunctionArn'>;

/** Why a run reads: the clock, a function that sent something (`wake`), or a run before it that could not finish. */
type Reason = Partial<Readonly<{ wake: boolean; copy: number }>>;

export interface ReaderOptions {
  /** Batches that are handled side by side once a message was found. They wait for services most of the time. */
  readonly mostLanes?: number;
  /** For so long a run that was woken looks again. */
  readonly wakeMs?: number;
  /** Hands an event on to another run of this function. Where it is given, a run of the clock whose time is over has a copy go on. */
  readonly handOn?: (event: Reason) => Promise<void>;
  /** Seconds until a message that failed for this many times may be received again; undefined for the time-out of the queue. */
  readonly retrySeconds?: (attempts: number) => number | undefined;
  readonly pause?: (milliseconds: number) => Promise<unknown>;
}

/**
 * A Lambda entry that reads a queue each minute, since polls of it would be paid for while it is empty, and whenever it is woken. A run
 * handles what is there, for as long as it may take, and leaves the rest to a copy of itself or to the next minute. What the reactor handled is
 * deleted; what failed, or what a run that died had received, is visible again after the visibility time-out of the queue or sooner. Where
 * nothing of a batch succeeds, a service refuses, and no further batch is received in its lane.
 *
 * An event with messages is handled as it is: an event source mapping of an older version, which is deleted behind the new code,
 * deletes what is not answered as failed.
 */
export const minuteReader =
  (
    queue: () => Queue,
    react: (event: SQSEvent) => Promise<SQSBatchResponse>,
    { mostLanes = 20, wakeMs = 0, handOn, retrySeconds, pause = setTimeout }: ReaderOptions = {},
  ) =>
  async (event: unknown, run: Run): Promise<SQSBatchResponse | undefined> => {
    if (hasRecords(event)) return react(event);
    const { wake = false, copy = 0 } = (event ?? {}) as Reason;
    const looksUntil = wake ? run.getRemainingTimeInMillis() - wakeMs : Number.POSITIVE_INFINITY;
    const hasTime = (): boolean => run.getRemainingTimeInMillis() > BATCH_MS;
    const failures: unknown[] = [];
    let isFinished = true;

    const look = async (): Promise<void> => {
      const lanes: Promise<void>[] = [];
      let hasFound = false;
      const widen = (to: number): void => {
        while (lanes.length < to) lanes.push(lane().catch((error: unknown) => void failures.push(error)));
      };
      const lane = async (): Promise<void> => {
        let empty = 0;
        while (hasTime()) {
          const records = await receive(queue(), run.invokedFunctionArn);
          if (records.length === 0) {
            // Messages follow from messages, so a queue in which one was found is looked into once more.
            if (!hasFound || ++empty === LOOKS) return;
            continue;
          }
          empty = 0;
          hasFound = true;
          widen(mostLanes);
          const { batchItemFailures } = await react({ Records: records });
          const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
          if (retrySeconds) await retrySooner(queue(), records, failed, retrySeconds);
          const done = records.filter(({ messageId }) => !failed.has(messageId));
          if (done.length === 0) return;
          await remove(queue(), done);
        }
        isFinished = false;
      };
      widen(LOOKS);
      // Lanes start others while they run.
      for (let at = 0; at < lanes.length; at++) await lanes[at];
    };

    await look();
    while (run.getRemainingTimeInMillis() > looksUntil && hasTime()) {
      await pause(AGAIN_MS);
      await look();
    }
    if (!isFinished && handOn && !wake && copy < MOST_COPIES) {
      await handOn({ copy: copy + 1 }).catch((error: unknown) => void failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
    return undefined;
  };

const hasRecords = (event: unknown): event is SQSEvent =>
  Array.isArray((event as Partial<SQSEvent> | null | undefined)?.Records);

const receive = async ({ sqs, queueUrl }: Queue, functionArn: string): Promise<SQSRecord[]> => {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: BATCH,
      WaitTimeSeconds: 0,
      MessageSystemAttributeNames: ['All'],
    }),
  );
  const eventSourceARN = queueArn(queueUrl, functionArn);
  return Messages.map((message) => recordOf(message, eventSourceARN));
};

/** The ARN of a queue in the account and the region of a function. */
const queueArn = (queueUrl: string, functionArn: string): string => {
  const [arn, partition, , region, account] = functionArn.split(':');
  return [arn, partition, 'sqs', region, account, queueUrl.split('/').at(-1)].join(':');
};

/** A message as an event source mapping hands it to a function. */
const recordOf = (message: Message, eventSourceARN: string): SQSRecord => ({
  messageId: message.MessageId ?? '',
  receiptHandle: message.ReceiptHandle ?? '',
  body: message.Body ?? '',
  attributes: (message.Attributes ?? {}) as unknown as SQSRecord['attributes'],
  messageAttributes: {},
  md5OfBody: message.MD5OfBody ?? '',
  eventSource: 'aws:sqs',
  eventSourceARN,
  awsRegion: eventSourceARN.split(':')[3] ?? '',
});

/** What SQS does not delete is handled once more. */
const remove = async ({ sqs, queueUrl }: Queue, records: readonly SQSRecord[]): Promise<void> => {
  const { Failed = [] } = await sqs.send(
    new DeleteMessageBatchCommand({
      QueueUrl: queueUrl,
      Entries: records.map(({ receiptHandle }, i) => ({ Id: String(i), ReceiptHandle: receiptHandle })),
    }),
  );
  if (Failed.length > 0) logger.warn('messages will be handled once more', { failed: Failed });
};

/** Has what failed be received again sooner than the queue would. All of a batch in one request, so the messages of a group keep their order. */
const retrySooner = async (
  { sqs, queueUrl }: Queue,
  records: readonly SQSRecord[],
  failed: ReadonlySet<string>,
  retrySeconds: (attempts: number) => number | undefined,
): Promise<void> => {
  const Entries = records.flatMap(({ messageId, receiptHandle, attributes }, i) => {
    const VisibilityTimeout = failed.has(messageId)
      ? retrySeconds(Number(attributes.ApproximateReceiveCount))
      : undefined;
    return VisibilityTimeout === undefined ? [] : [{ Id: String(i), ReceiptHandle: receiptHandle, VisibilityTimeout }];
  });
  if (Entries.length === 0) return;
  try {
    await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }));
  } catch (error) {
    logger.warn('messages that failed stay hidden for the time-out of their queue', { error: error as Error });
  }
};
