import { INSPECTED_MINUTES, SILENCE_MINUTES } from '../aws/inspected.ts';
import type { Inventory, QueueCount, Sized } from './inventory.ts';
import { PRICES } from './prices.ts';

/** A part of a bill: what it is for, how it is computed, and US dollars. */
export interface Row {
  readonly what: string;
  readonly how: string;
  readonly dollars: number;
}

/** What no template tells. Durations are billed milliseconds of a warm function. */
const ASSUMED = {
  apiMs: 15,
  reactorMsPerRecord: 10,
  scheduleMs: 50,
  scheduleMb: 512,
  recordsPerBatch: 10,
  /** Lines that functions which run by the clock write while nothing happens (`test/scenario/outage.long.test.ts`). */
  linesOfIdleRuns: 0,
  /** One line of our own and what CloudWatch adds to it: the platform logs only what went wrong. */
  logBytesPerInvocation: 350,
  accessLogBytes: 400,
  /** Metrics that functions write while nothing is wrong: `countMetric` and `reportTrouble` write none for zero. */
  metricsAlwaysWritten: 0,
  /** Metrics that an inspection reads while nothing is wrong (`test/integration/health/inspection.test.ts`). */
  metricsInspected: 2,
  /** Functions whose runs it counts each quarter of an hour. */
  runsInspected: 3,
  /** Lambda keeps this many long polls of 20 s open at a queue that it reads. */
  pollersPerQueue: 5,
  /** A function that reads a queue each minute looks so often into an empty one (`shared/aws/drain-queue.ts`). */
  looksAMinute: 2,
  traceShare: 0.05,
  /** A worker waits for the slowest of its fifty targets. */
  checkMs: 500,
} as const;

/**
 * Write units of an alert's life, items up to 1 KB: a source raises it and resolves it, as `npm run bench` counts them. `raise`
 * and `resolve` are the budgets of the operations, `moveResolved` is the copy in the archive and the tombstone, and `fact` is what
 * figures keep of a transition (`test/integration/incidents/analytics.test.ts`).
 */
const UNITS = { raise: 2, resolve: 2, moveResolved: 3, fact: 1 } as const;

/** Read units of a transition: silences, policies, and for an end whether the alert escalates or belongs to an incident. */
const FOLLOWED_READ_UNITS = 2;

/**
 * What a shard of fifty monitors that stay well takes a minute: write units as `test/integration/health/monitors.test.ts`
 * counts them, half a read unit for each monitor and each state, and two records of metrics for the reader of the stream.
 */
const SHARD = { monitors: 50, writeUnits: 4, readUnits: 50, records: 2 } as const;

/** Read units a monitor for which the tick counts it: at most, as `test/integration/health/overview.test.ts` has it. */
const COUNTED_READ_UNITS = 0.25;

/** Transitions in an alert's life: opened, resolved. */
const TRANSITIONS = 2;

/** As an installation begins with it (`functions/health/monitors/watch-ourselves.ts`). */
const SELF_MONITOR_MINUTES = 5;

const MINUTES_A_DAY = 1_440;
const SECONDS_A_DAY = 86_400;
/** Days of the month by which a price of a month is divided. */
export const DAYS_IN_MONTH = 30;

const invocations = (count: number, mb: number, ms: number): number =>
  count * (PRICES.lambdaRequest + (mb / 1024) * (ms / 1000) * PRICES.lambdaGbSecondArm);

/** A count in a text, without the digits that a division leaves. */
const counted = (value: number): string => String(Math.round(value * 100) / 100);

/** Dollars for a request to each of these queues. */
const requestsTo = ({ standard, fifo }: QueueCount): number =>
  standard * PRICES.sqsRequest + fifo * PRICES.sqsFifoRequest;

