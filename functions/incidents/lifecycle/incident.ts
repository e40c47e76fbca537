import * as z from 'zod/mini';
import type { AuditActor } from '../../../shared/kernel/audit-event.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { idPattern } from '../../../shared/kernel/ids.ts';
import { UserId } from '../../../shared/kernel/user-id.ts';
import type { EntryOf } from './entry.ts';
import { sentencesOf, type Happening } from './sentences.ts';

export const STATUSES = ['triggered', 'investigating', 'identified', 'monitoring', 'resolved', 'closed'] as const;
export const Status = z.enum(STATUSES);
export type Status = z.infer<typeof Status>;

/** From the worst to the least. */
export const SEVERITIES = ['SEV1', 'SEV2', 'SEV3', 'SEV4', 'SEV5'] as const;
export const Severity = z.enum(SEVERITIES);
export type Severity = z.infer<typeof Severity>;

/** The statuses that may follow each status. A resolved incident that is not over goes back to `investigating`. Closed is final. */
const LEADS_TO: Readonly<Record<Status, readonly Status[]>> = {
  triggered: ['investigating', 'identified', 'monitoring', 'resolved'],
  investigating: ['identified', 'monitoring', 'resolved'],
  identified: ['investigating', 'monitoring', 'resolved'],
  monitoring: ['investigating', 'identified', 'resolved'],
  resolved: ['investigating', 'closed'],
  closed: [],
};

export const isOver = (status: Status): boolean => status === 'resolved' || status === 'closed';

export const IncidentId = z.string().check(z.regex(idPattern('inc'), 'must be the id of an incident'));

const Name = z.string().check(z.trim(), z.minLength(1), z.maxLength(128));
export const Title = z.string().check(z.trim(), z.minLength(1), z.maxLength(256));
const Summary = z.string().check(z.maxLength(8_000));
export const Note = z.string().check(z.trim(), z.minLength(1), z.maxLength(8_000));

/** The version that was read. A change of another version is refused. */
export const Version = z.int().check(z.gte(1));

const MAX_RESPONDERS = 50;
const Responders = z.array(UserId).check(
  z.maxLength(MAX_RESPONDERS),
  z.refine((ids) => new Set(ids).size === ids.length, 'names a user twice'),
);

/** The roles that one person has at a time, in contrast to responders. */
export const SINGLE_ROLES = ['commander', 'communications', 'scribe'] as const;

const Roles = z.object({
  /** Decides what is done. */
  commander: z.nullable(z.string()),
  /** Informs people outside. */
  communications: z.nullable(z.string()),
  /** Keeps the notes. */
  scribe: z.nullable(z.string()),
  responders: z.array(z.string()),
});
export type Roles = z.infer<typeof Roles>;

const SomeRoles = z.strictObject({
  commander: z.optional(z.nullable(UserId)),
  communications: z.optional(z.nullable(UserId)),
  scribe: z.optional(z.nullable(UserId)),
  responders: z.optional(Responders),
});

const facts = {
  title: Title,
  severity: Severity,
  summary: z.optional(Summary),
  service: z.optional(z.nullable(Name)),
  team: z.optional(z.nullable(Name)),
  /** Only participants can see it: the user who opened it and users with a role. */
  private: z.optional(z.boolean()),
  roles: z.optional(SomeRoles),
};

export const OpenIncident = z.strictObject(facts).register(z.globalRegistry, { id: 'OpenIncident' });
export type OpenIncident = z.infer<typeof OpenIncident>;

export const ChangeIncident = z
  .strictObject({
    ...facts,
    title: z.optional(facts.title),
    severity: z.optional(facts.severity),
    status: z.optional(Status),
    version: Version,
    note: z.optional(Note),
    /** With the status `resolved`: also resolves its alerts. */
    resolveAlerts: z.optional(z.boolean()),
  })
  .check(
    z.refine(({ resolveAlerts, status }) => !resolveAlerts || status === 'resolved', 'needs the status `resolved`'),
  )
  .register(z.globalRegistry, { id: 'ChangeIncident' });
export type ChangeIncident = z.infer<typeof ChangeIncident>;

const Actor = z.object({ kind: z.string(), id: z.string(), name: z.string() });
const Instant = z.iso.datetime();
const nullable = z.nullable(z.string());

/** An incident as clients see it. */
export const Incident = z
  .object({
    id: z.string(),
    status: Status,
    severity: Severity,
    title: z.string(),
    summary: z.string(),
    service: nullable,
    team: nullable,
    private: z.boolean(),
    roles: Roles,
    openedAt: Instant,
    openedBy: Actor,
    /** The rule that opened it. */
    ruleId: nullable,
    /** When it first left `triggered`. */
    startedAt: z.nullable(Instant),
    startedBy: z.nullable(Actor),
    resolvedAt: z.nullable(Instant),
    resolvedBy: z.nullable(Actor),
    closedAt: z.nullable(Instant),
    /** How often it went from resolved back to investigating. */
    reopened: z.int(),
    /** The incident that this one was merged into. */
    mergedInto: nullable,
    mergedFrom: z.array(z.string()),
    splitFrom: nullable,
    changedAt: Instant,
    changedBy: Actor,
    version: z.int(),
  })
  .register(z.globalRegistry, { id: 'Incident' });
