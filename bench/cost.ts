import { mkdtempSync, globSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { INSPECTED_MINUTES } from '../shared/aws/inspected.ts';
import { synthesise } from '../local/emulator/synthesise.ts';
import { PRICES } from './prices.ts';

/** What no template tells. Durations are billed milliseconds of a warm function. */
const ASSUMED = {
  daysInMonth: 30,
  apiMs: 15,
  reactorMsPerRecord: 10,
  scheduleMs: 50,
  recordsPerBatch: 10,
  /** One line of our own and what CloudWatch adds to it: the platform logs only what went wrong. */
  logBytesPerInvocation: 350,
  accessLogBytes: 400,
  /** Metrics that functions write while nothing is wrong: `countMetric` and `reportTrouble` write none for zero. */
  metricsAlwaysWritten: 0,
  /** Metrics that an inspection reads while nothing is wrong (`test/integration/health/inspection.test.ts`). */
  metricsInspected: 2,
  /** Readers of encrypted streams ask for their data key again after five minutes. Those of queues do as the queue says. */
  streamKeySeconds: 300,
  /** Lambda keeps this many long polls of 20 s open at a queue that it reads. */
  pollersPerQueue: 5,
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
const SHARD = { monitors: 50, writeUnits: 4, readUnits: 50, records: 2, sqsRequests: 4 } as const;

/** Read units a monitor for which the tick counts it: at most, as `test/integration/health/overview.test.ts` has it. */
const COUNTED_READ_UNITS = 0.25;

/** Transitions in an alert's life: opened, resolved. */
const TRANSITIONS = 2;

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}

interface Row {
  readonly what: string;
  readonly how: string;
  readonly dollars: number;
}

/** `npm run cost -- dev` is about another stage, `npm run cost -- prod cdk.out` about templates that are there already. */
const [STAGE = 'prod', ASSEMBLY] = process.argv.slice(2);

/** All resources of a stage in a cloud assembly, by stack and logical id. */
const resourcesIn = (assembly: string): Map<string, Resource> =>
  new Map(
    globSync(`Tocsin-${STAGE}-*.template.json`, { cwd: assembly }).flatMap((file) => {
      const { Resources } = JSON.parse(readFileSync(join(assembly, file), 'utf8')) as {
        Resources: Record<string, Resource>;
      };
      return Object.entries(Resources).map(([id, resource]) => [`${file}:${id}`, resource] as const);
    }),
  );

const synthesised = async (): Promise<Map<string, Resource>> => {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-cost-'));
  try {
    const outdir = join(directory, 'cdk.out');
    await synthesise({ root: resolve(import.meta.dirname, '..'), stage: STAGE, outdir, isForDeployment: true });
    return resourcesIn(outdir);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

const resources = ASSEMBLY ? resourcesIn(ASSEMBLY) : await synthesised();
const byLogicalId = new Map([...resources].map(([id, resource]) => [id.split(':')[1] ?? '', resource]));
const ofType = (type: string): Resource[] => [...resources.values()].filter(({ Type }) => Type === type);

const functionNamed = (description: RegExp): Resource => {
  const found = ofType('AWS::Lambda::Function').find(({ Properties }) =>
    description.test(String(Properties['Description'])),
  );
  if (!found) throw new Error(`No function is described as ${String(description)}`);
  return found;
};

const memoryGbOf = (description: RegExp): number => Number(functionNamed(description).Properties['MemorySize']) / 1024;

const invocations = (count: number, gb: number, ms: number): number =>
  count * (PRICES.lambdaRequest + gb * (ms / 1000) * PRICES.lambdaGbSecondArm);

const MINUTES: Readonly<Record<string, number>> = { minute: 1, hour: 60, day: 1440 };

/** By the minute of the clock, instead of by a rate that begins at any second: minutes from one run to the next. */
const CRONS: Readonly<Record<string, number>> = {
  'cron(* * * * ? *)': 1,
  [`cron(0/${INSPECTED_MINUTES} * * * ? *)`]: INSPECTED_MINUTES,
};

/** How often a schedule fires in a month. */
const firings = (schedule: unknown): number => {
  const [, every = '', unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(String(schedule)) ?? [];
  const minutes = CRONS[String(schedule)] ?? Number(every) * (MINUTES[unit] ?? Number.NaN);
  if (!Number.isFinite(minutes)) throw new Error(`Not a rate: ${String(schedule)}`);
  return (ASSUMED.daysInMonth * 1440) / minutes;
};

const fixed = (what: string, type: string, each: number): Row => {
  const count = ofType(type).length;
  return { what, how: `${count} × $${each}`, dollars: count * each };
};

/** The logical ids that a value of a template refers to. */
const idsIn = (value: unknown): string[] =>
  [...JSON.stringify(value ?? '').matchAll(/"(?:Ref|Fn::GetAtt)":\[?"(\w+)/g)].map(([, id = '']) => id);

const isTraced = ({ Properties: p }: Resource): boolean =>
  (p['TracingConfig'] as { Mode?: string } | undefined)?.Mode === 'Active';

/** How often schedules run functions in a month; of these, how often they run traced ones. */
const scheduledRuns = (): { readonly runs: number; readonly traced: number } => {
  let [runs, traced] = [0, 0];
  for (const { Properties: p } of ofType('AWS::Events::Rule')) {
    const times = firings(p['ScheduleExpression']);
    runs += times;
    const targets = idsIn(p['Targets']).flatMap((id) => byLogicalId.get(id) ?? []);
    if (targets.some((target) => target.Type === 'AWS::Lambda::Function' && isTraced(target))) traced += times;
  }
  return { runs, traced };
};

/** As an installation begins with it (`functions/health/monitors/watch-ourselves.ts`). */
const SELF_MONITOR_MINUTES = 5;

const hasSelfMonitor = (): boolean =>
  ofType('AWS::Lambda::Function').some(({ Properties: p }) =>
    JSON.stringify(p['Environment'] ?? '').includes('"SELF_MONITOR":"on"'),
  );

const idleMonth = (): Row[] => {
  const { runs, traced } = scheduledRuns();
  const mappings = ofType('AWS::Lambda::EventSourceMapping');
  const sources = mappings.filter(({ Properties: p }) => !p['StartingPosition'] && p['Enabled'] !== false);
  const streams = mappings.filter(({ Properties: p }) => p['StartingPosition'] !== undefined);
  const keySeconds = [
    ...streams.map(() => ASSUMED.streamKeySeconds),
    ...sources
      .flatMap(({ Properties: p }) => idsIn(p['EventSourceArn']).flatMap((id) => byLogicalId.get(id) ?? []))
      .flatMap(({ Properties: p }) => (p['KmsDataKeyReusePeriodSeconds'] as number | undefined) ?? []),
  ];
  const kmsRequests =
    ofType('AWS::KMS::Key').length *
    keySeconds.reduce((sum, seconds) => sum + (ASSUMED.daysInMonth * 86_400) / seconds, 0);
  const fifos = ofType('AWS::SQS::Queue').filter(
    ({ Properties: p }) => p['FifoQueue'] === true && p['RedrivePolicy'] !== undefined,
  );
  const inspections = (ASSUMED.daysInMonth * 1440) / INSPECTED_MINUTES;
  const queues = ofType('AWS::SQS::Queue').length;
  const selfChecks = hasSelfMonitor() ? (ASSUMED.daysInMonth * 1440) / SELF_MONITOR_MINUTES : 0;
  const pollsOfOne = ASSUMED.pollersPerQueue * ((ASSUMED.daysInMonth * 86_400) / 20);
  return [
    fixed('alarms', 'AWS::CloudWatch::Alarm', PRICES.alarmMonth),
    fixed('dashboard', 'AWS::CloudWatch::Dashboard', PRICES.dashboardMonth),
    fixed('customer-managed keys', 'AWS::KMS::Key', PRICES.kmsKeyMonth),
    {
      what: 'requests for data keys',
      how: `${kmsRequests}, of ${keySeconds.length} readers`,
      dollars: kmsRequests * PRICES.kmsRequest,
    },
    fixed('secrets', 'AWS::SecretsManager::Secret', PRICES.secretMonth),
    {
      what: 'custom metrics',
      how: `${ASSUMED.metricsAlwaysWritten} written while nothing is wrong`,
      dollars: ASSUMED.metricsAlwaysWritten * PRICES.customMetricMonth,
    },
    {
      what: 'traces of the schedules',
      how: `${traced} of ${runs} runs are sampled`,
      dollars: traced * PRICES.traceRecorded,
    },
    {
      what: 'schedules',
      how: `${runs} runs of ${ASSUMED.scheduleMs} ms`,
      dollars: invocations(runs, 0.5, ASSUMED.scheduleMs),
    },
    {
      // The tick asks its index twice, and a query costs at least half a unit.
      what: 'table reads of the schedules',
      how: `${runs} runs, 1 unit`,
      dollars: runs * PRICES.readUnit,
    },
    {
      what: 'polling of queues',
      how: `${sources.length} queues, ${pollsOfOne} long polls each`,
      dollars:
        pollsOfOne * (fifos.length * PRICES.sqsFifoRequest + (sources.length - fifos.length) * PRICES.sqsRequest),
    },
    {
      // It counts the messages of each queue, and reads two metrics while nothing is wrong.
      what: 'inspection',
      how: `${inspections} × ${queues} queues and ${ASSUMED.metricsInspected} metrics`,
      dollars: inspections * (queues * PRICES.sqsRequest + ASSUMED.metricsInspected * PRICES.metricRead),
    },
    {
      what: 'monitor of Tocsin itself',
      how: `${selfChecks} × ${ASSUMED.checkMs} ms, and a question to CloudWatch`,
      dollars:
        invocations(selfChecks, memoryGbOf(/^Checks monitors/), ASSUMED.checkMs) +
        selfChecks * (SHARD.sqsRequests * PRICES.sqsRequest + PRICES.cloudWatchRequest),
    },
    {
      what: 'logs of the schedules',
      how: `${ofType('AWS::Logs::LogGroup').length} log groups, ${ASSUMED.logBytesPerInvocation} bytes a run`,
      dollars: ((runs * ASSUMED.logBytesPerInvocation) / 1e9) * PRICES.logGb,
    },
  ];
};

const millionAlerts = (): Row[] => {
  const alerts = 1e6;
  const transitions = alerts * TRANSITIONS;
  const batches = transitions / ASSUMED.recordsPerBatch;
  const batchMs = ASSUMED.reactorMsPerRecord * ASSUMED.recordsPerBatch;
  const writeUnits = alerts * (UNITS.raise + UNITS.resolve + UNITS.moveResolved) + transitions * UNITS.fact;
  const relay = { description: 'Publishes each transition', batches };
  // The keeper is started by what happens to an alert after it opened.
  const keeper = { description: 'Keeps timelines', batches: alerts / ASSUMED.recordsPerBatch };
  const invoked = transitions + relay.batches + keeper.batches;
  const traced = isTraced(functionNamed(/^Takes in/)) ? transitions : 0;
  const logged = ofType('AWS::ApiGateway::Stage').some(({ Properties: p }) => p['AccessLogSetting'] !== undefined);
  const accessLogBytes = logged ? transitions * ASSUMED.accessLogBytes : 0;
  return [
    { what: 'API requests', how: `${transitions}, one event each`, dollars: transitions * PRICES.apiRequest },
    {
      what: 'intake function',
      how: `${transitions} × ${ASSUMED.apiMs} ms`,
      dollars: invocations(transitions, memoryGbOf(/^Takes in/), ASSUMED.apiMs),
    },
    {
      what: 'tables',
      how: `${writeUnits} write units, ${transitions * FOLLOWED_READ_UNITS} read units`,
      dollars: writeUnits * PRICES.writeUnit + transitions * FOLLOWED_READ_UNITS * PRICES.readUnit,
    },
    ...[relay, keeper].map(({ description, batches }) => ({
      what: `reactor: ${description.toLowerCase()}`,
      how: `${batches} × ${batchMs} ms`,
      dollars: invocations(batches, memoryGbOf(new RegExp(`^${description}`)), batchMs),
    })),
    {
      what: 'publishing, one https subscriber',
      how: `${transitions} published and delivered`,
      dollars: transitions * (PRICES.snsPublish + PRICES.snsHttpsDelivery),
    },
    {
      what: 'access log of the gateway',
      how: `${accessLogBytes} bytes`,
      dollars: (accessLogBytes / 1e9) * PRICES.logGb,
    },
    {
      what: 'logs',
      how: `${invoked} × ${ASSUMED.logBytesPerInvocation} bytes`,
      dollars: ((invoked * ASSUMED.logBytesPerInvocation) / 1e9) * PRICES.logGb,
    },
    {
      what: 'traces',
      how: `${ASSUMED.traceShare * 100} % of ${traced}`,
      dollars: traced * ASSUMED.traceShare * PRICES.traceRecorded,
    },
  ];
};

/** Each checked every minute. */
const thousandMonitors = (): Row[] => {
  const shards = (1000 / SHARD.monitors) * ASSUMED.daysInMonth * 1440;
  const writeUnits = shards * SHARD.writeUnits;
  const readUnits = shards * SHARD.readUnits;
  const counted = shards * SHARD.monitors * COUNTED_READ_UNITS;
  return [
    {
      what: 'workers',
      how: `${shards} × ${ASSUMED.checkMs} ms`,
      dollars: invocations(shards, memoryGbOf(/^Checks monitors/), ASSUMED.checkMs),
    },
    {
      what: 'reader of the stream',
      how: `${shards * SHARD.records} × ${ASSUMED.reactorMsPerRecord} ms`,
      dollars: invocations(shards * SHARD.records, memoryGbOf(/^Holds rules/), ASSUMED.reactorMsPerRecord),
    },
    {
      what: 'tables',
      how: `${writeUnits} write units, ${readUnits} read units`,
      dollars: writeUnits * PRICES.writeUnit + readUnits * PRICES.readUnit,
    },
    {
      what: 'counted by the tick',
      how: `${counted} read units`,
      dollars: counted * PRICES.readUnit,
    },
    {
      what: 'queue of the checks',
      how: `${shards * SHARD.sqsRequests} requests`,
      dollars: shards * SHARD.sqsRequests * PRICES.sqsRequest,
    },
    {
      what: 'logs',
      how: `${shards * (1 + SHARD.records)} × ${ASSUMED.logBytesPerInvocation} bytes`,
      dollars: ((shards * (1 + SHARD.records) * ASSUMED.logBytesPerInvocation) / 1e9) * PRICES.logGb,
    },
  ];
};

const print = (title: string, rows: readonly Row[]): void => {
  const total = rows.reduce((sum, { dollars }) => sum + dollars, 0);
  console.log(`\n${title}`);
  for (const { what, how, dollars } of [...rows, { what: 'total', how: '', dollars: total }]) {
    console.log(`  ${what.padEnd(44)} ${how.padEnd(56)} ${dollars.toFixed(2).padStart(8)}`);
  }
};

console.log(`Tocsin ${STAGE}, us-east-1, US dollars, without free tiers, tax, storage and data transfer`);
print('An idle month', idleMonth());
print('A thousand monitors, each checked every minute, for a month', thousandMonitors());
print('A million alerts, each raised and resolved by one event, with nobody to page', millionAlerts());
