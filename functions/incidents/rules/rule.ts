import * as z from 'zod/mini';
import type { AuditActor, AuditEvent } from '../../../shared/kernel/audit-event.ts';
import { invalid, notFound } from '../../../shared/kernel/errors.ts';
import { sha256 } from '../../../shared/kernel/ids.ts';
import { LabelName, withLabelName } from '../../../shared/kernel/label-name.ts';
import type { Alert } from '../../alerts/port.ts';
import { Severity } from '../lifecycle/incident.ts';
import { own } from '../../../shared/kernel/own.ts';

/** The id of the default rule, which every installation has until it is changed or deleted. */
export const DEFAULT_RULE_ID = 'default';

export const RULE_ID = /^[a-z0-9][a-z0-9_-]{0,62}$/;

export const noSuchRule = () => notFound('rule.not_found', 'There is no rule with this id.');

/** The refusal of a text that cannot be the id of a rule. */
export const wrongRuleId = () =>
  invalid(
    'rule.id',
    'The id of a rule has at most 63 lower-case letters, digits, hyphens and underscores. Choose such an id.',
    {
      errors: [
        {
          pointer: 'path/id',
          detail: 'must be lower-case letters, digits, hyphens and underscores, such as `default`',
        },
      ],
    },
  );

const ALERT_SEVERITIES = ['info', 'warning', 'error', 'critical'] as const;
const Text = z.string().check(z.minLength(1), z.maxLength(1_024));

const some = <T extends z.core.$ZodType>(of: T) => z.optional(z.array(of).check(z.minLength(1), z.maxLength(50)));

/** The conditions of a rule. All of them must match, each with one of its values. */
export const Match = z
  .strictObject({
    severities: some(z.enum(ALERT_SEVERITIES)),
    services: some(Text),
    teams: some(Text),
    sources: some(Text),
    labels: z.optional(
      z.record(LabelName, Text).check(z.refine((labels) => Object.keys(labels).length <= 20, 'at most 20 labels')),
    ),
  })
  .register(z.globalRegistry, { id: 'IncidentMatch' });
export type Match = z.infer<typeof Match>;

/** A field by which alerts are grouped, or `label:` and a name. */
const GroupField = z
  .string()
  .check(
    z.regex(
      new RegExp(`^(service|team|source|severity|title|${withLabelName('label:')})$`),
      'must be service, team, source, severity, title, or label: and a name',
    ),
  );

const definition = {
  name: z.string().check(z.trim(), z.minLength(1), z.maxLength(128)),
  enabled: z._default(z.boolean(), true),
  /** Rules are tried by ascending order, then by id. The first that matches decides. */
  order: z._default(z.int().check(z.gte(0), z.lte(10_000)), 100),
  match: z._default(Match, {}),
  groupBy: z._default(
    z.array(GroupField).check(
      z.maxLength(5),
      z.refine((fields) => new Set(fields).size === fields.length, 'names a field twice'),
    ),
    ['service'],
  ),
  /** An incident takes alerts until none has arrived for this many minutes. */
  windowMinutes: z._default(z.int().check(z.gte(1), z.lte(1_440)), 60),
  /** This many alerts within the window open an incident. */
  minAlerts: z._default(z.int().check(z.gte(1), z.lte(20)), 1),
  /** Groups services that depend on each other, where `groupBy` contains service. */
  dependencies: z._default(z.boolean(), true),
  /** The severity of the incident. By default it follows the alert. */
  severity: z._default(z.nullable(Severity), null),
  private: z._default(z.boolean(), false),
};

export const CreateRule = z.strictObject(definition).register(z.globalRegistry, { id: 'CreateIncidentRule' });
export type CreateRule = z.infer<typeof CreateRule>;

/** A whole rule, with the version that it replaces: 0 for a new one. */
export const SaveRule = z
  .strictObject({ ...definition, version: z.int().check(z.gte(0)) })
  .register(z.globalRegistry, { id: 'SaveIncidentRule' });
export type SaveRule = z.infer<typeof SaveRule>;

export const Rule = z
  .object({
    id: z.string(),
    version: z.int(),
    changedAt: z.nullable(z.iso.datetime()),
    changedBy: z.nullable(z.object({ kind: z.string(), id: z.string(), name: z.string() })),
    ...definition,
  })
  .register(z.globalRegistry, { id: 'IncidentRule' });
export type Rule = z.infer<typeof Rule>;