export type Incident = z.infer<typeof Incident>;

/** An incident as it is stored, with its latest change for callers who conflict with it. */
export interface StoredIncident extends Omit<Incident, 'openedBy' | 'startedBy' | 'resolvedBy' | 'changedBy'> {
  readonly openedBy: AuditActor;
  readonly startedBy: AuditActor | null;
  readonly resolvedBy: AuditActor | null;
  readonly changedBy: AuditActor;
  /** The latest change in codes. Texts of users are left out. */
  readonly change: readonly Happening[];
  readonly changeNote: string | null;
  /** At this version its alerts were to be resolved. */
  readonly resolveAlertsAt: number | null;
}

/** An incident after a change, with the entries for its timeline. */
export interface Step {
  readonly incident: StoredIncident;
  readonly entries: readonly EntryOf[];
}

export const viewOf = ({
  change: _,
  changeNote: _note,
  resolveAlertsAt: _at,
  ...incident
}: StoredIncident): Incident => ({
  ...incident,
  roles: { ...incident.roles, responders: [...incident.roles.responders] },
  mergedFrom: [...incident.mergedFrom],
});

const NOBODY_YET: Roles = { commander: null, communications: null, scribe: null, responders: [] };

/** A new incident. */
export const opened = (
  id: string,
  { roles, ...wanted }: OpenIncident,
  by: AuditActor,
  at: Date,
  origin: { readonly ruleId?: string; readonly splitFrom?: string } = {},
): Step => {
  const now = at.toISOString();
  const incident: StoredIncident = {
    id,
    status: 'triggered',
    severity: wanted.severity,
    title: wanted.title,
    summary: wanted.summary ?? '',
    service: wanted.service ?? null,
    team: wanted.team ?? null,
    private: wanted.private ?? false,
    roles: withRoles(NOBODY_YET, roles),
    openedAt: now,
    openedBy: by,
    ruleId: origin.ruleId ?? null,
    startedAt: null,
    startedBy: null,
    resolvedAt: null,
    resolvedBy: null,
    closedAt: null,
    reopened: 0,
    mergedInto: null,
    mergedFrom: [],
    splitFrom: origin.splitFrom ?? null,
    changedAt: now,
    changedBy: by,
    change: [{ type: 'opened' }],
    changeNote: null,
    resolveAlertsAt: null,
    version: 1,
  };
  return { incident, entries: [{ type: 'opened', to: wanted.severity, text: wanted.title }] };
};

/** The participants of an incident. They see it also while it is private. */
export const participantsOf = ({ roles, openedBy }: Pick<StoredIncident, 'roles' | 'openedBy'>): ReadonlySet<string> =>
  new Set(
    [openedBy.id, roles.commander, roles.communications, roles.scribe, ...roles.responders].filter(
      (id): id is string => id !== null,
    ),
  );

/** The next version of an incident after a change, with its author and time. */
export const touched = (
  incident: StoredIncident,
  over: Partial<StoredIncident>,
  change: readonly Happening[],
  by: AuditActor,
  at: Date,
): StoredIncident => ({
  ...incident,
  ...over,
  changedAt: at.toISOString(),
  changedBy: by,
  change,
  changeNote: null,
  version: incident.version + 1,
});

/**
 * An incident after a change, with one entry for each changed field; undefined where nothing changes. Throws `incident.closed` for a
 * closed incident, and `incident.status` for a status that cannot follow the present one. A user who makes an incident private
 * becomes a participant.
 */
export const changed = (
  incident: StoredIncident,
  { version: _, status, roles, note, resolveAlerts, ...fields }: ChangeIncident,
  by: AuditActor,
  at: Date,
): Step | undefined => {
  if (incident.status === 'closed') throw closed(incident);
  const entries: EntryOf[] = [];
  const set: Partial<StoredIncident> = {};
  if (status !== undefined && status !== incident.status) {
    if (!LEADS_TO[incident.status].includes(status)) throw refusedStatus(incident, status);
    Object.assign(set, { status }, momentsOf(incident, status, by, at));
    entries.push({ type: 'status_changed', from: incident.status, to: status });
  }
  for (const field of ['severity', 'title', 'summary', 'service', 'team', 'private'] as const) {
    const [from, to] = [incident[field], fields[field]];
    if (to === undefined || to === from) continue;
    Object.assign(set, { [field]: to });
    entries.push({
      type: field === 'severity' ? 'severity_changed' : 'field_changed',
      field,
      ...(field !== 'summary' && { from: textOf(from), to: textOf(to) }),
    });
  }
  const next = rolesWanted(incident, { roles, private: fields.private }, by);
  const roleEntries = rolesChanged(incident.roles, next);
  if (roleEntries.length > 0) {
    Object.assign(set, { roles: next });
    entries.push(...roleEntries);
  }
  if (note !== undefined) entries.push({ type: 'noted', text: note });
  if (entries.length === 0) return undefined;
  const changes = { ...touched(incident, set, changesOf(entries), by, at), changeNote: note ?? null };
  return {
    incident: set.status === 'resolved' && resolveAlerts ? { ...changes, resolveAlertsAt: changes.version } : changes,
    entries,
  };
};

