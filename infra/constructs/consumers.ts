import {
  aws_events as events,
  aws_events_targets as targets,
  aws_lambda as lambda,
  Duration,
  type aws_sqs as sqs,
} from 'aws-cdk-lib';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { DynamoEventSource, SqsDlq, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Construct } from 'constructs';
import type { ContextTable } from './context-table.ts';
import type { WorkQueue } from './work-queue.ts';
import type { TocsinFunction } from './tocsin-function.ts';

export interface StreamConsumerProps {
  readonly table: ContextTable;
  /** Where a batch ends whose records keep failing, and where the reactor puts a record that can never succeed. */
  readonly deadLetters: WorkQueue;
  /** Lambda's event filter patterns; a record that matches none costs nothing. */
  readonly filters?: readonly Record<string, unknown>[];
  /** A record may wait so long for others that are handled with it: for what nobody waits for. */
  readonly gatherSeconds?: number;
}

/**
 * A record is tried for so long, and the dead letters then name its place in the stream, which has it for 24 hours: so people have
 * eighteen hours for `npm run redrive`. Meanwhile the other items of its lane wait, and an alarm rings after a minute.
 */
const RECORD_LIFE = Duration.hours(6);

/**
 * Has a function read a table's stream from its beginning: at once or gathered, in order per item, ten shards' worth in parallel. A
 * failing batch is halved until the bad record stands alone.
 */
export const consumeStream = (fn: TocsinFunction, props: StreamConsumerProps): void => {
  fn.leaveUntraced();
  fn.invoked.addEventSource(
    new DynamoEventSource(props.table.table, {
      startingPosition: lambda.StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      parallelizationFactor: 10,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      maxRecordAge: RECORD_LIFE,
      onFailure: new SqsDlq(props.deadLetters.queue),
      ...(props.gatherSeconds && { maxBatchingWindow: Duration.seconds(props.gatherSeconds) }),
      ...(props.filters && { filters: props.filters.map((filter) => lambda.FilterCriteria.filter(filter)) }),
    }),
  );
  props.deadLetters.grantSendTo(fn);
};

/** Has a function work off a queue, answering which messages failed; those are tried again and end in its dead letters. */
export const consumeQueue = (
  fn: TocsinFunction,
  queue: sqs.IQueue,
  options: {
    readonly batchSize?: number;
    readonly maxConcurrency?: number;
    /** Nothing sends to the queue on this stage: polls of it would be paid for nothing. */
    readonly isIdle?: boolean;
  } = {},
): void => {
  fn.leaveUntraced();
  fn.invoked.addEventSource(
    new SqsEventSource(queue, {
      ...(options.isIdle && { enabled: false }),
      batchSize: options.batchSize ?? 10,
      reportBatchItemFailures: true,
      ...(options.maxConcurrency && { maxConcurrency: options.maxConcurrency }),
    }),
  );
};

/**
 * Has a function take work that other functions hand on (`handOn`). Lambda runs it twice more where it fails, after one minute and after two, and waits
 * while it is throttled, for `lifeMinutes` at most. What Lambda gives up goes to the dead letters.
 */
export const takeWork = (
  fn: TocsinFunction,
  { deadLetters, lifeMinutes }: { readonly deadLetters: WorkQueue; readonly lifeMinutes: number },
): void => {
  fn.takesWork();
  fn.lambda.configureAsyncInvoke({
    maxEventAge: Duration.minutes(lifeMinutes),
    retryAttempts: 2,
    onFailure: new SqsDestination(deadLetters.queue),
  });
};

/** A function that reads a queue each minute works for a minute, and then ends its last batches. */
export const MINUTE_READER_SECONDS = 90;

/**
 * Has a function read a queue each minute (`minuteReader`), which costs a fifth of what Lambda's polling does: for messages that may wait
 * a minute.
 */
export const readEachMinute = (
  scope: Construct,
  id: string,
  fn: TocsinFunction,
  queue: WorkQueue,
  description: string,
): void => {
  queue.grantReadEachMinuteTo(fn);
  runOnSchedule(scope, id, fn, events.Schedule.rate(Duration.minutes(1)), description);
};

/** A tick that waited longer is of no use: the next one has done its work. */
const TICK_LIFE = Duration.minutes(2);

/**
 * Has a function run on a schedule. A run that fails is tried once more; the next run heals what it left. EventBridge and Lambda
 * each drop an event after two minutes, so an hour without concurrency leaves no hour of ticks behind.
 */
export const runOnSchedule = (
  scope: Construct,
  id: string,
  fn: TocsinFunction,
  schedule: events.Schedule,
  description: string,
): void => {
  fn.runsByTheClock();
  fn.lambda.configureAsyncInvoke({ maxEventAge: TICK_LIFE, retryAttempts: 1 });
  new events.Rule(scope, id, {
    description,
    schedule,
    targets: [new targets.LambdaFunction(fn.lambda, { retryAttempts: 2, maxEventAge: TICK_LIFE })],
  });
};
