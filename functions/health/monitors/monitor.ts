import * as z from 'zod/mini';
import { Instant } from '../../../shared/kernel/instant.ts';
import type { AuditActor, AuditEvent } from '../../../shared/kernel/audit-event.ts';
import { occurrenceAt, Recurrence } from '../../../shared/calendar/recurrence.ts';
import { isTimeZone, TimeZone } from '../../../shared/calendar/time-zone.ts';
import { LabelName } from '../../../shared/kernel/label-name.ts';
import { patternProblem } from './matches.ts';
import { MetricName } from '../metrics/point.ts';
import { cronProblem } from './cron.ts';
import { INTERVALS } from './slots.ts';
import { StoredNumber } from '../../../shared/kernel/stored-number.ts';

const Text = (most: number) => z.string().check(z.minLength(1), z.maxLength(most));
const Url = z.string().check(
  z.maxLength(2_048),
  z.refine(
    (text) => /^https?:\/\//i.test(text) && URL.canParse(text),
    'must be a URL that begins with http:// or https://',
  ),
  z.refine((text) => !URL.canParse(text) || new URL(text).username === '', 'must carry no user name and no password'),
);
/** A name of labels between dots (RFC 1035, with the underscores of service names), or an address. */
const HOST =
  /^(?:(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)*[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.?|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*)$/;
const Host = z
  .string()
  .check(
    z.minLength(1),
    z.maxLength(253),
    z.regex(HOST, 'must be a host name or an address, such as db-1.example.com'),
  );
const Port = z.int().check(z.gte(1), z.lte(65_535));
const Headers = z
  .record(
    z.string().check(z.regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/, 'must be the name of a header')),
    z.string().check(z.maxLength(2_048), z.regex(/^[\t\x20-\x7e]*$/, 'must be printable ASCII')),
  )
  .check(z.refine((headers) => Object.keys(headers).length <= 16, 'at most 16 headers'));
/** `200`, or a range such as `200-299`. */
const StatusRange = z.string().check(z.regex(/^[1-5]\d\d(-[1-5]\d\d)?$/, 'must be a status such as 200 or 200-299'));

const Pattern = z.string().check((context) => {
  const message = context.value.length > 512 ? 'must be at most 512 characters long' : patternProblem(context.value);
  if (message) context.issues.push({ code: 'custom', message, input: context.value });
});

/** Whether a header that breaks RFC 9112, such as a line that ends in LF alone, fails the check. Browsers and curl take it. */
const StrictHeaders = z._default(z.boolean(), false);

export const HttpCheck = z.strictObject({
  type: z.literal('http'),
  url: Url,
  method: z._default(z.enum(['GET', 'HEAD', 'POST', 'PUT', 'OPTIONS']), 'GET'),
  headers: z._default(Headers, {}),
  body: z.optional(z.string().check(z.maxLength(16_384))),
  expectedStatus: z._default(z.array(StatusRange).check(z.minLength(1), z.maxLength(16)), ['200-299']),
  contains: z.optional(Text(1_024)),
  lacks: z.optional(Text(1_024)),
  /** RFC 9535; the answer is as expected where it selects something. */
  jsonPath: z.optional(Text(512)),
  /** A regular expression in the syntax of RE2, anywhere in the first 32,768 characters of the answer. */
  matches: z.optional(Pattern),
  maxLatencyMs: z.optional(z.int().check(z.gte(1), z.lte(60_000))),
  strictHeaders: StrictHeaders,
  /** Each certificate of the chain, at each redirect, must be good for so many days more. */
  minTlsDays: z.optional(z.int().check(z.gte(0), z.lte(398))),
  /** The times that its parts take become metrics too: `monitor.http.dns`, `.connect`, `.tls` and `.first_byte`. */
  timings: z._default(z.boolean(), false),
});
export type HttpCheck = z.infer<typeof HttpCheck>;

