import type { Alert } from '../../alerts/port.ts';
import type { Noise } from '../../oncall/port.ts';

/*
 * Whether people are paged yet for an alert whose step is due, as pure decisions. Each answers what holds the paging back, with the
 * instant at which it is looked at again; undefined where nothing does. So what is held back is always due again.
 */

/** What holds the paging of an alert back. Code compares codes; people read sentences. */
export type HoldReason =
  | { readonly code: 'below_threshold'; readonly events: number; readonly minutes: number }
  | {
      readonly code: 'flapping';
      readonly since: string;
      readonly openings: number;
      readonly minutes: number;
      readonly until: string;
    }
  | { readonly code: 'inhibited'; readonly rule: string; readonly by: string; readonly title: string }
  | { readonly code: 'group_wait' | 'group_interval'; readonly until: string };
export type HoldCode = HoldReason['code'];

/** How many events an alert had at an instant. */
export interface Sample {
  readonly at: string;
  readonly count: number;
}

/** The paging of an alert is held back until `until`, when it is looked at again. */
export interface Hold {
  readonly reason: HoldReason;
  /** RFC 3339 UTC, as are the others. */
  readonly since: string;
  readonly until: string;
  readonly samples?: readonly Sample[];
}

const SENTENCES: { readonly [Code in HoldCode]: (reason: Extract<HoldReason, { code: Code }>) => string } = {
  below_threshold: ({ events, minutes }) => `It pages after ${events} events within ${minutes} minutes.`,
  flapping: ({ since, openings, minutes, until }) =>
    `It has been flapping since ${since}: it opens ${openings} times or more within ${minutes} minutes. It pages if it stays open until ${until}, or gets worse.`,
  inhibited: ({ rule, title }) =>
    `The alert “${title.slice(0, 200)}” is open and keeps it quiet by the rule “${rule}”. It pages within about a minute after that is over.`,
  group_wait: ({ until }) => `It waits until ${until} for other alerts of its group, and pages with them.`,
  group_interval: ({ until }) => `Its group was paged. It pages at ${until} with what else came to the group.`,
};

export const HOLD_CODES = Object.keys(SENTENCES) as [HoldCode, ...HoldCode[]];

export const holdSentence = (reason: HoldReason): string =>
  (SENTENCES[reason.code] as (reason: HoldReason) => string)(reason);

const MINUTE_MS = 60_000;
const SHORTEST_LOOK_MS = 15_000;
const LOOKS_IN_WINDOW = 10;

const later = (at: Date, ms: number): string => new Date(at.getTime() + ms).toISOString();

/**
 * Holds an alert back before it has had so many events within so many minutes. It is counted at each look: of events that came since
 * the last look it is not known when, so they count for the minutes before that look. So an alert that reached the threshold always
 * passes at the next look, and one that passes reached it within the minutes and two looks.
 */
export const belowThreshold = (
  { events, minutes }: NonNullable<Noise['threshold']>,
  { count, firstSeenAt }: Pick<Alert, 'count' | 'firstSeenAt'>,
  before: Hold | undefined,
  at: Date,
): Hold | undefined => {
  const windowMs = minutes * MINUTE_MS;
  const samples = before?.samples ?? [];
  const lastLook = Date.parse(samples.at(-1)?.at ?? firstSeenAt);
  const begins = new Date(lastLook - windowMs).toISOString();
  const known = samples.filter((sample) => sample.at <= begins).at(-1);
  if (count - (known?.count ?? 0) >= events) return undefined;
  const kept = samples.filter((sample) => sample === known || sample.at > begins);
  return {
    reason: { code: 'below_threshold', events, minutes },
    since: before?.since ?? at.toISOString(),
    until: later(at, Math.max(SHORTEST_LOOK_MS, windowMs / LOOKS_IN_WINDOW)),
    samples: [...kept, { at: at.toISOString(), count }],
  };
};

/** How often it is looked whether an alert is still kept quiet by another. */
const INHIBITED_LOOK_MS = 60_000;

/** Holds an alert back while another one keeps it quiet. */
export const inhibited = (
  { rule, by: { id, title } }: { readonly rule: string; readonly by: Pick<Alert, 'id' | 'title'> },
  before: Hold | undefined,
  at: Date,
): Hold => ({
  reason: { code: 'inhibited', rule, by: id, title },
  since: before?.reason.code === 'inhibited' ? before.since : at.toISOString(),
  until: later(at, INHIBITED_LOOK_MS),
});

