import * as z from 'zod/mini';
import { conflict, type Problem } from '../../shared/kernel/errors.ts';
import { instantOf, newId, sha256, sortableInstant } from '../../shared/kernel/ids.ts';
import { LabelName } from '../../shared/kernel/label-name.ts';
import { consequencesOf, TransitionType } from './transitions.ts';

export const SEVERITIES = ['info', 'warning', 'error', 'critical'] as const;
export const Severity = z.enum(SEVERITIES);
export type Severity = z.infer<typeof Severity>;

export const STATUSES = ['open', 'acknowledged', 'resolved'] as const;
export const Status = z.enum(STATUSES);
export type Status = z.infer<typeof Status>;

const Instant = z.iso.datetime();
const MAX_LABELS = 64;
const MAX_TEXT_CHARS = 16_000;

export const Labels = z
  .record(LabelName, z.string().check(z.maxLength(1024)))
  .check(z.refine((labels) => Object.keys(labels).length <= MAX_LABELS, `at most ${MAX_LABELS} labels`));
export type Labels = z.infer<typeof Labels>;

export const Annotations = z
  .record(LabelName, z.string())
  .check(
    z.refine(
      (annotations) => Object.entries(annotations).join().length <= MAX_TEXT_CHARS,
      `at most ${MAX_TEXT_CHARS} characters in all`,
    ),
  );
export type Annotations = z.infer<typeof Annotations>;

const name = z.string().check(z.trim(), z.minLength(1), z.maxLength(128));

/** Body of a raise by hand or by API. */
export const RaiseAlert = z
  .strictObject({
    title: z.string().check(z.trim(), z.minLength(1), z.maxLength(1024)),
    severity: Severity,
    description: z.optional(z.string().check(z.maxLength(15_000))),
    service: z.optional(name),
    team: z.optional(name),
    labels: z.optional(Labels),
    annotations: z.optional(Annotations),
    dedupKey: z.optional(z.string().check(z.minLength(1), z.maxLength(512))),
  })
  .register(z.globalRegistry, { id: 'RaiseAlert' });
export type RaiseAlert = z.infer<typeof RaiseAlert>;

export const Actor = z.object({ kind: z.enum(['user', 'machine', 'system']), id: z.string(), name: z.string() });
export type Actor = z.infer<typeof Actor>;

export const TimelineEntry = z
  .object({
    sequence: z.int(),
    at: Instant,
    type: TransitionType,
    actor: Actor,
    note: z.optional(z.string()),
    from: z.optional(z.string()),
    to: z.optional(z.string()),
  })
  .register(z.globalRegistry, { id: 'TimelineEntry' });
export type TimelineEntry = z.infer<typeof TimelineEntry>;

/** What happened, as it is written into the alert by the write that made it happen. */
export type Transition = Omit<TimelineEntry, 'sequence'>;

const nullable = z.nullable(z.string());

/** An alert as clients see it. */
export const Alert = z
  .object({
    id: z.string(),
    status: Status,
    severity: Severity,
    title: z.string(),
    description: z.string(),
    source: z.string(),
    service: nullable,
    team: nullable,
    labels: z.record(z.string(), z.string()),
    annotations: z.record(z.string(), z.string()),
    dedupKey: z.string(),
    count: z.int(),
    firstSeenAt: Instant,
    lastSeenAt: Instant,
    acknowledgedBy: nullable,
    acknowledgedAt: z.nullable(Instant),
    resolvedBy: nullable,
    resolvedAt: z.nullable(Instant),
    snoozedUntil: z.nullable(Instant),
    assignee: nullable,
    sequence: z.int(),
    version: z.int(),
  })
  .register(z.globalRegistry, { id: 'Alert' });
export type Alert = z.infer<typeof Alert>;

export const AlertWithTimeline = z
  .extend(Alert, {
    /** What happened, oldest first; of more than 500 entries the newest. */
    timeline: z.array(TimelineEntry),
    /** The cursor that lists the entries before `timeline`; null where there are none. */
    timelineNext: nullable,
  })
  .register(z.globalRegistry, { id: 'AlertWithTimeline' });
export type AlertWithTimeline = z.infer<typeof AlertWithTimeline>;