export const TcpCheck = z.strictObject({ type: z.literal('tcp'), host: Host, port: Port });
export const TlsCheck = z.strictObject({
  type: z.literal('tls'),
  host: Host,
  port: z._default(Port, 443),
  minDays: z._default(z.int().check(z.gte(0), z.lte(398)), 14),
});
export const DnsCheck = z.strictObject({
  type: z.literal('dns'),
  name: Host,
  recordType: z._default(z.enum(['A', 'AAAA', 'CNAME', 'MX', 'NS', 'TXT']), 'A'),
  /** Each must be among the answers. */
  expected: z._default(z.array(Text(512)).check(z.maxLength(16)), []),
});
export const ScrapeCheck = z.strictObject({
  type: z.literal('scrape'),
  url: Url,
  headers: z._default(Headers, {}),
  strictHeaders: StrictHeaders,
  /** Series that become metrics. A name that ends in `*` takes all that begin so. */
  metrics: z
    .array(
      z
        .string()
        .check(
          z.regex(
            /^[A-Za-z_:][A-Za-z0-9_:]{0,199}\*?$/,
            'must be the name of a metric such as http_requests_total, or its beginning and *',
          ),
        ),
    )
    .check(z.minLength(1), z.maxLength(100)),
});
export type ScrapeCheck = z.infer<typeof ScrapeCheck>;
/** One figure of CloudWatch: a metric, or an expression over the figures of the other queries. */
const CloudwatchQuery = z
  .strictObject({
    id: z.string().check(z.regex(/^[a-z][A-Za-z0-9_]{0,63}$/, 'must be a name such as cpu, its first letter small')),
    /** The name of the metric that it becomes; `cloudwatch.<id>` where nothing is said. */
    metric: z.optional(MetricName),
    namespace: z.optional(Text(255)),
    metricName: z.optional(Text(255)),
    dimensions: z._default(
      z
        .record(z.string().check(z.minLength(1), z.maxLength(255)), Text(1_024))
        .check(z.refine((dimensions) => Object.keys(dimensions).length <= 30, 'at most 30 dimensions')),
      {},
    ),
    statistic: z.optional(
      z
        .string()
        .check(
          z.regex(
            /^(Average|Sum|Minimum|Maximum|SampleCount|(p|tm|wm|tc|ts)\d{1,2}(\.\d{1,10})?)$/,
            'must be a statistic such as Average, Sum, Maximum or p99',
          ),
        ),
    ),
    expression: z.optional(Text(1_024)),
    periodSeconds: z._default(z.int().check(z.gte(60), z.lte(86_400), z.multipleOf(60)), 60),
  })
  .check((context) => {
    const { namespace, metricName, statistic, expression } = context.value;
    const named = [namespace, metricName, statistic].filter((each) => each !== undefined).length;
    if (expression === undefined ? named === 3 : named === 0) return;
    const message = 'give either an expression, or namespace, metricName and statistic';
    context.issues.push({ code: 'custom', message, path: ['expression'], input: context.value });
  });

export const CloudwatchCheck = z
  .strictObject({
    type: z.literal('cloudwatch'),
    region: z.optional(
      z.string().check(z.regex(/^[a-z]{2}(-[a-z]+)+-\d{1,2}$/, 'must be a region such as eu-central-1')),
    ),
    queries: z.array(CloudwatchQuery).check(z.minLength(1), z.maxLength(20)),
    /** It is up while all of these hold of the latest values. */
    expect: z._default(
      z
        .array(z.strictObject({ query: z.string(), operator: z.enum(['<', '<=', '>', '>=']), value: StoredNumber }))
        .check(z.maxLength(20)),
      [],
    ),
    /** How old the latest value may be. */
    windowSeconds: z._default(z.int().check(z.gte(60), z.lte(7 * 86_400)), 900),
    /** What it is while CloudWatch has no value of a query. */
    missingData: z._default(z.enum(['down', 'up']), 'down'),
  })
  .check((context) => {
    const { queries, expect, windowSeconds } = context.value;
    const say = (path: (string | number)[], message: string): void => {
      context.issues.push({ code: 'custom', message, path, input: context.value });
    };
    const ids = queries.map(({ id }) => id);
    for (const [i, id] of ids.entries()) if (ids.indexOf(id) < i) say(['queries', i, 'id'], 'is there twice');
    for (const [i, { query }] of expect.entries()) {
      if (!ids.includes(query)) say(['expect', i, 'query'], 'is the id of no query');
    }
    for (const { periodSeconds } of queries) {
      if (periodSeconds > windowSeconds) return say(['windowSeconds'], 'must not be less than a periodSeconds');
    }
  });