/** An opening of the alerts of one source and key. */
export interface Opening {
  readonly alertId: string;
  readonly at: string;
}

/** What is remembered of the alerts of one source and key. */
export interface Flaps {
  /** In their order, the latest fifty. */
  readonly openings: readonly Opening[];
  /** The worst severity for which people were paged, since it has been flapping or the last time that it was not. */
  readonly paged?: Alert['severity'];
  readonly version: number;
}

const MOST_OPENINGS = 50;

/** Flaps with an opening, which counts once. */
export const withOpening = (flaps: Flaps | undefined, opening: Opening): Flaps | undefined => {
  const { openings = [], version = 0, ...rest } = flaps ?? {};
  if (openings.some(({ alertId }) => alertId === opening.alertId)) return undefined;
  const all = [...openings, opening].toSorted((one, other) => one.at.localeCompare(other.at));
  return { ...rest, openings: all.slice(-MOST_OPENINGS), version: version + 1 };
};

type Flapping = NonNullable<Noise['flapping']>;

/** Since when openings have come so often that an alert which opened then flaps; undefined where it does not. */
export const flappingSince = (
  { openings: limit, minutes }: Flapping,
  { openings }: Pick<Flaps, 'openings'>,
  alertId: string,
): string | undefined => {
  const isOften = (place: number): boolean => {
    const [first, last] = [openings[place - limit + 1], openings[place]];
    return (
      first !== undefined && last !== undefined && Date.parse(last.at) - Date.parse(first.at) <= minutes * MINUTE_MS
    );
  };
  let place = openings.findIndex((each) => each.alertId === alertId);
  if (place < 0 || !isOften(place)) return undefined;
  while (isOften(place - 1)) place--;
  return openings[place]?.at;
};

/**
 * Holds an alert back that opens, resolves and opens again too often, until it has been open for a while. Not one for which nobody was
 * paged since it has been flapping, nor one that is worse than what people were paged for.
 */
export const flapping = (
  settings: Flapping,
  flaps: Flaps | undefined,
  { id, firstSeenAt, severity }: Pick<Alert, 'id' | 'firstSeenAt' | 'severity'>,
  isWorse: (than: Alert['severity'], severity: Alert['severity']) => boolean,
  at: Date,
): Hold | undefined => {
  const since = flaps && flappingSince(settings, flaps, id);
  if (since === undefined || flaps?.paged === undefined || isWorse(flaps.paged, severity)) return undefined;
  const until = later(new Date(firstSeenAt), settings.stableMinutes * MINUTE_MS);
  if (until <= at.toISOString()) return undefined;
  const { openings, minutes } = settings;
  return { reason: { code: 'flapping', since, openings, minutes, until }, since, until };
};

/** Flaps after people were paged for an alert. */
export const withPage = (
  settings: Flapping,
  flaps: Flaps,
  { id, severity }: Pick<Alert, 'id' | 'severity'>,
  isWorse: (than: Alert['severity'], severity: Alert['severity']) => boolean,
): Flaps | undefined => {
  const { paged } = flaps;
  const isOn = flappingSince(settings, flaps, id) !== undefined;
  const next = isOn && paged !== undefined && !isWorse(paged, severity) ? paged : severity;
  return next === paged ? undefined : { ...flaps, paged: next, version: flaps.version + 1 };
};

/** When a group is paged, or was the last time. */
export interface GroupTurn {
  readonly code: 'group_wait' | 'group_interval';
  readonly at: string;
  readonly version: number;
}

/**
 * The turn of a group that an alert which came at `at` is paged with: the one that is to come; an interval after the one that was;
 * or, where that is over as well, a new one after the wait.
 */
export const turnFor = (
  { waitSeconds, intervalSeconds }: Pick<NonNullable<Noise['group']>, 'waitSeconds' | 'intervalSeconds'>,
  turn: GroupTurn | undefined,
  at: Date,
): GroupTurn => {
  const version = (turn?.version ?? 0) + 1;
  if (turn && turn.at > at.toISOString()) return turn;
  const next = turn && later(new Date(turn.at), intervalSeconds * 1_000);
  return next !== undefined && next > at.toISOString()
    ? { code: 'group_interval', at: next, version }
    : { code: 'group_wait', at: later(at, waitSeconds * 1_000), version };
};
