import * as z from 'zod/mini';
import type { Permission } from '../../../shared/kernel/permission.ts';
import type { Aggregation } from '../metrics/rollup.ts';

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
export const SHOWN = [
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
export type OverviewSeries = z.infer<typeof OverviewSeries>;

/** The service level of the month, by service. */
export const MonthlyLevel = z.object({
  service: z.nullable(z.string()),
  uptimePercent: z.nullable(z.number()),
  targetPercent: z.number(),
  met: z.nullable(z.boolean()),
  remainingBudgetSeconds: z.number(),
});
export type MonthlyLevel = z.infer<typeof MonthlyLevel>;

/** The parts, and the permission that each needs beside that of the page. */
export const PARTS = {
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
export type Part = (typeof PART_NAMES)[number];