/** True where a change was made already, so that a caller who lost the answer may repeat it. */
export const isSettled = (
  incident: StoredIncident,
  { version, status, roles, note, resolveAlerts: _, ...fields }: ChangeIncident,
  by: AuditActor,
): boolean =>
  incident.version === version + 1 &&
  incident.changedBy.id === by.id &&
  incident.changeNote === (note ?? null) &&
  (status === undefined || status === incident.status) &&
  rolesChanged(incident.roles, rolesWanted(incident, { roles, private: fields.private }, by)).length === 0 &&
  Object.entries(fields).every(([field, value]) => value === undefined || incident[field as 'title'] === value);

/** The refusal of a change of another version than the present one, with what happened since. */
export const overtaken = (incident: StoredIncident) =>
  conflict(
    'incident.changed',
    `${incident.changedBy.name} ${sentencesOf(incident.change)} at ${incident.changedAt}. The incident is at version ` +
      `${incident.version} now. Read it again and repeat the change.`,
    { extensions: { incident: viewOf(incident) } },
  );

export const closed = (incident: StoredIncident) =>
  conflict(
    'incident.closed',
    incident.mergedInto === null
      ? `The incident was closed at ${incident.closedAt}. Open a new one.`
      : `The incident was merged into ${incident.mergedInto} at ${incident.closedAt}. Change that one.`,
    { extensions: { incident: viewOf(incident) } },
  );

const refusedStatus = (incident: StoredIncident, status: Status) =>
  conflict(
    'incident.status',
    `An incident cannot go from ${incident.status} to ${status}. Choose ${LEADS_TO[incident.status].join(', ')}.`,
    { extensions: { incident: viewOf(incident) } },
  );

/** The times and authors that a new status sets. */
const momentsOf = (incident: StoredIncident, status: Status, by: AuditActor, at: Date): Partial<StoredIncident> => {
  const now = at.toISOString();
  const started = incident.startedAt === null ? { startedAt: now, startedBy: by } : {};
  if (status === 'resolved') return { ...started, resolvedAt: now, resolvedBy: by };
  if (status === 'closed') return { closedAt: now };
  if (incident.status !== 'resolved') return started;
  return { resolvedAt: null, resolvedBy: null, resolveAlertsAt: null, reopened: incident.reopened + 1 };
};

const withRoles = (roles: Roles, wanted: z.infer<typeof SomeRoles> = {}): Roles => ({
  commander: wanted.commander === undefined ? roles.commander : wanted.commander,
  communications: wanted.communications === undefined ? roles.communications : wanted.communications,
  scribe: wanted.scribe === undefined ? roles.scribe : wanted.scribe,
  responders: wanted.responders ?? roles.responders,
});

/** The roles after a change. A user who makes an incident private keeps seeing it. */
const rolesWanted = (
  incident: StoredIncident,
  wanted: Pick<ChangeIncident, 'roles' | 'private'>,
  by: AuditActor,
): Roles => {
  const roles = withRoles(incident.roles, wanted.roles);
  const locksOut = wanted.private === true && by.kind === 'user' && !participantsOf({ ...incident, roles }).has(by.id);
  return locksOut ? { ...roles, responders: [...roles.responders, by.id] } : roles;
};

const rolesChanged = (before: Roles, after: Roles): EntryOf[] => [
  ...SINGLE_ROLES.filter((role) => before[role] !== after[role]).map((role) => ({
    type: 'role_changed' as const,
    field: role,
    from: textOf(before[role]),
    to: textOf(after[role]),
  })),
  ...after.responders
    .filter((id) => !before.responders.includes(id))
    .map((to) => ({ type: 'role_changed' as const, field: 'responder', from: '', to })),
  ...before.responders
    .filter((id) => !after.responders.includes(id))
    .map((from) => ({ type: 'role_changed' as const, field: 'responder', from, to: '' })),
];

const textOf = (value: string | boolean | null): string => (value === null ? '' : String(value));

/** What a change did, without the texts of notes. */
const changesOf = (entries: readonly EntryOf[]): Happening[] =>
  entries.map(({ type, field, from, to }) => ({
    type,
    ...(field !== undefined && { field }),
    ...(from !== undefined && { from, to }),
  }));
