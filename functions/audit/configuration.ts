import type { Written } from '../../shared/aws/stream.ts';
import type { AuditEvent } from '../../shared/kernel/audit-event.ts';

/**
 * The fields of an item that are configuration, by the kind of the subject: a change of them is in the trail with the values before and after. A
 * field that is not named here never is, so none that holds a secret can be: hashes, sessions, keys, headers of checks, bodies of mappings.
 */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  user: ['username', 'displayName', 'roles', 'tier', 'status', 'passwordChangeRequired'],
  role: ['description', 'permissions', 'inherits', 'tier'],
  schedule: ['name', 'description', 'timeZone', 'layers'],
  policy: ['name', 'steps', 'repeat'],
  service: ['name', 'description', 'teamId', 'policyId', 'dependsOn', 'runbookUrl', 'labels'],
  team: ['name', 'description', 'parentId', 'members', 'labels'],
  routing: ['rules', 'catchAll'],
  incident_rule: [
    'name',
    'enabled',
    'order',
    'match',
    'groupBy',
    'windowMinutes',
    'minAlerts',
    'dependencies',
    'severity',
    'private',
  ],
  monitor: [
    'name',
    'intervalMinutes',
    'timeoutMs',
    'failAfter',
    'recoverAfter',
    'severity',
    'service',
    'team',
    'labels',
    'enabled',
    'maintenance',
  ],
  rule: ['name', 'description', 'enabled', 'condition', 'groupBy', 'forSeconds', 'missingData', 'severity', 'labels'],
  integration: ['name', 'service', 'team', 'defaultSeverity', 'severities', 'eventsPerMinute', 'accounts', 'enabled'],
};

/** A value that is longer is cut: the trail says that it changed, and versions have the rest. */
const MOST_CHARACTERS = 1_000;

const shown = (value: unknown): string => {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
};

/** What a write changed of the configuration: `before.roles` and `after.roles` of each field that differs, as texts or JSON. */
export const changedFields = (
  kind: AuditEvent['subject']['kind'],
  { before, after }: Pick<Written<Record<string, unknown>>, 'before' | 'after'>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (Object.hasOwn(FIELDS, kind) ? (FIELDS[kind] ?? []) : []).flatMap((field) => {
      const [old, now] = [before?.[field], after?.[field]];
      if (JSON.stringify(old) === JSON.stringify(now)) return [];
      return [...(before ? [[`before.${field}`, shown(old)]] : []), ...(after ? [[`after.${field}`, shown(now)]] : [])];
    }),
  ) as Record<string, string>;
