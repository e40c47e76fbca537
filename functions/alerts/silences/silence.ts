import * as z from 'zod/mini';
import { Annotations, isOfLabels, SEVERITIES, type Alert, type StoredAlert } from '../alert.ts';
import { notFound } from '../../../shared/kernel/errors.ts';
import { consequencesOf } from '../transitions.ts';
import { Matcher, matches, type Labels } from './matcher.ts';

/*
 * Silences, as Alertmanager has them. An active silence mutes the alerts that it matches: their transitions are stored and not
 * published; incidents and figures follow them. When it ends, the alerts that are unresolved ring.
 */

export const noSuchSilence = () => notFound('silence.not_found', 'silence not found');

/** A stage keeps at most this many silences, those of the last five days included. */
export const MAX_SILENCES = 1000;
export const MAX_MATCHERS = 20;
const Instant = z.iso.datetime({ offset: true });

/** A silence as a client asks for it. With an id, it replaces the silence of that id. */
export const WantedSilence = z
  .object({
    id: z.optional(z.nullable(z.string().check(z.maxLength(64)))),
    matchers: z.array(Matcher).check(z.minLength(1), z.maxLength(MAX_MATCHERS)),
    startsAt: Instant,
    endsAt: Instant,
    createdBy: z.string().check(z.maxLength(256)),
    comment: z.string().check(z.maxLength(4000)),
    annotations: z.optional(z.nullable(Annotations)),
  })
  .register(z.globalRegistry, { id: 'WantedSilence' });
export type WantedSilence = z.infer<typeof WantedSilence>;

/** Which recurring silence a silence comes of, and which version of it. */
export interface OfRecurring {
  readonly id: string;
  readonly version: number;
}

export interface Silence {
  readonly id: string;
  readonly matchers: readonly Matcher[];
  /** RFC 3339 UTC, as are the others. */
  readonly startsAt: string;
  readonly endsAt: string;
  readonly updatedAt: string;
  /** The name that its maker gave. The audit trail has the user or key. */
  readonly createdBy: string;
  readonly comment: string;
  readonly annotations?: Annotations;
  /** One more with each change. */
  readonly version: number;
  /** The recurring silence that it is a time of. */
  readonly recurring?: OfRecurring;
  /** When its end was followed up: the alerts that it muted and that were unresolved have rung. */
  readonly rungAt?: string;
}

export type SilenceState = 'pending' | 'active' | 'expired';

export const stateOf = ({ startsAt, endsAt }: Pick<Silence, 'startsAt' | 'endsAt'>, now: Date): SilenceState => {
  const at = now.toISOString();
  if (endsAt <= at) return 'expired';
  return startsAt > at ? 'pending' : 'active';
};

/**
 * The labels that matchers read: those of the alert, and its other fields where it has no label of that name. An alert that came
 * with labels alone has no severity, service or team of its own: they were read from its labels.
 */
export const labelsOf = ({ title, severity, source, service, team, labels }: Alert): Labels => ({
  alertname: title,
  source,
  ...(!isOfLabels(source) && { severity, ...(service && { service }), ...(team && { team }) }),
  ...labels,
});

/** A value that nobody gives a label. */
const ANYTHING = 'anything at all 7f3c';

/**
 * True for matchers that match whatever comes, in each severity: an alert that has no labels of its own, or one whose service and team nobody
 * has named. `team!="x"` is among them, for it matches all but a few.
 */
export const matchEverything = (matchers: readonly Matcher[]): boolean => {
  const bare = { alertname: ANYTHING, source: ANYTHING };
  return [bare, { ...bare, service: ANYTHING, team: ANYTHING }].some((labels) =>
    SEVERITIES.every((severity) => matches({ ...labels, severity }, matchers)),
  );
};

/** The active silences that match an alert. */
export const silencesOf = (alert: Alert, silences: readonly Silence[], now: Date): readonly Silence[] => {
  const active = silences.filter((silence) => stateOf(silence, now) === 'active');
  if (active.length === 0) return [];
  const labels = labelsOf(alert);
  return active.filter(({ matchers }) => matches(labels, matchers));
};

/**
 * Whether silences mute the latest transition of an alert at `now`. A resolution is muted only where the opening was, so that no
 * pager stays open.
 */
export const isMuted = (alert: StoredAlert, silences: readonly Silence[], now: Date): boolean => {
  const over = silencesOf(alert, silences, now);
  switch (consequencesOf(alert.transition.type).mutedBy) {
    case 'no_silence':
      return false;
    case 'silence_throughout':
      return over.some((silence) => isMutedThroughout(alert, silence));
    case 'each_silence':
      return over.length > 0;
  }
};

/**
 * Whether an active silence has muted an alert from its opening on, and through each rise of its severity.
 */
const isMutedThroughout = (alert: StoredAlert, { startsAt, matchers }: Silence): boolean => {
  const { firstSeenAt, rungAt, severity, openedAs = severity } = alert;
  if (startsAt > firstSeenAt || rungAt !== undefined) return false;
  const since = SEVERITIES.slice(SEVERITIES.indexOf(openedAs), SEVERITIES.indexOf(severity) + 1);
  return since.every((was) => matches(labelsOf({ ...alert, severity: was }), matchers));
};

/** A write reaches the stream and the listing within this time. The end of a silence is followed up only after it. */
const SETTLE_MS = 5_000;

/** Silences that have ended and whose end is not followed up yet. */
export const endedSilences = (silences: readonly Silence[], now: Date): readonly Silence[] => {
  const before = new Date(now.getTime() - SETTLE_MS).toISOString();
  return silences.filter(({ endsAt, rungAt }) => rungAt === undefined && endsAt <= before);
};

/** The silence whose end makes an alert ring; undefined where another still mutes it, or where it rang already. */
export const rungBy = (
  alert: StoredAlert,
  ended: readonly Silence[],
  silences: readonly Silence[],
  now: Date,
): Silence | undefined => {
  if (alert.status === 'resolved' || alert.snoozedUntil !== null || silencesOf(alert, silences, now).length > 0)
    return undefined;
  const labels = labelsOf(alert);
  return ended.find(
    ({ endsAt, startsAt, matchers }) =>
      startsAt < endsAt && alert.firstSeenAt < endsAt && (alert.rungAt ?? '') < endsAt && matches(labels, matchers),
  );
};