/** What a stage costs in some days in which nothing happens. */
export const idleRows = (inventory: Inventory, days: number): Row[] => {
  const months = days / DAYS_IN_MONTH;
  const fixed = (what: string, count: number, each: number): Row => ({
    what,
    how: `${count} × $${each}`,
    dollars: count * each * months,
  });
  const { polled, readEachMinute, dataKeySeconds, memoryMb } = inventory;
  const runs = inventory.runsADay * days;
  const kmsRequests =
    inventory.keys * dataKeySeconds.reduce((sum, seconds) => sum + (days * SECONDS_A_DAY) / seconds, 0);
  const inspections = (days * MINUTES_A_DAY) / INSPECTED_MINUTES;
  const silences = (days * MINUTES_A_DAY) / SILENCE_MINUTES;
  const selfChecks = inventory.hasSelfMonitor ? (days * MINUTES_A_DAY) / SELF_MONITOR_MINUTES : 0;
  const polls = ASSUMED.pollersPerQueue * ((days * SECONDS_A_DAY) / 20);
  const looks = ASSUMED.looksAMinute * days * MINUTES_A_DAY;
  return [
    fixed('alarms', inventory.alarms, PRICES.alarmMonth),
    fixed('dashboard', inventory.dashboards, PRICES.dashboardMonth),
    fixed('customer-managed keys', inventory.keys, PRICES.kmsKeyMonth),
    {
      what: 'requests for data keys',
      how: `${counted(kmsRequests)}, of ${dataKeySeconds.length} readers`,
      dollars: kmsRequests * PRICES.kmsRequest,
    },
    fixed('secrets', inventory.secrets, PRICES.secretMonth),
    ...(inventory.webAcls === undefined
      ? []
      : [fixed('web ACLs with a rule', inventory.webAcls, PRICES.webAclMonth + PRICES.webAclRuleMonth)]),
    {
      what: 'custom metrics',
      how: `${ASSUMED.metricsAlwaysWritten} written while nothing is wrong`,
      dollars: ASSUMED.metricsAlwaysWritten * PRICES.customMetricMonth * months,
    },
    {
      what: 'schedules',
      how: `${counted(runs)} runs of ${ASSUMED.scheduleMs} ms`,
      dollars: invocations(runs, ASSUMED.scheduleMb, ASSUMED.scheduleMs),
    },
    {
      // The tick asks its index twice, and a query costs at least half a unit.
      what: 'table reads of the schedules',
      how: `${counted(runs)} runs, 1 unit`,
      dollars: runs * PRICES.readUnit,
    },
    {
      what: 'polling of queues',
      how: `${polled.standard + polled.fifo} queues, ${counted(polls)} long polls each`,
      dollars: polls * requestsTo(polled),
    },
    {
      what: 'queues that are read each minute',
      how: `${readEachMinute.standard + readEachMinute.fifo} queues, ${counted(looks)} requests each`,
      dollars: looks * requestsTo(readEachMinute),
    },
    {
      // It counts the messages of each queue, and reads two metrics while nothing is wrong, and a few more each quarter of an hour.
      what: 'inspection',
      how: `${counted(inspections)} × ${inventory.queues} queues, ${ASSUMED.metricsInspected} metrics; ${counted(silences)} × ${ASSUMED.runsInspected} more`,
      dollars:
        inspections * (inventory.queues * PRICES.sqsRequest + ASSUMED.metricsInspected * PRICES.metricRead) +
        silences * ASSUMED.runsInspected * PRICES.metricRead,
    },
    {
      what: 'monitor of Tocsin itself',
      how: `${counted(selfChecks)} × ${ASSUMED.checkMs} ms, and a question to CloudWatch`,
      dollars: invocations(selfChecks, memoryMb.checks, ASSUMED.checkMs) + selfChecks * PRICES.cloudWatchRequest,
    },
    {
      what: 'logs of the schedules',
      how: `${inventory.logGroups} log groups, ${ASSUMED.linesOfIdleRuns} lines while nothing happens`,
      dollars: ((runs * ASSUMED.linesOfIdleRuns * ASSUMED.logBytesPerInvocation) / 1e9) * PRICES.logGb,
    },
  ];
};

