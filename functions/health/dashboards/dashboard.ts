import * as z from 'zod/mini';
import type { AuditActor, AuditEvent } from '../../../shared/kernel/audit-event.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { StoredNumber } from '../../../shared/kernel/stored-number.ts';
import { DimensionName, Dimensions, MAX_DIMENSIONS, MetricName } from '../metrics/point.ts';
import { AggregationName } from '../metrics/query.ts';
import { PRESETS } from '../rules/presets.ts';

const MAX_DASHBOARDS = 30;
const MAX_TABS = 12;
const MAX_PANELS = 40;
/** All of them together are one item, which has 400 KB. A request has 256 KB. */
const MAX_PANELS_IN_ALL = 300;

const Id = z
  .string()
  .check(z.regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, 'must be 1 to 64 lower-case letters, digits and dashes'));
const Title = z.string().check(z.trim(), z.minLength(1), z.maxLength(128));
const Name = z.string().check(z.minLength(1), z.maxLength(128));
const Severity = z.enum(['info', 'warning', 'error', 'critical']);

const Labels = z
  .record(Name, z.string().check(z.maxLength(256)))
  .check(z.refine((all) => Object.keys(all).length <= MAX_DIMENSIONS, `at most ${MAX_DIMENSIONS}`));
const Minutes = z.int().check(z.gte(5), z.lte(129_600));

/** A value that a chart marks, such as what an SLA allows. */
const Line = z.strictObject({
  value: StoredNumber,
  label: z._default(z.string().check(z.maxLength(64)), ''),
  severity: Severity,
});

const common = {
  id: Id,
  title: Title,
  /** Columns of twelve. */ width: z._default(z.int().check(z.gte(1), z.lte(12)), 6),
};

const MetricPanel = z.strictObject({
  ...common,
  kind: z.literal('metric'),
  metric: MetricName,
  aggregation: z._default(AggregationName, 'avg'),
  dimensions: z._default(Dimensions, {}),
  groupBy: z._default(z.array(DimensionName).check(z.maxLength(3)), []),
  /** Shows the metric in percent of this one, such as errors of requests. */
  per: z._default(z.nullable(MetricName), null),
  minutes: z._default(Minutes, 60),
  show: z._default(z.enum(['line', 'area', 'bar', 'number']), 'line'),
  lines: z._default(z.array(Line).check(z.maxLength(5)), []),
  /** Compares the mean with that of as many minutes before. */
  trend: z._default(z.boolean(), false),
});

/** What a panel shows as it is now. */
export const STATES = [
  'health',
  'services',
  'monitors',
  'incidents',
  'onCall',
  'budgets',
  'sla',
  'settings',
  'security',
] as const;

const StatePanel = z.strictObject({
  ...common,
  kind: z.literal('state'),
  of: z.enum(STATES),
  service: z._default(z.nullable(Name), null),
});

const AlertsPanel = z.strictObject({
  ...common,
  kind: z.literal('alerts'),
  show: z._default(z.enum(['counts', 'list', 'history']), 'list'),
  severities: z._default(z.array(Severity).check(z.maxLength(4)), []),
  service: z._default(z.nullable(Name), null),
  labels: z._default(Labels, {}),
  /** How far back the history goes. */
  minutes: z._default(Minutes, 1_440),
});

const TextPanel = z.strictObject({
  ...common,
  kind: z.literal('text'),
  /** Markdown, such as what to do first and where the runbook is. */
  text: z.string().check(z.maxLength(2_000)),
});

const Panel = z
  .discriminatedUnion('kind', [MetricPanel, StatePanel, AlertsPanel, TextPanel])
  .register(z.globalRegistry, { id: 'DashboardPanel' });
export type Panel = z.infer<typeof Panel>;

const unique = <T extends { readonly id: string }>(all: readonly T[]): boolean =>
  new Set(all.map(({ id }) => id)).size === all.length;

const Tab = z.strictObject({
  id: Id,
  title: Title,
  panels: z.array(Panel).check(z.maxLength(MAX_PANELS), z.refine(unique, 'names a panel twice')),
});

export const Dashboard = z
  .strictObject({
    id: Id,
    title: Title,
    /** The preset that brought it. */
    preset: z._default(z.nullable(z.enum(PRESETS)), null),
    tabs: z.array(Tab).check(z.minLength(1), z.maxLength(MAX_TABS), z.refine(unique, 'names a tab twice')),
  })
  .register(z.globalRegistry, { id: 'Dashboard' });
export type Dashboard = z.infer<typeof Dashboard>;

const panelsIn = (all: readonly Dashboard[]): number =>
  all.flatMap(({ tabs }) => tabs).reduce((sum, { panels }) => sum + panels.length, 0);

/** All dashboards, with the version that they follow: 0 where nobody has saved any. */
export const SaveDashboards = z
  .strictObject({
    version: z.int().check(z.gte(0)),
    items: z.array(Dashboard).check(
      z.maxLength(MAX_DASHBOARDS),
      z.refine(unique, 'names a dashboard twice'),
      z.refine(
        (all: readonly Dashboard[]) => panelsIn(all) <= MAX_PANELS_IN_ALL,
        `at most ${MAX_PANELS_IN_ALL} panels in all`,
      ),
    ),
  })
  .register(z.globalRegistry, { id: 'SaveDashboards' });
export type SaveDashboards = z.infer<typeof SaveDashboards>;

export const Dashboards = z
  .object({
    version: z.int(),
    items: z.array(Dashboard),
    changedAt: z.nullable(z.string()),
    changedBy: z.nullable(z.object({ kind: z.string(), id: z.string(), name: z.string() })),
  })
  .register(z.globalRegistry, { id: 'Dashboards' });
export type Dashboards = z.infer<typeof Dashboards>;

export interface StoredDashboards extends Dashboards {
  readonly changedAt: string;
  readonly changedBy: AuditActor;
  readonly event: AuditEvent;
}

export const overtaken = ({ version, changedBy, changedAt }: Dashboards) =>
  conflict(
    'dashboards.changed',
    `${changedBy?.name ?? 'Nobody'} changed the dashboards at ${changedAt}. They are at version ${version} now. Read them again and repeat the change.`,
    { extensions: { version } },
  );

/** The dashboards that a preset brings. */
export const DashboardPreset = z
  .object({ preset: z.enum(PRESETS), items: z.array(Dashboard) })
  .register(z.globalRegistry, { id: 'PresetDashboard' });
export type DashboardPreset = z.infer<typeof DashboardPreset>;
