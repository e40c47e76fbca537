import * as z from 'zod/mini';
import type { AuditEvent } from '../../../shared/kernel/audit-event.ts';
import { conflict, notFound } from '../../../shared/kernel/errors.ts';
import { idPattern } from '../../../shared/kernel/ids.ts';
import { StatedState, type ComponentState } from '../pages/component-state.ts';
import { PublicText, SLUG, Title } from '../pages/page.ts';

/** A notice has at most so many updates. */
export const MAX_UPDATES = 40;

const INCIDENT_STATUSES = ['investigating', 'identified', 'monitoring', 'resolved'] as const;
const MAINTENANCE_STATUSES = ['scheduled', 'in_progress', 'completed'] as const;
export const IncidentStatus = z.enum(INCIDENT_STATUSES);
export const NoticeStatus = z.enum([...INCIDENT_STATUSES, ...MAINTENANCE_STATUSES]);
export type NoticeStatus = z.infer<typeof NoticeStatus>;

/** The words for readers of a page. */
export const STATUS_NAMES: Readonly<Record<NoticeStatus, string>> = {
  investigating: 'Investigating',
  identified: 'Identified',
  monitoring: 'Monitoring',
  resolved: 'Resolved',
  scheduled: 'Scheduled',
  in_progress: 'In progress',
  completed: 'Completed',
};

export const Impact = z.enum(['none', 'minor', 'major', 'critical']);
export type Impact = z.infer<typeof Impact>;

const ComponentId = z.string().check(z.regex(SLUG, 'must be the id of a component'));

/** Components that a notice concerns, with the state that it gives them until it is over. */
const Concerned = z.array(z.strictObject({ id: ComponentId, state: StatedState })).check(
  z.maxLength(60),
  z.refine((all) => new Set(all.map(({ id }) => id)).size === all.length, 'names a component twice'),
);

const IncidentId = z.string().check(z.regex(idPattern('inc'), 'must be the id of an incident'));
const Instant = z.iso.datetime({ offset: true });

/** An incident is made public with a text of its own. Nothing of the linked incident is shown. */
export const PublishIncident = z
  .strictObject({
    title: Title,
    text: PublicText,
    status: z._default(IncidentStatus, 'investigating'),
    impact: z._default(Impact, 'minor'),
    components: z._default(Concerned, []),
    /** The incident that this is about, for editors. Readers of the page do not see it. */
    incidentId: z._default(z.nullable(IncidentId), null),
    /** Whether subscribers hear of it. */
    notify: z._default(z.boolean(), true),
  })
  .register(z.globalRegistry, { id: 'PublishStatusIncident' });
export type PublishIncident = z.infer<typeof PublishIncident>;

export const PlanMaintenance = z
  .strictObject({
    title: Title,
    text: PublicText,
    from: Instant,
    to: Instant,
    components: z._default(z.array(ComponentId).check(z.maxLength(60)), []),
    notify: z._default(z.boolean(), true),
  })
  .check(z.refine(({ from, to }) => Date.parse(from) < Date.parse(to), 'from must be before to'))
  .register(z.globalRegistry, { id: 'PlanStatusMaintenance' });
export type PlanMaintenance = z.infer<typeof PlanMaintenance>;

export const AddUpdate = z
  .strictObject({
    status: NoticeStatus,
    text: PublicText,
    /** The states of components from now on; those before where it is left out. */
    components: z.optional(Concerned),
    /** The version of the notice that was read. */
    version: z.int().check(z.gte(1)),
    notify: z._default(z.boolean(), true),
  })
  .register(z.globalRegistry, { id: 'AddStatusUpdate' });
export type AddUpdate = z.infer<typeof AddUpdate>;

const Update = z.object({
  number: z.int(),
  at: z.iso.datetime(),
  status: NoticeStatus,
  text: z.string(),
  /** The person who wrote it. Readers of the page do not see it. */
  by: z.string(),
  notify: z.boolean(),
});
export type Update = z.infer<typeof Update>;

