import * as z from 'zod/mini';
import { occurrencesOf, Recurrence, type Occurrence } from '../../../shared/calendar/recurrence.ts';
import { notFound } from '../../../shared/kernel/errors.ts';
import { sha256 } from '../../../shared/kernel/ids.ts';
import { Matcher } from './matcher.ts';
import { MAX_MATCHERS, stateOf, type Silence } from './silence.ts';

/*
 * A recurring silence is a rule by which silences are made ahead of time, each an ordinary one with a start and an end. So an outage
 * of the function that makes them is felt after two days at the earliest, and readers of silences know one kind.
 */

export const noSuchRecurring = () => notFound('recurring_silence.not_found', 'There is no such recurring silence.');

/** A stage keeps at most this many. */
export const MAX_RECURRING = 100;

const HOUR_MS = 3_600_000;
/** So long before its start a silence is made. Below the five days for which one that ended is remembered. */
export const AHEAD_MS = 48 * HOUR_MS;
/** More than a recurring silence has within two days, and those of the last five days and of the longest duration. */
const EACH = 16;
export const MAX_OCCURRENCES = EACH * MAX_RECURRING;

const definition = {
  matchers: z.array(Matcher).check(z.minLength(1), z.maxLength(MAX_MATCHERS)),
  recurrence: Recurrence,
  comment: z._default(z.string().check(z.trim(), z.maxLength(4_000)), ''),
};

export const CreateRecurringSilence = z
  .strictObject(definition)
  .register(z.globalRegistry, { id: 'CreateRecurringSilence' });
export type CreateRecurringSilence = z.infer<typeof CreateRecurringSilence>;

export const ReplaceRecurringSilence = z
  .strictObject({ version: z.int().check(z.gte(1)), ...definition })
  .register(z.globalRegistry, { id: 'ReplaceRecurringSilence' });
export type ReplaceRecurringSilence = z.infer<typeof ReplaceRecurringSilence>;

export interface RecurringSilence {
  readonly id: string;
  readonly matchers: readonly Matcher[];
  readonly recurrence: Recurrence;
  readonly comment: string;
  readonly createdBy: string;
  /** RFC 3339 UTC. */
  readonly updatedAt: string;
  readonly version: number;
  /** When it was deleted: its silences end. */
  readonly deletedAt?: string;
}

export const Span = z
  .object({ startsAt: z.iso.datetime(), endsAt: z.iso.datetime() })
  .register(z.globalRegistry, { id: 'SilencedSpan' });
export type Span = z.infer<typeof Span>;

/** A recurring silence as clients see it, with its next times. */
export const RecurringSilenceView = z
  .object({
    id: z.string(),
    matchers: z.array(Matcher),
    recurrence: z.object({
      rule: z.string(),
      timeZone: z.string(),
      startsAt: z.string(),
      durationMinutes: z.int(),
      except: z.array(z.string()),
    }),
    comment: z.string(),
    createdBy: z.string(),
    updatedAt: z.iso.datetime(),
    version: z.int(),
    /** The next times, ten at most; none where the rule has ended. */
    next: z.readonly(z.array(Span)),
  })
  .register(z.globalRegistry, { id: 'RecurringSilence' });
export type RecurringSilenceView = z.infer<typeof RecurringSilenceView>;

const SHOWN = 10;

const spanOf = ({ from, to }: Occurrence): Span => ({
  startsAt: new Date(from).toISOString(),
  endsAt: new Date(to).toISOString(),
});

/** The next ten times of a recurrence that are not over. */
export const nextTimes = (recurrence: Recurrence, now: Date): Span[] =>
  occurrencesOf(recurrence, { after: now, limit: SHOWN }).map(spanOf);

export const recurringView = (
  { id, matchers, recurrence, comment, createdBy, updatedAt, version }: RecurringSilence,
  now: Date,
): RecurringSilenceView => ({
  id,
  matchers: [...matchers],
  recurrence,
  comment,
  createdBy,
  updatedAt,
  version,
  next: nextTimes(recurrence, now),
});

/** The id of the silence of one time, which every writer makes alike: a UUID, as all silences have. */
export const occurrenceId = ({ id }: Pick<RecurringSilence, 'id'>, { name }: Pick<Occurrence, 'name'>): string =>
  sha256(id, name)
    .slice(0, 32)
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** What must be written so that the silences of a recurring one are as it says. */
export interface Steps {
  readonly make: readonly Silence[];
  /** Those to come, as they are, and as they become. */
  readonly change: readonly { readonly seen: Silence; readonly next: Silence }[];
  /** Those to come that are not wanted any more. */
  readonly remove: readonly Silence[];
  /** Those that are active although the recurring one was deleted. */
  readonly end: readonly Silence[];
}

/** A silence that is about to begin is not taken away: by another clock it has begun. */
const CLOCKS_DIFFER_MS = 5_000;

/**
 * The steps by which the silences of a recurring one become what it says for the next two days. A silence that somebody ended or
 * changed stays as they left it. An active one stays when the rule changes, and ends when it is deleted. The same steps twice do
 * nothing.
 */
export const stepsFor = (recurring: RecurringSilence, present: readonly Silence[], now: Date): Steps => {
  const theirs = present.filter((silence) => silence.recurring?.id === recurring.id);
  const isPending = ({ startsAt }: Silence) => Date.parse(startsAt) > now.getTime() + CLOCKS_DIFFER_MS;
  const toCome = theirs.filter((silence) => stateOf(silence, now) === 'pending' && isPending(silence));
  if (recurring.deletedAt !== undefined) {
    const pending = new Set(toCome);
    const end = theirs.filter((each) => stateOf(each, now) !== 'expired' && !pending.has(each));
    return { make: [], change: [], remove: toCome, end };
  }
  const wanted = new Map(
    occurrencesOf(recurring.recurrence, { after: now, before: now.getTime() + AHEAD_MS, limit: EACH }).map((each) => [
      occurrenceId(recurring, each),
      silenceOf(recurring, each, now),
    ]),
  );
  const known = new Map(theirs.map((silence) => [silence.id, silence]));
  const stale = toCome.filter(({ recurring: of }) => (of?.version ?? 0) < recurring.version);
  return {
    make: [...wanted.values()].filter(({ id }) => !known.has(id)),
    change: stale.flatMap((seen) => {
      const next = wanted.get(seen.id);
      return next ? [{ seen, next: { ...next, version: seen.version + 1 } }] : [];
    }),
    remove: stale.filter(({ id }) => !wanted.has(id)),
    end: [],
  };
};

/** The silence of one time. One that is made late begins when it is made, so that it claims to have muted nothing before. */
const silenceOf = (
  { id, matchers, comment, createdBy, version }: RecurringSilence,
  time: Occurrence,
  now: Date,
): Silence => ({
  id: occurrenceId({ id }, time),
  matchers,
  startsAt: new Date(Math.max(time.from, now.getTime())).toISOString(),
  endsAt: new Date(time.to).toISOString(),
  updatedAt: now.toISOString(),
  createdBy,
  comment,
  annotations: {},
  version: 1,
  recurring: { id, version },
});
