import * as z from 'zod/mini';
import type { AuditActor, AuditEvent } from '../../../shared/kernel/audit-event.ts';
import { sha256 } from '../../../shared/kernel/ids.ts';
import { LabelName } from '../../../shared/kernel/label-name.ts';
import { Dimensions, MetricName } from '../metrics/point.ts';
import { AggregationName } from '../metrics/query.ts';
import { StoredNumber } from '../../../shared/kernel/stored-number.ts';

/** Windows are whole minutes, as the stored metrics are. */
const Window = z.int().check(z.gte(60), z.lte(86_400), z.multipleOf(60));
const Operator = z.enum(['>', '>=', '<', '<=']);
export type Operator = z.infer<typeof Operator>;
const series = { metric: MetricName, dimensions: z._default(Dimensions, {}) };

const Threshold = z
  .strictObject({
    type: z.literal('threshold'),
    ...series,
    aggregation: z._default(AggregationName, 'avg'),
    windowSeconds: z._default(Window, 60),
    operator: Operator,
    value: StoredNumber,
    /** Hysteresis: once broken it is so until the value is on the other side of this. */
    recoverValue: z.optional(StoredNumber),
  })
  .check(
    z.refine(
      ({ operator, value, recoverValue }) =>
        recoverValue === undefined || (operator.startsWith('>') ? recoverValue <= value : recoverValue >= value),
      { path: ['recoverValue'], error: 'must lie on the good side of value' },
    ),
  );

const Change = z.strictObject({
  type: z.literal('change'),
  ...series,
  aggregation: z._default(AggregationName, 'avg'),
  windowSeconds: z._default(Window, 300),
  /** The time before the window that it is held against. */
  baselineSeconds: z._default(Window, 3_600),
  direction: z.enum(['up', 'down', 'either']),
  percent: StoredNumber.check(z.gt(0), z.lte(10_000)),
});

const Ratio = z.strictObject({
  type: z.literal('ratio'),
  numerator: z.strictObject(series),
  denominator: z.strictObject(series),
  aggregation: z._default(z.enum(['sum', 'count', 'rate', 'avg', 'last']), 'sum'),
  windowSeconds: z._default(Window, 300),
  operator: Operator,
  percent: StoredNumber,
  /** With a denominator below this there is too little to judge. */
  atLeast: z._default(StoredNumber.check(z.gte(0)), 1),
});

const Absence = z.strictObject({ type: z.literal('absence'), ...series, windowSeconds: z._default(Window, 300) });

const Simple = z.discriminatedUnion('type', [Threshold, Change, Ratio, Absence]);
export type Simple = z.infer<typeof Simple>;

const branches = (of: z.ZodMiniType<Simple>) => z.array(of).check(z.minLength(1), z.maxLength(8));
/** An installation has at most this many rules: each is judged against the metrics that come in. */
export const MAX_RULES = 500;

/** One condition, or several that are combined. */
export const Condition = z
  .discriminatedUnion('type', [
    Threshold,
    Change,
    Ratio,
    Absence,
    z.strictObject({ type: z.literal('all'), conditions: branches(Simple) }),
    z.strictObject({ type: z.literal('any'), conditions: branches(Simple) }),
    z.strictObject({ type: z.literal('not'), condition: Simple }),
  ])
  .register(z.globalRegistry, { id: 'AlertCondition' });
export type Condition = z.infer<typeof Condition>;

const name = z.string().check(z.trim(), z.minLength(1), z.maxLength(128));