/** A rule as the table stores it. A deleted one stays as a tombstone, so no version is reused. */
export interface StoredRule extends Omit<Rule, 'changedBy'> {
  readonly changedBy: AuditActor | null;
  readonly deleted: boolean;
  readonly event?: AuditEvent;
}

/** Critical alerts open incidents, one for each service and those that it depends on or that depend on it. */
export const DEFAULT_RULE: StoredRule = {
  id: DEFAULT_RULE_ID,
  version: 0,
  changedAt: null,
  changedBy: null,
  deleted: false,
  name: 'Critical alerts',
  enabled: true,
  order: 1_000,
  match: { severities: ['critical'] },
  groupBy: ['service'],
  windowMinutes: 60,
  minAlerts: 1,
  dependencies: true,
  severity: null,
  private: false,
};

/** The most rules of an installation: each alert is matched against all of them. */
export const MAX_RULES = 100;

export const ruleView = ({ deleted: _, event: _event, ...rule }: StoredRule): Rule => rule;

/** The rules that exist, with the default one unless it was changed or deleted, in the order in which they are tried. */
export const allRules = (stored: readonly StoredRule[]): readonly StoredRule[] =>
  [...stored, ...(stored.some(({ id }) => id === DEFAULT_RULE_ID) ? [] : [DEFAULT_RULE])]
    .filter(({ deleted }) => !deleted)
    .sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));

/** The rules that are switched on, in the order in which they are tried. */
export const inForce = (stored: readonly StoredRule[]): readonly StoredRule[] =>
  allRules(stored).filter(({ enabled }) => enabled);

/** The fields of an alert that rules match. */
export type Subject = Pick<Alert, 'severity' | 'service' | 'team' | 'source' | 'title' | 'labels'>;

/** A field of an alert that is not what a rule asks for. `found` is null where the alert lacks it. */
export interface Mismatch {
  readonly field: string;
  readonly found: string | null;
  readonly wanted: readonly string[];
}

/** The first field of an alert that is not what a rule asks for; undefined where the rule matches. */
export const mismatch = ({ match }: Pick<Rule, 'match'>, alert: Subject): Mismatch | undefined => {
  const asked: readonly (readonly [string, readonly string[] | undefined, string | null | undefined])[] = [
    ['severity', match.severities, alert.severity],
    ['service', match.services, alert.service],
    ['team', match.teams, alert.team],
    ['source', match.sources, alert.source],
    ...Object.entries(match.labels ?? {}).map(
      ([name, value]) => [`label ${name}`, [value], own(alert.labels, name)] as const,
    ),
  ];
  for (const [field, wanted, value] of asked) {
    const found = value ?? null;
    if (wanted && (found === null || !wanted.includes(found))) return { field, found, wanted };
  }
  return undefined;
};

export const matches = (rule: Pick<Rule, 'match'>, alert: Subject): boolean => mismatch(rule, alert) === undefined;

/** The rule that decides about an alert: the first that matches. */
export const ruleFor = (rules: readonly StoredRule[], alert: Subject): StoredRule | undefined =>
  inForce(rules).find((rule) => matches(rule, alert));

const fieldOf = (field: string, alert: Subject): string | null => {
  if (!field.startsWith('label:')) return alert[field as 'service' | 'team' | 'source' | 'severity' | 'title'];
  const name = field.slice('label:'.length);
  return own(alert.labels, name) ?? null;
};

/**
 * What alerts have in common that belong together under a rule. Where an alert lacks a field, its source and title stand for
 * it, so that what is unlike does not come together for having nothing in common.
 */
export const groupKey = ({ groupBy }: Pick<Rule, 'groupBy'>, alert: Subject): string =>
  sha256(...groupBy.flatMap((field) => [field, fieldOf(field, alert) ?? `\u0000${alert.source}\u0000${alert.title}`]));

/** True where services that depend on each other may belong together. */
export const followsDependencies = (
  { groupBy, dependencies }: Pick<Rule, 'groupBy' | 'dependencies'>,
  { service }: Subject,
): boolean => dependencies && service !== null && groupBy.includes('service');

const SEVERITY_OF = { critical: 'SEV2', error: 'SEV3', warning: 'SEV4', info: 'SEV5' } as const;

/** The severity of the incident that an alert opens. `SEV1` is for people, or for a rule that says so. */
export const severityFor = (
  { severity }: Pick<Rule, 'severity'>,
  alert: Pick<Alert, 'severity'>,
): (typeof SEVERITY_OF)[keyof typeof SEVERITY_OF] | NonNullable<Rule['severity']> =>
  severity ?? SEVERITY_OF[alert.severity];
