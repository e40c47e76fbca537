import * as z from 'zod/mini';
import { logger } from '../../../shared/aws/observe.ts';
import type { Caller, Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { permits, type Permission } from '../../../shared/kernel/permission.ts';
import { lastRead } from '../last-read.ts';
import { answer } from '../metrics/query.ts';
import type { MetricReader } from '../metrics/reader.ts';
import type { Aggregation } from '../metrics/rollup.ts';
import { getSla, type GetSlaDeps } from '../sla/get-sla.ts';
import type { Dashboard } from './get-health.ts';

/** What an incident is, for a list of those that are open. */
export const OpenIncident = z.object({
  id: z.string(),
  title: z.string(),
  severity: z.string(),
  status: z.string(),
  service: z.nullable(z.string()),
  openedAt: z.string(),
});
export type OpenIncident = z.infer<typeof OpenIncident>;

export const OnCallNow = z.object({
  scheduleId: z.string(),
  name: z.string(),
  users: z.readonly(z.array(z.string())),
  until: z.nullable(z.string()),
});
export type OnCallNow = z.infer<typeof OnCallNow>;

/** The eight series of the page, each out of the first of its metrics that somebody sends. */
const SHOWN = [
  ['cpu', '%', 'avg', ['system.cpu_percent']],
  ['memory', '%', 'avg', ['system.memory_percent']],
  ['disk', '%', 'max', ['system.disk_percent']],
  ['network_latency', 'ms', 'p95', ['network.latency_ms', 'network.latency']],
  ['response_time', 'ms', 'p95', ['http.response_time', 'monitor.response_time']],
  ['active_connections', '', 'last', ['http.active_connections', 'system.active_connections']],
  ['error_rate', '/s', 'rate', ['http.errors']],
  ['throughput', '/s', 'rate', ['http.requests']],
] as const satisfies readonly (readonly [string, string, Aggregation, readonly string[]])[];

export const OverviewSeries = z.object({
  key: z.enum(SHOWN.map(([key]) => key)),
  /** Null where nobody sends a metric for it. */
  metric: z.nullable(z.string()),
  unit: z.string(),
  latest: z.nullable(z.number()),
  points: z.array(z.object({ at: z.iso.datetime(), value: z.number() })),
});
type OverviewSeries = z.infer<typeof OverviewSeries>;

/** The service level of the month, by service. */
export const MonthlyLevel = z.object({
  service: z.nullable(z.string()),
  uptimePercent: z.nullable(z.number()),
  targetPercent: z.number(),
  met: z.nullable(z.boolean()),
  remainingBudgetSeconds: z.number(),
});
type MonthlyLevel = z.infer<typeof MonthlyLevel>;

const MINUTES = 60;
const MINUTE_MS = 60_000;
const MOST_INCIDENTS = 20;
const MOST_SERVICES = 50;

/** So old may the parts be that are the same for everybody. */
const SERIES_FRESH_MS = 15_000;
const SLA_FRESH_MS = 60_000;

export interface OverviewDeps extends GetSlaDeps {
  readonly clock: Clock;
  readonly dashboard: () => Promise<Dashboard>;
  readonly reader: Pick<MetricReader, 'measured' | 'recent'>;
  readonly openIncidents: (caller: Caller, atMost: number) => Promise<OpenIncident[]>;
  readonly onCallNow: () => Promise<readonly OnCallNow[]>;
}

const seriesNow = async ({ reader, clock }: Pick<OverviewDeps, 'reader' | 'clock'>): Promise<OverviewSeries[]> => {
  const measured = await reader.recent(MINUTES);
  const to = clock.now();
  const from = new Date(to.getTime() - MINUTES * MINUTE_MS);
  const sent = new Set(measured.map(({ name }) => name));
  return SHOWN.map(([key, unit, aggregation, names]) => {
    const metric = names.find((name) => sent.has(name)) ?? null;
    const [series] = metric === null ? [] : answer(measured, { name: metric, from, to, stepSeconds: 60, aggregation });
    const points = series?.points ?? [];
    return { key, metric, unit: series?.unit || unit, latest: points.at(-1)?.value ?? null, points };
  });
};

const monthNow = async (deps: OverviewDeps): Promise<MonthlyLevel[]> => {
  const query = {
    period: 'month',
    periods: 1,
    timeZone: 'UTC',
    maintenance: 'excluded',
    limit: MOST_SERVICES,
  } as const;
  const { items } = await getSla(deps, query);
  return items.map(({ service, uptimePercent, target, met, errorBudget }) => ({
    service,
    uptimePercent,
    targetPercent: target.uptimePercent,
    met,
    remainingBudgetSeconds: errorBudget.remainingSeconds,
  }));
};

/** The parts, and the permission that each needs beside that of the page. */
const PARTS = {
  health: undefined,
  series: 'monitoring.read',
  sla: 'monitoring.read',
  incidents: 'monitoring.incident.read',
  onCall: 'oncall.read',
} as const satisfies Readonly<Record<string, Permission | undefined>>;
export const PART_NAMES = [
  'health',
  'series',
  'sla',
  'incidents',
  'onCall',
] as const satisfies readonly (keyof typeof PARTS)[];
type Part = (typeof PART_NAMES)[number];

/**
 * All that the first page of a console shows, in one call of bounded reads. A part that cannot be read, or that the caller may not see, is
 * null and named, and keeps no other from being shown. What is the same for everybody is at most a quarter of a minute old, service levels
 * a minute.
 */
export const overviewReader = (deps: OverviewDeps) => {
  const { clock } = deps;
  const series = lastRead({ clock, freshMs: SERIES_FRESH_MS, read: () => seriesNow(deps) });
  const month = lastRead({ clock, freshMs: SLA_FRESH_MS, read: () => monthNow(deps) });

  return async ({ caller }: Pick<Request, 'caller'>) => {
    const notKnown: Part[] = [];
    const withheld: Part[] = [];
    const part = async <T>(name: Part, read: () => Promise<T>): Promise<T | null> => {
      const needed: Permission | undefined = PARTS[name];
      if (needed !== undefined && !permits(caller.permissions, needed)) {
        withheld.push(name);
        return null;
      }
      try {
        return await read();
      } catch (error) {
        logger.warn('a part of the overview cannot be read', { part: name, error: error as Error });
        notKnown.push(name);
        return null;
      }
    };
    const [health, shown, sla, incidents, onCall] = await Promise.all([
      part('health', () => deps.dashboard()),
      part('series', series),
      part('sla', month),
      part('incidents', () => deps.openIncidents(caller, MOST_INCIDENTS + 1)),
      part('onCall', () => deps.onCallNow()),
    ]);
    return {
      at: clock.now().toISOString(),
      health,
      series: shown,
      sla,
      incidents: incidents && { items: incidents.slice(0, MOST_INCIDENTS), more: incidents.length > MOST_INCIDENTS },
      onCall,
      notKnown: notKnown.sort(),
      withheld: withheld.sort(),
    };
  };
};