const definition = {
  name,
  description: z._default(z.string().check(z.maxLength(2_000)), ''),
  enabled: z._default(z.boolean(), true),
  condition: Condition,
  /** One instance, with an alert of its own, for each combination of values of these dimensions. */
  groupBy: z._default(z.array(z.string().check(z.maxLength(128))).check(z.maxLength(4)), []),
  /** How long the condition must hold before an alert opens; 0 opens it at once. */
  forSeconds: z._default(z.int().check(z.gte(0), z.lte(86_400)), 0),
  /** How long it must be over before the alert resolves: damps flapping. */
  keepFiringSeconds: z._default(z.int().check(z.gte(0), z.lte(86_400)), 60),
  /** What it means that nothing was observed: all is well, it is broken, or the last judgement holds on. */
  missingData: z._default(z.enum(['ok', 'broken', 'keep']), 'keep'),
  severity: z.enum(['info', 'warning', 'error', 'critical']),
  service: z.optional(z.nullable(name)),
  team: z.optional(z.nullable(name)),
  labels: z._default(
    z
      .record(LabelName, z.string().check(z.maxLength(256)))
      .check(z.refine((labels) => Object.keys(labels).length <= 16, 'at most 16 labels')),
    {},
  ),
  runbookUrl: z.optional(
    z.nullable(
      z.string().check(
        z.maxLength(2_048),
        z.refine((text) => URL.canParse(text), 'must be a URL'),
      ),
    ),
  ),
};

export const CreateRule = z.strictObject(definition).register(z.globalRegistry, { id: 'CreateAlertRule' });
export type CreateRule = z.infer<typeof CreateRule>;

/** The whole definition, with the version that it follows. */
export const ReplaceRule = z
  .strictObject({ ...definition, version: z.int().check(z.gte(1)) })
  .register(z.globalRegistry, { id: 'ReplaceAlertRule' });
export type ReplaceRule = z.infer<typeof ReplaceRule>;

export const Instance = z
  .object({
    dimensions: z.record(z.string(), z.string()),
    status: z.string(),
    since: z.string(),
    reason: z.string(),
  })
  .register(z.globalRegistry, { id: 'AlertRuleInstance' });
export type Instance = z.infer<typeof Instance>;

export const Rule = z
  .object({
    id: z.string(),
    version: z.int(),
    name: z.string(),
    description: z.string(),
    enabled: z.boolean(),
    condition: z.looseObject({ type: z.string() }),
    groupBy: z.array(z.string()),
    forSeconds: z.int(),
    keepFiringSeconds: z.int(),
    missingData: z.string(),
    severity: z.string(),
    service: z.nullable(z.string()),
    team: z.nullable(z.string()),
    labels: z.record(z.string(), z.string()),
    runbookUrl: z.nullable(z.string()),
    preset: z.nullable(z.string()),
    createdAt: z.string(),
    changedAt: z.string(),
  })
  .register(z.globalRegistry, { id: 'AlertRule' });
export type Rule = z.infer<typeof Rule>;

/** A rule as the table stores it. */
export interface StoredRule extends Omit<CreateRule, 'service' | 'team' | 'runbookUrl'> {
  readonly id: string;
  readonly version: number;
  readonly service: string | null;
  readonly team: string | null;
  readonly runbookUrl: string | null;
  readonly preset: string | null;
  readonly createdAt: string;
  readonly changedAt: string;
  readonly changedBy: AuditActor;
  readonly event: AuditEvent;
}

const VIEW = Object.keys(Rule.shape) as (keyof Rule)[];

export const ruleView = (rule: StoredRule): Rule =>
  Object.fromEntries(VIEW.map((field) => [field, rule[field] ?? null])) as unknown as Rule;

/** Tells a condition and its grouping from another, whatever the order of fields. */
export const definitionOf = ({ condition, groupBy }: Pick<StoredRule, 'condition' | 'groupBy'>): string =>
  sha256(JSON.stringify([condition, groupBy], inOrder)).slice(0, 16);

const inOrder = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

const simpleIn = (condition: Condition): readonly Simple[] =>
  condition.type === 'all' || condition.type === 'any'
    ? condition.conditions
    : condition.type === 'not'
      ? [condition.condition]
      : [condition];

/** Which metrics a condition looks at, and how many seconds back. */
export const needsOf = (condition: Condition): ReadonlyMap<string, number> => {
  const needs = new Map<string, number>();
  const need = (metric: string, seconds: number): void => {
    needs.set(metric, Math.max(needs.get(metric) ?? 0, seconds));
  };
  for (const each of simpleIn(condition)) {
    if (each.type === 'ratio') {
      need(each.numerator.metric, each.windowSeconds);
      need(each.denominator.metric, each.windowSeconds);
    } else need(each.metric, each.windowSeconds + (each.type === 'change' ? each.baselineSeconds : 0));
  }
  return needs;
};