/** An alert as the table stores it: the fields of clients, its latest transition and, for alerts of machines, its expiry. */
export interface StoredAlert extends Alert {
  readonly transition: Transition;
  readonly openedBy: Actor;
  /** When it opened, where a replayed report of an earlier time has moved `firstSeenAt` since. */
  readonly openedAt?: string;
  /** The source promised to repeat the alert before this instant. Without a repeat the alert then resolves by itself. */
  readonly expiresAt?: string;
  /** The severity with which it opened, where that was raised since. */
  readonly openedAs?: Severity;
  /** When it last rang because a silence ended. */
  readonly rungAt?: string;
  /** Number of its latest transition that rings again in any case; absent where there was none. */
  readonly lastRing?: number;
  /** When the minute tick reads the alert next. Never later than what is due first. */
  readonly dueAt?: string;
  /** Keys of its latest changes that are made once, however often they are handed in. */
  readonly changeKeys?: readonly string[];
}

/** An alert without what makes it large, for an answer with many of them. */
export const withoutTexts = (alert: Alert): Alert => ({ ...alert, description: '', labels: {}, annotations: {} });

/** A source reports that something is wrong. The pair of source and deduplication key names the subject. */
export interface AlertEvent {
  readonly source: string;
  readonly dedupKey: string;
  readonly title: string;
  readonly severity: Severity;
  readonly description: string;
  readonly service: string | null;
  readonly team: string | null;
  readonly labels: Labels;
  readonly annotations: Annotations;
  /** Absent: the alert stays until somebody resolves it. */
  readonly expiresAt?: string;
  /** So long after its latest event the alert resolves by itself, where the event names no `expiresAt`. */
  readonly expiresAfterMinutes?: number | undefined;
}

/** An event that was accepted at `at`, with the instant at which it expires in place of a time after it. */
export const dated = ({ expiresAfterMinutes, ...event }: AlertEvent, at: Date): AlertEvent =>
  event.expiresAt !== undefined || expiresAfterMinutes === undefined
    ? event
    : { ...event, expiresAt: new Date(at.getTime() + expiresAfterMinutes * 60_000).toISOString() };

/** The slot of a source and deduplication key: 120 bits of SHA-256 in base 32. Each alert's id ends with its slot. */
export const slotOf = (source: string, dedupKey: string): string =>
  BigInt(`0x${sha256(source, dedupKey).slice(0, 30)}`)
    .toString(32)
    .padStart(24, '0');

/** The id of an alert that opens in `slot` at `at`. It sorts by time and ends with the slot, so it is found without an index. */
export const alertIdIn = (slot: string, at: Date): string =>
  `alr_${sortableInstant(at)}${newId('alr', at).slice(-4)}${slot}`;

/** The slot of an alert id, or undefined where the text is no alert id. */
export const slotOfId = (id: string): string | undefined => /^alr_[0-9a-z]{14}([0-9a-v]{24})$/.exec(id)?.[1];

/** The lowest alert id that could have been made at `at` or later; for ranges over time. */
export const lowestAlertId = (at: Date): string => `alr_${sortableInstant(at)}`;

/** The instant with which the id of an alert was made. */
export const instantOfAlertId = (id: string): Date => instantOf(id.slice('alr_'.length));

/** Sources of the Prometheus world, named `format:key`, describe an alert by labels alone. */
export const LABEL_FORMATS = ['alertmanager', 'prometheus'] as const;
export type LabelFormat = (typeof LABEL_FORMATS)[number];

/** The alerts of this source came with labels alone. Their other fields were read from the labels. */
export const isOfLabels = (source: string): boolean => LABEL_FORMATS.some((format) => source.startsWith(`${format}:`));

export const isWorse = (than: Severity, severity: Severity): boolean =>
  SEVERITIES.indexOf(severity) > SEVERITIES.indexOf(than);

/** What a source may correct in an alert that it has reported. */
export type Editable = Pick<Alert, 'title' | 'description' | 'severity' | 'labels' | 'annotations'>;

/** The fields that a change may set. */
type Changeable = Pick<
  Alert,
  | 'status'
  | 'severity'
  | 'acknowledgedBy'
  | 'acknowledgedAt'
  | 'resolvedBy'
  | 'resolvedAt'
  | 'snoozedUntil'
  | 'assignee'
  | keyof Editable
> &
  Pick<StoredAlert, 'openedAs' | 'rungAt' | 'changeKeys'>;

/**
 * A change of state as data: the states from which it may happen, the fields that it sets, and its transition. The store
 * carries it out as one conditional write without reading first; `applied` does the same to plain values.
 */
export interface Change {
  readonly from: readonly Status[];
  readonly set: Partial<Changeable>;
  readonly transition: Transition;
  /** When the minute tick reads the alert next; absent leaves that as it is. */
  readonly dueAt?: string;
  /** Only while the alert is exactly at this version. */
  readonly expecting?: number;
  /** Only while the severity is still this. */
  readonly whileSeverity?: Severity;
  /** Only where the source's promise to repeat has run out by this instant. */
  readonly expiredBy?: string;
  /** The revision of the report that makes it, which the slot has then heard (`revision.ts`). */
  readonly revision?: string | undefined;
}

