import {
  aws_apigateway as apigateway,
  aws_cloudwatch as cloudwatch,
  aws_events as events,
  aws_kms as kms,
  aws_lambda as lambda,
  aws_logs as logs,
  aws_secretsmanager as secrets,
  aws_sqs as sqs,
  Names,
  type Stack,
} from 'aws-cdk-lib';
import { INSPECTED_MINUTES } from '../../shared/aws/inspected.ts';
import type { Inventory, QueueCount, Sized } from '../../shared/cost/inventory.ts';
import type { StageConfig } from '../config.ts';
import type { Functions } from './functions.ts';
import { WorkQueue } from './work-queue.ts';

const MINUTES_A_DAY = 1_440;
const MINUTES: Readonly<Record<string, number>> = { minute: 1, hour: 60, day: MINUTES_A_DAY };

/** By the minute of the clock, instead of by a rate that begins at any second: minutes from one run to the next. */
const CRONS: Readonly<Record<string, number>> = {
  'cron(* * * * ? *)': 1,
  [`cron(0/${INSPECTED_MINUTES} * * * ? *)`]: INSPECTED_MINUTES,
};

/** Readers of encrypted streams ask for their data key again after five minutes. Those of queues do as the queue says. */
const STREAM_KEY_SECONDS = 300;

/** The functions that are called most. */
const FUNCTION_OF: Readonly<Record<Sized, string>> = {
  intake: 'integrations',
  relay: 'relay-notify',
  keeper: 'alerts-keep',
  checks: 'health-check',
  rules: 'health-tell',
};

/** How often a schedule fires in a day. */
const firingsADay = (schedule: string | undefined): number => {
  const [, every = '', unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(schedule ?? '') ?? [];
  const minutes = CRONS[schedule ?? ''] ?? Number(every) * (MINUTES[unit] ?? Number.NaN);
  if (!Number.isFinite(minutes)) throw new Error(`Not a rate: ${schedule}`);
  return MINUTES_A_DAY / minutes;
};

const isFifo = ({ fifoQueue }: sqs.CfnQueue): boolean => fifoQueue === true;

const countByKind = (queues: readonly sqs.CfnQueue[]): QueueCount => {
  const fifo = queues.filter(isFifo).length;
  return { standard: queues.length - fifo, fifo };
};

/** Counts what costs money in the stacks of a stage. */
export const inventoryOf = (stage: StageConfig, stacks: readonly Stack[], functions: Functions): Inventory => {
  const all = stacks.flatMap((stack) => stack.node.findAll());
  const ofType = <T>(type: abstract new (...args: never[]) => T): T[] =>
    all.filter((construct): construct is never => construct instanceof type);
  const queues = ofType(sqs.Queue);
  const readers = Map.groupBy(ofType(lambda.CfnEventSourceMapping), ({ startingPosition }) =>
    startingPosition === undefined ? 'queue' : 'stream',
  );
  // The library names a reader of a queue after the queue.
  const polledBy = new Set(
    readers
      .get('queue')
      ?.filter(({ enabled }) => enabled !== false)
      .map(({ node }) => node.scope?.node.id),
  );
  const polled = queues
    .filter(({ node }) => polledBy.has(`SqsEventSource:${Names.nodeUniqueId(node)}`))
    .map(({ node }) => node.defaultChild as sqs.CfnQueue);
  // The web ACL of the edge is in the stack of the edge, so the options say whether there is one.
  const hasWebAcl = (stage.edgeRequestsInFiveMinutes ?? stage.requestsInFiveMinutes) !== undefined;
  return {
    alarms: ofType(cloudwatch.CfnAlarm).length,
    dashboards: ofType(cloudwatch.CfnDashboard).length,
    keys: ofType(kms.CfnKey).length,
    ...(hasWebAcl && { webAcls: 1 }),
    secrets: ofType(secrets.CfnSecret).length,
    queues: queues.length,
    logGroups: ofType(logs.CfnLogGroup).length,
    polled: countByKind(polled),
    readEachMinute: countByKind(
      ofType(WorkQueue).flatMap((each) =>
        each.isReadEachMinute ? [each.queue.node.defaultChild as sqs.CfnQueue] : [],
      ),
    ),
    dataKeySeconds: [
      ...(readers.get('stream') ?? []).map(() => STREAM_KEY_SECONDS),
      ...polled.flatMap(({ kmsDataKeyReusePeriodSeconds: seconds }) => seconds ?? []),
    ],
    runsADay: ofType(events.CfnRule).reduce((sum, rule) => sum + firingsADay(rule.scheduleExpression), 0),
    hasSelfMonitor: stage.selfMonitor,
    logsAccess: ofType(apigateway.CfnStage).some(({ accessLogSetting }) => accessLogSetting !== undefined),
    hasIngestApi: stage.ingestApi,
    tracesIntake: functions.get(FUNCTION_OF.intake).isTraced,
    memoryMb: mapped(FUNCTION_OF, (name) => functions.get(name).memoryMb),
  };
};

const mapped = <K extends string, V, W>(record: Readonly<Record<K, V>>, to: (value: V) => W): Record<K, W> =>
  Object.fromEntries(Object.entries<V>(record).map(([key, value]) => [key, to(value)])) as Record<K, W>;
