import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { environment } from '../kernel/env.ts';
import { fromImage } from './dynamo.ts';
import { systemClock } from '../kernel/clock.ts';
import { PoisonedRecord } from '../kernel/poisoned-record.ts';
import { logger, reportIfLate, reportTrouble } from './observe.ts';
import { sendMessage, type Queue } from './send-message.ts';

/** A write as the stream tells it: the item before and after, in plain values. */
export interface Written<T> {
  readonly before: Partial<T> | undefined;
  readonly after: Partial<T> | undefined;
  /** When DynamoDB took the write, to the second. */
  readonly at: Date;
}

/** Where the records of a batch come from. */
export interface Source {
  /** The instant at which their stream was made. A table that was restored has a stream with a later label. */
  readonly label: string;
  /** Whether they were dead letters, which `npm run redrive` hands on once more. Records behind them may have been handled. */
  readonly isRedriven: boolean;
}

/** What `npm run redrive` adds to an event. */
export interface Redriven {
  readonly isRedriven?: true;
}

export interface PoisonDeps {
  readonly sqs: Queue['sqs'];
  readonly poisonQueueUrl: string;
}

/**
 * A Lambda entry that reads a table's stream. Records are handled one after the other, in the order of the stream; the
 * first that fails is where the next attempt begins, so nothing behind it is done twice. A poisoned record goes to the
 * poison queue, whole, and the others pass. What keeps failing ends in the dead-letter queue of the event source.
 */
export const streamReactor = <T>(
  deps: () => PoisonDeps,
  react: (written: Written<T>) => Promise<void>,
): ((event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse>) => streamBatchReactor(deps, () => react);

/**
 * As `streamReactor`; `begin` makes what the records of a batch share. It gets all that can be read of them, and where they come from.
 */
export const streamBatchReactor =
  <T>(
    deps: () => PoisonDeps,
    begin: (batch: readonly Written<T>[], from: Source) => (written: Written<T>) => Promise<void>,
  ) =>
  async (event: DynamoDBStreamEvent & Redriven): Promise<DynamoDBBatchResponse> => {
    logger.resetKeys();
    const now = systemClock.now().getTime();
    reportIfLate('stream', Math.min(now, ...event.Records.flatMap((record) => writtenAt(record) || [])), now);
    const batch = event.Records.map((record) => ({ record, written: readOf<T>(record) }));
    const react = begin(
      batch.flatMap(({ written }) => (written instanceof PoisonedRecord ? [] : [written])),
      {
        label: event.Records[0]?.eventSourceARN?.split('/stream/')[1] ?? '',
        isRedriven: event.isRedriven === true,
      },
    );
    for (const { record, written } of batch) {
      const itemIdentifier = record.dynamodb?.SequenceNumber ?? '';
      try {
        await reactOrSetAside(deps, react, { record, written, itemIdentifier });
      } catch (error) {
        logger.warn('record will be tried again', { itemIdentifier, error: error as Error });
        return { batchItemFailures: [{ itemIdentifier }] };
      }
    }
    return { batchItemFailures: [] };
  };

/** When DynamoDB took the write of a record, in milliseconds of the epoch. */
const writtenAt = ({ dynamodb }: DynamoDBRecord): number => (dynamodb?.ApproximateCreationDateTime ?? 0) * 1000;

const reactOrSetAside = async <T>(
  deps: () => PoisonDeps,
  react: (written: Written<T>) => Promise<void>,
  {
    record,
    written,
    itemIdentifier,
  }: {
    readonly record: DynamoDBRecord;
    readonly written: Written<T> | PoisonedRecord;
    readonly itemIdentifier: string;
  },
): Promise<void> => {
  try {
    if (written instanceof PoisonedRecord) throw written;
    await react(written);
  } catch (error) {
    if (!(error instanceof PoisonedRecord)) throw error;
    await setAside(deps(), record, error, itemIdentifier);
  }
};

const readOf = <T>(record: DynamoDBRecord): Written<T> | PoisonedRecord => {
  const { OldImage, NewImage } = record.dynamodb ?? {};
  try {
    return {
      before: OldImage && fromImage<Partial<T>>(OldImage),
      after: NewImage && fromImage<Partial<T>>(NewImage),
      at: new Date(writtenAt(record)),
    };
  } catch (error) {
    return new PoisonedRecord('not a DynamoDB image', { cause: error });
  }
};

/**
 * Puts a record that no retry can make right, whole, where people find it: an alarm rings at once, and `npm run redrive` hands
 * the record to the function again.
 */
export const setAside = async (
  { sqs, poisonQueueUrl }: PoisonDeps,
  record: unknown,
  why: Error,
  itemIdentifier: string,
): Promise<void> => {
  await sendMessage(
    { sqs, queueUrl: poisonQueueUrl },
    { why: why.message, functionName: environment()['AWS_LAMBDA_FUNCTION_NAME'], record },
  );
  reportTrouble('deadLetters', 1, { why: why.message, itemIdentifier });
};