export const UNRESOLVED = ['open', 'acknowledged'] as const satisfies readonly Status[];

const transition = (type: TransitionType, by: Actor, at: Date, rest: Partial<Transition> = {}): Transition => ({
  type,
  at: at.toISOString(),
  actor: by,
  ...rest,
});

export const opening = (by: Actor, at: Date): Transition => transition('opened', by, at, { to: 'open' });

/** The first entry of an alert's timeline. */
export const firstEntry = ({
  openedBy,
  openedAt,
  firstSeenAt,
}: Pick<StoredAlert, 'openedBy' | 'openedAt' | 'firstSeenAt'>): TimelineEntry => ({
  sequence: 1,
  ...opening(openedBy, new Date(openedAt ?? firstSeenAt)),
});

/** The latest entry of an alert's timeline. */
export const latestEntry = ({ sequence, transition }: Pick<StoredAlert, 'sequence' | 'transition'>): TimelineEntry => ({
  sequence,
  ...transition,
});

/** The fields of a resolved alert that its end has changed, as they were when it opened. */
export const unresolved = (opening: Transition) =>
  ({ status: 'open', resolvedBy: null, resolvedAt: null, sequence: 1, version: 1, transition: opening }) as const;

export const acknowledgement = (by: Actor, at: Date, note?: string): Change => ({
  from: ['open'],
  set: { status: 'acknowledged', acknowledgedBy: by.name, acknowledgedAt: at.toISOString(), snoozedUntil: null },
  transition: transition('acknowledged', by, at, { from: 'open', to: 'acknowledged', ...(note && { note }) }),
});

export const unacknowledgement = (by: Actor, at: Date, note?: string): Change => ({
  from: ['acknowledged'],
  set: { status: 'open', acknowledgedBy: null, acknowledgedAt: null },
  transition: transition('unacknowledged', by, at, { from: 'acknowledged', to: 'open', ...(note && { note }) }),
});

export const resolution = (by: Actor, at: Date, note?: string): Change => ({
  from: UNRESOLVED,
  set: { status: 'resolved', resolvedBy: by.name, resolvedAt: at.toISOString(), snoozedUntil: null },
  transition: transition('resolved', by, at, { to: 'resolved', ...(note && { note }) }),
});

/** For how long nothing was to come, in whole minutes. */
const quietText = ({ lastSeenAt, expiresAt = lastSeenAt }: StoredAlert): string => {
  const minutes = Math.floor((Date.parse(expiresAt) - Date.parse(lastSeenAt)) / 60_000);
  if (minutes < 1) return '';
  return minutes === 1 ? ' No event came for a minute.' : ` No event came for ${minutes} minutes.`;
};

/** The source stopped repeating an alert that it had promised to repeat. */
export const expiry = (alert: StoredAlert, by: Actor, at: Date): Change => ({
  ...resolution(by, at, `The source stopped reporting it.${quietText(alert)}`),
  expiredBy: at.toISOString(),
});

export const snoozing = (alert: StoredAlert, by: Actor, at: Date, until: Date, note?: string): Change => {
  const snoozedUntil = until.toISOString();
  return {
    from: UNRESOLVED,
    set: { snoozedUntil },
    transition: transition('snoozed', by, at, { to: snoozedUntil, ...(note && { note }) }),
    dueAt: earliest(snoozedUntil, alert.expiresAt),
    expecting: alert.version,
  };
};

export const assignment = (
  alert: StoredAlert,
  by: Actor,
  at: Date,
  assignee: string | null,
  note?: string,
): Change => ({
  from: UNRESOLVED,
  set: { assignee },
  transition: transition('assigned', by, at, {
    ...(alert.assignee && { from: alert.assignee }),
    ...(assignee && { to: assignee }),
    ...(note && { note }),
  }),
  expecting: alert.version,
});

export const annotation = (by: Actor, at: Date, note: string): Change => ({
  from: STATUSES,
  set: {},
  transition: transition('noted', by, at, { note }),
});

/** A source corrects what it has reported, which the timeline says in a note. Nobody is notified of it. */
export const edit = (alert: StoredAlert, by: Actor, at: Date, set: Partial<Editable>, note: string): Change => ({
  from: STATUSES,
  set,
  transition: transition('noted', by, at, { note }),
  expecting: alert.version,
});

