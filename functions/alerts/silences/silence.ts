import * as z from 'zod/mini';
import { Annotations, isOfLabels, SEVERITIES, type Alert, type StoredAlert } from '../alert.ts';
import { notFound } from '../../../shared/kernel/errors.ts';
import { consequencesOf } from '../transitions.ts';
import { Matcher, matches, type Labels } from './matcher.ts';

/*
 * Silences, as Alertmanager has them: while one is active, what happens to the alerts that it matches is kept and told to
 * nobody. When it ends, what is still wrong rings.
 */

export const noSuchSilence = () => notFound('silence.not_found', 'silence not found');

/** A stage keeps at most this many silences, those of the last five days included. */
export const MAX_SILENCES = 1000;
const MAX_MATCHERS = 20;
const Instant = z.iso.datetime({ offset: true });

/** A silence as a client wishes it; with an id, it takes the place of the one that has it. */
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

export interface Silence {
  readonly id: string;
  readonly matchers: readonly Matcher[];
  /** RFC 3339 UTC, as are the others. */
  readonly startsAt: string;
  readonly endsAt: string;
  readonly updatedAt: string;
  /** What its maker calls themselves; the audit trail tells who it was. */
  readonly createdBy: string;
  readonly comment: string;
  readonly annotations?: Annotations;
  /** One more with each change. */
  readonly version: number;
  /** Its end has been followed up: what it kept quiet and is still wrong has rung. */
  readonly rungAt?: string;
}

export type SilenceState = 'pending' | 'active' | 'expired';

export const stateOf = ({ startsAt, endsAt }: Pick<Silence, 'startsAt' | 'endsAt'>, now: Date): SilenceState => {
  const at = now.toISOString();
  if (endsAt <= at) return 'expired';
  return startsAt > at ? 'pending' : 'active';
};

/**
 * What matchers look at: the labels of an alert, and what else it is known by where no label of that name says it. Of an alert
 * that came with labels alone, severity, service and team are only what was read from those: its source did not say them.
 */
export const labelsOf = ({ title, severity, source, service, team, labels }: Alert): Labels => ({
  alertname: title,
  source,
  ...(!isOfLabels(source) && { severity, ...(service && { service }), ...(team && { team }) }),
  ...labels,
});

/** The active silences that match an alert. */
export const silencesOf = (alert: Alert, silences: readonly Silence[], now: Date): readonly Silence[] => {
  const active = silences.filter((silence) => stateOf(silence, now) === 'active');
  if (active.length === 0) return [];
  const labels = labelsOf(alert);
  return active.filter(({ matchers }) => matches(labels, matchers));
};

/**
 * Whether the latest transition of an alert is kept quiet at `now`: while a silence is active that matches it. That an alert
 * is over is told all the same where people may have heard that it began, so that no pager stays open; and the end of a
 * silence is told.
 */
export const isQuiet = (alert: StoredAlert, silences: readonly Silence[], now: Date): boolean => {
  const over = silencesOf(alert, silences, now);
  switch (consequencesOf(alert.transition.type).mutedBy) {
    case 'no_silence':
      return false;
    case 'silence_throughout':
      return over.some((silence) => keptQuietThroughout(alert, silence));
    case 'each_silence':
      return over.length > 0;
  }
};

/**
 * Whether an active silence has kept all that happened to an alert quiet: as it began, and through each rise of its
 * severity.
 */
const keptQuietThroughout = (alert: StoredAlert, { startsAt, matchers }: Silence): boolean => {
  const { firstSeenAt, rungAt, severity, openedAs = severity } = alert;
  if (startsAt > firstSeenAt || rungAt !== undefined) return false;
  const since = SEVERITIES.slice(SEVERITIES.indexOf(openedAs), SEVERITIES.indexOf(severity) + 1);
  return since.every((was) => matches(labelsOf({ ...alert, severity: was }), matchers));
};

/** The stream tells of a write, and the listing shows it, within this time: only then is an end followed up. */
const SETTLE_MS = 5_000;

/** Silences that have ended and whose end is not followed up yet. One that never began quieted nothing. */
export const endedSilences = (silences: readonly Silence[], now: Date): readonly Silence[] => {
  const before = new Date(now.getTime() - SETTLE_MS).toISOString();
  return silences.filter(({ endsAt, rungAt }) => rungAt === undefined && endsAt <= before);
};

/** The silence whose end an alert must ring for; undefined where another still keeps it quiet, or it rang already. */
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