export type CloudwatchCheck = z.infer<typeof CloudwatchCheck>;

/** Tocsin itself: none of the alarms on its own tables, queues, topics and functions rings. */
export const SelfCheck = z.strictObject({
  type: z.literal('self'),
  /** Alarms whose names contain one of these texts are left out. */
  ignore: z._default(z.array(Text(128)).check(z.maxLength(32)), []),
});
export type SelfCheck = z.infer<typeof SelfCheck>;

/** A slug as healthchecks.io has it. https://healthchecks.io/docs/api/ */
export const SLUG = /^[a-z0-9_-]{1,100}$/;

export const HeartbeatCheck = z
  .strictObject({
    type: z.literal('heartbeat'),
    periodSeconds: z.optional(z.int().check(z.gte(60), z.lte(366 * 86_400))),
    cron: z.optional(z.string().check(z.maxLength(128))),
    timeZone: z._default(TimeZone, 'UTC'),
    graceSeconds: z._default(z.int().check(z.gte(0), z.lte(30 * 86_400)), 300),
    /** By which a machine key addresses it: /beat/{machine key}/{slug}. No two heartbeats have the same. */
    slug: z.optional(z.string().check(z.regex(SLUG, 'must be 1 to 100 lower-case letters, digits, - and _'))),
  })
  .check((context) => {
    const { periodSeconds, cron, timeZone } = context.value;
    const say = (path: string, message: string): void => {
      context.issues.push({ code: 'custom', message, path: [path], input: context.value });
    };
    if ((periodSeconds === undefined) === (cron === undefined)) say('cron', 'give either periodSeconds or cron');
    if (cron !== undefined && isTimeZone(timeZone)) {
      const problem = cronProblem(cron, timeZone);
      if (problem) say('cron', problem);
    }
  });

export type HeartbeatCheck = z.infer<typeof HeartbeatCheck>;

export const Check = z
  .discriminatedUnion('type', [
    HttpCheck,
    TcpCheck,
    TlsCheck,
    DnsCheck,
    ScrapeCheck,
    CloudwatchCheck,
    SelfCheck,
    HeartbeatCheck,
  ])
  .register(z.globalRegistry, { id: 'MonitorCheck' });
export type Check = z.infer<typeof Check>;

const name = z.string().check(z.trim(), z.minLength(1), z.maxLength(128));
const Window = z
  .strictObject({ from: Instant, to: Instant })
  .check(
    z.refine(({ from, to }) => Date.parse(from) < Date.parse(to), { path: ['to'], error: 'must be later than from' }),
  );

/** Windows of maintenance that a monitor may have. */
export const MAX_WINDOWS = 32;
/** Recurrences of maintenance that a monitor may have. */
export const MAX_RECURRENCES = 8;

const definition = {
  name,
  check: Check,
  intervalMinutes: z._default(z.literal(INTERVALS), 1),
  timeoutMs: z._default(z.int().check(z.gte(100), z.lte(30_000)), 10_000),
  /** Checks in a row that fail before it is down, and that succeed before it is up again. */
  failAfter: z._default(z.int().check(z.gte(1), z.lte(10)), 2),
  recoverAfter: z._default(z.int().check(z.gte(1), z.lte(10)), 1),
  severity: z._default(z.enum(['info', 'warning', 'error', 'critical']), 'critical'),
  service: z.optional(z.nullable(name)),
  team: z.optional(z.nullable(name)),
  labels: z._default(
    z
      .record(LabelName, z.string().check(z.maxLength(256)))
      .check(z.refine((labels) => Object.keys(labels).length <= 16, 'at most 16 labels')),
    {},
  ),
  runbookUrl: z.optional(z.nullable(Url)),
  enabled: z._default(z.boolean(), true),
  /** While a window lasts the monitor is checked, but opens no alert. */
  maintenance: z._default(z.array(Window).check(z.maxLength(MAX_WINDOWS)), []),
  /** Windows that recur, such as each Sunday at two by the clocks of a zone. */
  recurringMaintenance: z._default(z.array(Recurrence).check(z.maxLength(MAX_RECURRENCES)), []),
};