/** An alert remembers so many keys of changes: of far more than are made while one of them may be handed in again. */
const MOST_CHANGE_KEYS = 50;

/** A change that `key` names among those of its alert; undefined where it was made already. */
export const once = (alert: StoredAlert, change: Change, key: string): Change | undefined => {
  const { changeKeys = [], version } = alert;
  if (changeKeys.includes(key)) return undefined;
  return {
    ...change,
    set: { ...change.set, changeKeys: [...changeKeys, key].slice(-MOST_CHANGE_KEYS) },
    expecting: version,
  };
};

/** Conditional on the severity that was read, not on the version, so that a repeat at the same moment does not refuse it. */
export const severityRise = (alert: StoredAlert, by: Actor, at: Date, severity: Severity): Change => ({
  from: UNRESOLVED,
  set: { severity, openedAs: alert.openedAs ?? alert.severity },
  transition: transition('severity_raised', by, at, { from: alert.severity, to: severity }),
  whileSeverity: alert.severity,
});

const earliest = (first: string, ...others: (string | undefined)[]): string =>
  others.reduce<string>((least, other) => (other !== undefined && other < least ? other : least), first);

/** An alert that was held rings by this change: its acknowledgement or its snooze is over. */
export const rings = ({ transition: { type } }: Change): boolean => consequencesOf(type).ringsAnew === 'always';

/** An alert after a change: the reference for tests of the store's conditional write. */
export const applied = (alert: StoredAlert, change: Change): StoredAlert => ({
  ...alert,
  ...change.set,
  ...(change.dueAt && { dueAt: change.dueAt }),
  ...(rings(change) && { lastRing: alert.sequence + 1 }),
  transition: change.transition,
  sequence: alert.sequence + 1,
  version: alert.version + 1,
});

/** The refusal of a change that did not happen, with the alert as it is now. */
export const refusalOf = (change: Change, alert: StoredAlert): Problem => {
  const now = { alert: viewOf(alert) };
  if (alert.status === 'resolved' && !change.from.includes('resolved')) {
    return conflict(
      'alert.resolved',
      `${alert.resolvedBy} resolved this alert at ${alert.resolvedAt}. Nothing is left to do for it.`,
      {
        extensions: now,
      },
    );
  }
  if (alert.status === 'acknowledged' && !change.from.includes('acknowledged')) {
    return conflict(
      'alert.acknowledged',
      `${alert.acknowledgedBy} acknowledged this alert at ${alert.acknowledgedAt}. POST …/assign hands it to somebody else, and POST …/unacknowledge takes the acknowledgement back.`,
      {
        extensions: now,
      },
    );
  }
  if (alert.status === 'open' && !change.from.includes('open')) {
    return conflict('alert.not_acknowledged', 'Nobody has acknowledged this alert, so there is nothing to take back.', {
      extensions: now,
    });
  }
  return conflict('alert.changed', 'The alert changed at the same moment. Read it and try again.', {
    extensions: now,
  });
};

/** A silence ended while the alert is unresolved. */
export const silenceEnd = (alert: StoredAlert, by: Actor, at: Date, silenceId: string): Change => ({
  from: UNRESOLVED,
  set: { rungAt: at.toISOString() },
  transition: transition('silence_ended', by, at, { from: silenceId }),
  expecting: alert.version,
});

/** What the minute tick does with an alert that is due. */
export const dueChange = (alert: StoredAlert, by: Actor, now: Date): Change | { rearmAt: string } | undefined => {
  const at = now.toISOString();
  if (alert.status === 'resolved') return undefined;
  if (alert.expiresAt !== undefined && alert.expiresAt <= at) return expiry(alert, by, now);
  if (alert.snoozedUntil !== null && alert.snoozedUntil <= at) {
    return {
      from: UNRESOLVED,
      set: { snoozedUntil: null },
      transition: transition('snooze_ended', by, now),
      ...(alert.expiresAt && { dueAt: alert.expiresAt }),
      expecting: alert.version,
    };
  }
  const next = [alert.expiresAt, alert.snoozedUntil ?? undefined].filter((due) => due !== undefined).sort()[0];
  return next === undefined ? undefined : { rearmAt: next };
};

const VIEW = Object.keys(Alert.shape) as (keyof Alert)[];

/** The alert as clients see it: the fields of `Alert`, and nothing of how it is stored. */
export const viewOf = (alert: StoredAlert): Alert =>
  Object.fromEntries(VIEW.map((field) => [field, alert[field] ?? null])) as unknown as Alert;