/** A public incident or a maintenance, as editors see it. */
export const Notice = z
  .object({
    id: z.string(),
    page: z.string(),
    kind: z.enum(['incident', 'maintenance']),
    title: z.string(),
    status: NoticeStatus,
    impact: Impact,
    components: z.array(z.object({ id: z.string(), state: StatedState })),
    incidentId: z.nullable(z.string()),
    /** Of a maintenance. */
    from: z.nullable(z.iso.datetime()),
    to: z.nullable(z.iso.datetime()),
    startedAt: z.iso.datetime(),
    endedAt: z.nullable(z.iso.datetime()),
    updates: z.array(Update),
    version: z.int(),
  })
  .register(z.globalRegistry, { id: 'StatusNotice' });
export type Notice = z.infer<typeof Notice>;

/** A notice as it is stored. One that was withdrawn stays as a tombstone. */
export interface StoredNotice extends Notice {
  readonly withdrawn: boolean;
  readonly event: AuditEvent;
}

export const noSuchNotice = () => notFound('notice.not_found', 'The status page has no notice with this id.');

export const overtakenNotice = (present: StoredNotice) =>
  conflict(
    'notice.changed',
    `${present.updates.at(-1)?.by} added an update at ${present.updates.at(-1)?.at}. The notice is at version ${present.version} now. ` +
      'Read it again and repeat the update.',
  );

export const isOver = ({ status }: Pick<Notice, 'status'>): boolean => status === 'resolved' || status === 'completed';

/** The status at an instant: a maintenance begins and ends by the clock, unless a person has said so before. */
export const statusAt = (
  { kind, status, from, to }: Pick<Notice, 'kind' | 'status' | 'from' | 'to'>,
  at: Date,
): NoticeStatus => {
  if (kind !== 'maintenance' || status === 'completed') return status;
  if (to !== null && Date.parse(to) <= at.getTime()) return 'completed';
  return from !== null && Date.parse(from) <= at.getTime() ? 'in_progress' : status;
};

/** When a notice was over, null while it is not. */
export const endedAt = (notice: Pick<Notice, 'kind' | 'status' | 'from' | 'to' | 'endedAt'>, at: Date): string | null =>
  notice.endedAt ?? (statusAt(notice, at) === 'completed' ? notice.to : null);

/** The notice as it is at an instant. */
export const asOf = (notice: StoredNotice, at: Date): StoredNotice => ({
  ...notice,
  status: statusAt(notice, at),
  endedAt: endedAt(notice, at),
});

/** The states that notices give to components at an instant. Only what is under way gives any. */
export const statesGiven = (notices: readonly StoredNotice[], at: Date): Map<string, ComponentState[]> => {
  const given = new Map<string, ComponentState[]>();
  for (const notice of notices) {
    const status = statusAt(notice, at);
    if (notice.withdrawn || status === 'resolved' || status === 'completed' || status === 'scheduled') continue;
    for (const { id, state } of notice.components) given.set(id, [...(given.get(id) ?? []), state]);
  }
  return given;
};

/** The notice with another update. Throws `notice.status` for a status of the other kind, and `notice.limit`. */
export const updated = (
  notice: StoredNotice,
  { status, text, components, notify }: Omit<AddUpdate, 'version'>,
  by: string,
  at: Date,
): Omit<StoredNotice, 'event'> => {
  const allowed: readonly NoticeStatus[] = notice.kind === 'incident' ? INCIDENT_STATUSES : MAINTENANCE_STATUSES;
  if (!allowed.includes(status)) {
    throw conflict('notice.status', `An update of this notice has one of the statuses ${allowed.join(', ')}.`);
  }
  if (notice.updates.length >= MAX_UPDATES) {
    throw conflict('notice.limit', `A notice has at most ${MAX_UPDATES} updates. Publish a new one.`);
  }
  const now = at.toISOString();
  const number = (notice.updates.at(-1)?.number ?? 0) + 1;
  return {
    ...notice,
    status,
    components: components ?? notice.components,
    endedAt: status === 'resolved' || status === 'completed' ? now : null,
    updates: [...notice.updates, { number, at: now, status, text, by, notify }],
    version: notice.version + 1,
  };
};

export const noticeView = ({ withdrawn: _, event: _event, ...notice }: StoredNotice, at: Date): Notice => ({
  ...notice,
  status: statusAt(notice, at),
  endedAt: endedAt(notice, at),
});