export const CreateMonitor = z.strictObject(definition).register(z.globalRegistry, { id: 'CreateMonitor' });
export type CreateMonitor = z.infer<typeof CreateMonitor>;

/** The whole definition, with the version that it follows. */
export const ReplaceMonitor = z
  .strictObject({ ...definition, version: z.int().check(z.gte(1)) })
  .register(z.globalRegistry, { id: 'ReplaceMonitor' });
export type ReplaceMonitor = z.infer<typeof ReplaceMonitor>;

/** A check that is carried out once. With the id of a monitor, its hidden headers are those of that monitor. */
export const TryCheck = z
  .strictObject({ check: Check, timeoutMs: definition.timeoutMs, id: z.optional(z.string().check(z.maxLength(64))) })
  .register(z.globalRegistry, { id: 'TryCheck' });
export type TryCheck = z.infer<typeof TryCheck>;

const STATUSES = ['unknown', 'up', 'down', 'maintenance', 'paused'] as const;
export const MonitorStatus = z.enum(STATUSES);
export type MonitorStatus = z.infer<typeof MonitorStatus>;

export const Monitor = z
  .object({
    id: z.string(),
    version: z.int(),
    name: z.string(),
    check: Check,
    intervalMinutes: z.int(),
    timeoutMs: z.int(),
    failAfter: z.int(),
    recoverAfter: z.int(),
    severity: z.string(),
    service: z.nullable(z.string()),
    team: z.nullable(z.string()),
    labels: z.record(z.string(), z.string()),
    runbookUrl: z.nullable(z.string()),
    enabled: z.boolean(),
    maintenance: z.array(z.object({ from: z.string(), to: z.string() })),
    recurringMaintenance: z.array(
      z.object({
        rule: z.string(),
        timeZone: z.string(),
        startsAt: z.string(),
        durationMinutes: z.int(),
        except: z.array(z.string()),
      }),
    ),
    status: MonitorStatus,
    statusSince: z.nullable(z.string()),
    reason: z.nullable(z.string()),
    lastPingAt: z.nullable(z.string()),
    /** How long the last run of a job took of which the start is known. */
    lastRunMs: z.nullable(z.int()),
    createdAt: z.string(),
    changedAt: z.string(),
  })
  .register(z.globalRegistry, { id: 'Monitor' });
export type Monitor = z.infer<typeof Monitor>;

/** A monitor on its own page. */
export const MonitorDetail = z
  .extend(Monitor, {
    /** What the last ping of a heartbeat brought along, at most 10,000 characters. */
    lastLog: z.nullable(z.string()),
  })
  .register(z.globalRegistry, { id: 'MonitorDetail' });
export type MonitorDetail = z.infer<typeof MonitorDetail>;

/** Minutes of maintenance from now on, 31 days at most; 0 ends it. */
export const SwitchMaintenance = z.strictObject({ minutes: z.int().check(z.gte(0), z.lte(31 * 1440)) });
export type SwitchMaintenance = z.infer<typeof SwitchMaintenance>;

/** What the checks of a span found. */
export const Result = z
  .object({
    at: z.iso.datetime(),
    checks: z.int(),
    failed: z.int(),
    responseTimeMs: z.nullable(z.object({ avg: z.number(), min: z.number(), max: z.number(), p95: z.number() })),
  })
  .register(z.globalRegistry, { id: 'MonitorResult' });
export type Result = z.infer<typeof Result>;

