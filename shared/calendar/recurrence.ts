import * as z from 'zod/mini';
import { RRuleTemporal } from 'rrule-temporal';
import type { Interval } from './interval.ts';
import { TimeZone } from './time-zone.ts';
import { DAY_MS, instantOf, MINUTE_MS, wallAt } from './wall-clock.ts';

/*
 * Times that recur, by a rule of RFC 5545 (3.3.10) and the clocks of a zone. The rule counts days and times on the wall; the wall
 * clock of `wall-clock.ts` makes instants of them. So a time that the clocks leave out begins as they jump over it, and a time that
 * comes twice begins once.
 */

const LIST = (of: string): RegExp => new RegExp(`^${of}(?:,${of})*$`);
/** The parts of a rule that are understood, with what each may be. Each occurrence has the time of day of `startsAt`. */
const PARTS: Readonly<Record<string, RegExp>> = {
  FREQ: /^(?:DAILY|WEEKLY|MONTHLY|YEARLY)$/,
  INTERVAL: /^[1-9]\d{0,2}$/,
  COUNT: /^[1-9]\d{0,2}$/,
  UNTIL: /^\d{8}(?:T\d{6}Z?)?$/,
  BYDAY: LIST(String.raw`(?:[+-]?(?:0?[1-9]|[1-4]\d|5[0-3]))?(?:MO|TU|WE|TH|FR|SA|SU)`),
  BYMONTHDAY: LIST(String.raw`[+-]?(?:0?[1-9]|[12]\d|3[01])`),
  BYMONTH: LIST('(?:0?[1-9]|1[0-2])'),
  BYSETPOS: LIST(String.raw`[+-]?[1-9]\d{0,2}`),
  WKST: /^(?:MO|TU|WE|TH|FR|SA|SU)$/,
};

const MAX_RULE_CHARS = 256;
/** Days without a time that a recurrence may name. */
export const MAX_EXCEPTIONS = 200;
const MAX_MINUTES = 7 * 1440;

/** A rule, and the wall clock by which it is read. */
export const Recurrence = z
  .strictObject({
    /** `FREQ=WEEKLY;BYDAY=SA`, without `RRULE:`. */
    rule: z.string().check(z.maxLength(MAX_RULE_CHARS)),
    timeZone: TimeZone,
    /** The first time that counts, on the wall: `2026-11-21T22:00`. */
    startsAt: z
      .string()
      .check(z.regex(/^20\d\d-\d\d-\d\dT\d\d:\d\d$/, 'must be a local time such as 2026-11-21T22:00')),
    durationMinutes: z.int().check(z.gte(1), z.lte(MAX_MINUTES)),
    /** The days, on the wall, on which it does not begin. */
    except: z._default(z.array(z.iso.date()).check(z.maxLength(MAX_EXCEPTIONS)), []),
  })
  .check(
    z.superRefine((recurrence, context) => {
      const found = recurrenceProblem(recurrence);
      if (found) context.addIssue({ code: 'custom', path: [found.field], message: found.problem });
    }),
  )
  .register(z.globalRegistry, { id: 'Recurrence' });
export type Recurrence = z.infer<typeof Recurrence>;

type Rule = Pick<Recurrence, 'rule' | 'timeZone' | 'startsAt'>;
type Problem = { readonly field: 'rule' | 'startsAt'; readonly problem: string };

/** Why times cannot recur in this way; undefined where they can. */
export const recurrenceProblem = (recurrence: Recurrence): Problem | undefined => {
  if (Number.isNaN(wallIn(recurrence.startsAt))) return { field: 'startsAt', problem: 'must be a day of the calendar' };
  const seen = new Set<string>();
  for (const part of recurrence.rule.split(';')) {
    const [name = '', value = '', ...rest] = part.split('=');
    const pattern = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
    if (!pattern)
      return { field: 'rule', problem: `must be parts of ${Object.keys(PARTS).join(', ')}, not ${name.slice(0, 20)}` };
    if (rest.length > 0 || !pattern.test(value)) return { field: 'rule', problem: `has no valid ${name}` };
    if (seen.has(name)) return { field: 'rule', problem: `has ${name} twice` };
    seen.add(name);
  }
  if (!seen.has('FREQ')) return { field: 'rule', problem: 'must have FREQ' };
  if (seen.has('COUNT') && seen.has('UNTIL')) return { field: 'rule', problem: 'has COUNT or UNTIL, not both' };
  try {
    if (ruleOf(recurrence).next(new Date(wallIn(recurrence.startsAt)), true) === null) {
      return { field: 'rule', problem: 'never comes about' };
    }
  } catch {
    return { field: 'rule', problem: 'is no rule of RFC 5545, or never comes about' };
  }
  return undefined;
};