/** What alerts cost that are each raised and resolved by one event, with nobody to page and one https subscriber. */
export const alertRows = (inventory: Inventory, alerts: number): Row[] => {
  const transitions = alerts * TRANSITIONS;
  const batchMs = ASSUMED.reactorMsPerRecord * ASSUMED.recordsPerBatch;
  const writeUnits = alerts * (UNITS.raise + UNITS.resolve + UNITS.moveResolved) + transitions * UNITS.fact;
  const reactors: readonly { readonly what: string; readonly size: Sized; readonly batches: number }[] = [
    { what: 'reactor: publishes transitions', size: 'relay', batches: transitions / ASSUMED.recordsPerBatch },
    // The keeper is started by what happens to an alert after it opened.
    { what: 'reactor: keeps timelines', size: 'keeper', batches: alerts / ASSUMED.recordsPerBatch },
  ];
  const invoked = transitions + reactors.reduce((sum, { batches }) => sum + batches, 0);
  // A request takes ten messages, and is charged once for up to 64 KB.
  const requests = transitions / ASSUMED.recordsPerBatch;
  const traced = inventory.tracesIntake ? transitions : 0;
  const accessLogBytes = inventory.logsAccess ? transitions * ASSUMED.accessLogBytes : 0;
  return [
    {
      what: 'API requests',
      how: `${transitions}, one event each${inventory.hasIngestApi ? ', to the ingest address' : ''}`,
      dollars: transitions * (inventory.hasIngestApi ? PRICES.httpApiRequest : PRICES.apiRequest),
    },
    {
      what: 'intake function',
      how: `${transitions} × ${ASSUMED.apiMs} ms`,
      dollars: invocations(transitions, inventory.memoryMb.intake, ASSUMED.apiMs),
    },
    {
      what: 'tables',
      how: `${writeUnits} write units, ${transitions * FOLLOWED_READ_UNITS} read units`,
      dollars: writeUnits * PRICES.writeUnit + transitions * FOLLOWED_READ_UNITS * PRICES.readUnit,
    },
    ...reactors.map(({ what, size, batches }) => ({
      what,
      how: `${counted(batches)} × ${batchMs} ms`,
      dollars: invocations(batches, inventory.memoryMb[size], batchMs),
    })),
    {
      what: 'publishing, one https subscriber',
      how: `${counted(requests)} requests, ${transitions} delivered`,
      dollars: requests * PRICES.snsPublish + transitions * PRICES.snsHttpsDelivery,
    },
    {
      what: 'access log of the gateway',
      how: `${accessLogBytes} bytes`,
      dollars: (accessLogBytes / 1e9) * PRICES.logGb,
    },
    {
      what: 'logs',
      how: `${counted(invoked)} × ${ASSUMED.logBytesPerInvocation} bytes`,
      dollars: ((invoked * ASSUMED.logBytesPerInvocation) / 1e9) * PRICES.logGb,
    },
    {
      what: 'traces',
      how: `${ASSUMED.traceShare * 100} % of ${traced}`,
      dollars: traced * ASSUMED.traceShare * PRICES.traceRecorded,
    },
  ];
};

/** What monitors cost that are each checked every minute for some days. */
export const monitorRows = ({ memoryMb }: Inventory, monitors: number, days: number): Row[] => {
  const shards = Math.ceil(monitors / SHARD.monitors) * days * MINUTES_A_DAY;
  const checks = monitors * days * MINUTES_A_DAY;
  const writeUnits = shards * SHARD.writeUnits;
  const readUnits = checks * (SHARD.readUnits / SHARD.monitors);
  const tallied = checks * COUNTED_READ_UNITS;
  return [
    {
      what: 'workers',
      how: `${counted(shards)} × ${ASSUMED.checkMs} ms`,
      dollars: invocations(shards, memoryMb.checks, ASSUMED.checkMs),
    },
    {
      what: 'reader of the stream',
      how: `${counted(shards * SHARD.records)} × ${ASSUMED.reactorMsPerRecord} ms`,
      dollars: invocations(shards * SHARD.records, memoryMb.rules, ASSUMED.reactorMsPerRecord),
    },
    {
      what: 'tables',
      how: `${counted(writeUnits)} write units, ${counted(readUnits)} read units`,
      dollars: writeUnits * PRICES.writeUnit + readUnits * PRICES.readUnit,
    },
    {
      what: 'counted by the tick',
      how: `${counted(tallied)} read units`,
      dollars: tallied * PRICES.readUnit,
    },
    {
      what: 'logs',
      how: `${counted(shards * (1 + SHARD.records))} × ${ASSUMED.logBytesPerInvocation} bytes`,
      dollars: ((shards * (1 + SHARD.records) * ASSUMED.logBytesPerInvocation) / 1e9) * PRICES.logGb,
    },
  ];
};

export const sumOf = (rows: readonly Row[]): number => rows.reduce((sum, { dollars }) => sum + dollars, 0);