/** The service of a monitor and whether it was checked, from an instant on. */
export interface Coverage {
  readonly at: string;
  readonly service: string | null;
  readonly enabled: boolean;
}

/** The past of a monitor that an SLA needs, also after its definition changed. */
export interface Past {
  readonly coverage: readonly Coverage[];
  /** Windows that have begun and stand in the definition no more. */
  readonly pastMaintenance: readonly { readonly from: string; readonly to: string }[];
  /** Maintenance that recurs, with the span in which the definition had it; without an end it has it now. */
  readonly recurring?: readonly Recurring[];
}

export interface Recurring {
  readonly recurrence: Recurrence;
  readonly since: string;
  readonly until?: string;
}

/** How a monitor has been for ninety days and a day. */
export const MonitorUptime = z
  .object({
    id: z.string(),
    /** Over all days. Null where nothing was observed. */
    uptimePercent: z.nullable(z.number()),
    /** A day each, oldest first, today last; null where nothing was observed. */
    days: z.array(z.nullable(z.object({ uptimePercent: z.number(), downSeconds: z.number() }))),
    /** The mean response time of each of the last 24 hours, the present one last. */
    responseTimesMs: z.array(z.nullable(z.number())),
    /** The mean response time of all of them. */
    averageMs: z.nullable(z.number()),
  })
  .register(z.globalRegistry, { id: 'MonitorUptime' });
export type MonitorUptime = z.infer<typeof MonitorUptime>;

/** A monitor as the table stores it. */
export interface StoredMonitor
  extends Omit<CreateMonitor, 'service' | 'team' | 'runbookUrl' | 'recurringMaintenance'>, Past {
  /** Absent from monitors that were stored before there was any. */
  readonly recurringMaintenance?: readonly Recurrence[];
  readonly id: string;
  readonly version: number;
  readonly service: string | null;
  readonly team: string | null;
  readonly runbookUrl: string | null;
  readonly createdAt: string;
  readonly changedAt: string;
  readonly changedBy: AuditActor;
  readonly event: AuditEvent;
}

/** The maintenance of a monitor, planned once and recurring. */
export type Maintained = Pick<StoredMonitor, 'maintenance' | 'recurringMaintenance'>;

/** When the window that lasts longest of those at an instant is over; undefined if none lasts. */
const endOfWindow = ({ maintenance, recurringMaintenance = [] }: Maintained, at: Date): number | undefined => {
  const ends = [
    ...maintenance.map(({ from, to }) => ({ from: Date.parse(from), to: Date.parse(to) })),
    ...recurringMaintenance.flatMap((recurrence) => occurrenceAt(recurrence, at) ?? []),
  ].flatMap(({ from, to }) => (from <= at.getTime() && at.getTime() < to ? [to] : []));
  return ends.length === 0 ? undefined : Math.max(...ends);
};

export const isInMaintenance = (monitor: Maintained, at: Date): boolean => endOfWindow(monitor, at) !== undefined;

/** Maintenance that never ends, such as a whole day each day, is followed so far. What is looked at then is looked at again. */
const MOST_WINDOWS_ON_END = 64;

/** When the maintenance that lasts at an instant is over, windows that meet or overlap taken together; that instant if none does. */
export const quietUntil = (monitor: Maintained, at: Date): Date => {
  let until = at;
  for (let count = 0; count < MOST_WINDOWS_ON_END; count++) {
    const end = endOfWindow(monitor, until);
    if (end === undefined) break;
    until = new Date(end);
  }
  return until;
};

/** Since when a monitor has been enabled without a pause, in epoch milliseconds. */
export const watchedSince = ({ coverage }: Pick<StoredMonitor, 'coverage'>): number => {
  const paused = coverage.findLastIndex(({ enabled }) => !enabled);
  const since = coverage[paused + 1];
  return since ? Date.parse(since.at) : 0;
};

export const isHeartbeat = <M extends { readonly check: Check }>(
  monitor: M,
): monitor is M & { readonly check: HeartbeatCheck } => monitor.check.type === 'heartbeat';