/** A wall time as milliseconds since 1970 as if it stood in UTC. NaN for a day that is not in the calendar. */
const wallIn = (text: string): number => {
  const at = Date.parse(`${text}:00.000Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text) ? at : NaN;
};

const basic = (wall: number): string => new Date(wall).toISOString().replace(/[-:]|\.\d{3}/g, '');

/** `UNTIL` as a wall time: an instant by the zone, a day until its end. */
const untilOnWall = (until: string, timeZone: string): string => {
  if (!until.includes('T')) return `${until}T235959Z`;
  if (!until.endsWith('Z')) return `${until}Z`;
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(until) ?? [];
  return basic(wallAt(Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`), timeZone));
};

/** How far a rule is looked through for its next time, in periods of its frequency: a rule that never comes about ends there. */
const MAX_PERIODS = 5_000;

/** The rule over wall times, which it takes for times in UTC. */
const ruleOf = ({ rule, timeZone, startsAt }: Rule): RRuleTemporal =>
  new RRuleTemporal({
    rruleString: `DTSTART:${basic(wallIn(startsAt))}\nRRULE:${rule.replace(/(?<=UNTIL=)[\dTZ]+/, (until) => untilOnWall(until, timeZone))}`,
    strict: true,
    maxIterations: MAX_PERIODS,
    maxCandidateEvaluations: 100_000,
    cache: false,
  });

/** A time of a recurrence, in milliseconds since 1970. */
export interface Occurrence extends Interval {
  /** When it begins on the wall, which names it: `2026-11-21T22:00`. */
  readonly name: string;
}

/** The first `limit` times of a recurrence that are not over at `after` and begin before `before`, in order. */
export const occurrencesOf = (
  recurrence: Recurrence,
  { after, before = Infinity, limit }: { readonly after: Date; readonly before?: number; readonly limit: number },
): Occurrence[] => {
  const { timeZone, durationMinutes, except } = recurrence;
  const durationMs = durationMinutes * MINUTE_MS;
  const rule = ruleOf(recurrence);
  const without = new Set(except);
  const found: Occurrence[] = [];
  // A day earlier than need be: where clocks change, walls and instants are apart by hours.
  let wall = wallAt(after.getTime(), timeZone) - durationMs - DAY_MS;
  for (let looked = 0; found.length < limit && looked < limit + MAX_EXCEPTIONS + MAX_MINUTES / 1440 + 2; looked++) {
    const next = nextAfter(rule, wall);
    if (next === undefined) break;
    wall = next;
    const name = new Date(next).toISOString().slice(0, 16);
    const from = instantOf(next, timeZone);
    if (from >= before) break;
    const to = from + durationMs;
    if (to > after.getTime() && !without.has(name.slice(0, 10))) found.push({ name, from, to });
  }
  return found;
};

const spansFound = new Map<string, readonly Occurrence[]>();
const MOST_KEPT = 500;

/**
 * All times of a recurrence that touch a span of at most some years, in order. What was found is remembered by whole days, because reports
 * ask for the same days again and again.
 */
export const occurrencesIn = (recurrence: Recurrence, { from, to }: Interval): readonly Occurrence[] => {
  const [first, last] = [Math.floor(from / DAY_MS) * DAY_MS, Math.ceil(to / DAY_MS) * DAY_MS];
  const key = JSON.stringify([recurrence, first, last]);
  let found = spansFound.get(key);
  if (!found) {
    found = occurrencesOf(recurrence, {
      after: new Date(first),
      before: last,
      limit: (last - first + 2 * MAX_MINUTES * MINUTE_MS) / DAY_MS,
    });
    if (spansFound.size >= MOST_KEPT) spansFound.clear();
    spansFound.set(key, found);
  }
  return found.filter((each) => each.from < to && each.to > from);
};

/** The time of a recurrence that lasts at an instant; undefined where none does. The next one is remembered until it is over. */
export const occurrenceAt = (recurrence: Recurrence, at: Date): Occurrence | undefined => {
  const key = JSON.stringify(recurrence);
  const now = at.getTime();
  let known = nextFound.get(key);
  if (!known || now < known.asked || (known.next !== undefined && now >= known.next.to)) {
    known = { asked: now, next: occurrencesOf(recurrence, { after: at, limit: 1 })[0] };
    if (nextFound.size >= MOST_KEPT) nextFound.clear();
    nextFound.set(key, known);
  }
  const { next } = known;
  return next && next.from <= now ? next : undefined;
};

const nextFound = new Map<string, { readonly asked: number; readonly next: Occurrence | undefined }>();

/** The next time of a rule; undefined where it has ended, or has none within the periods that are looked through. */
const nextAfter = (rule: RRuleTemporal, wall: number): number | undefined => {
  try {
    return rule.next(new Date(wall))?.epochMilliseconds;
  } catch {
    return undefined;
  }
};
