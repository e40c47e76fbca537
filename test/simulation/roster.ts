import type { AddOverride } from '../../functions/oncall/rota/override.ts';
import type { CreateSchedule, Layer, Rotation } from '../../functions/oncall/rota/schedule.ts';
import type { Step, Target } from '../../functions/oncall/policies/policy.ts';

/*
 * Computes who is on call, in a slow and simple way of its own, for a night without a change of clocks.
 * Times are milliseconds of the world.
 */

/** Zones whose clocks differ from UTC by so many minutes throughout the nights that are played. */
export const ZONES = { UTC: 0, 'Asia/Kathmandu': 345, 'America/St_Johns': -210 } as const;
export type Zone = keyof typeof ZONES;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const UNIT_MS = { hours: HOUR_MS, days: 24 * HOUR_MS, weeks: 168 * HOUR_MS } as const;

type Hours = NonNullable<Step['hours']>;
/** Within one day. */
type Windows = Hours['windows'];
export type Rota = Pick<CreateSchedule, 'timeZone' | 'layers'>;
/** A value, and the moment from which it holds. */
interface Since<T> {
  readonly at: number;
  readonly is: T;
}

/** What the clocks of a zone show, as if they stood in UTC. */
export const wallIn = (timeZone: string, at: number): number => at + ZONES[timeZone as Zone] * MINUTE_MS;

const timeOf = (wall: number): string => new Date(wall).toISOString().slice(11, 16);
const dayOf = (wall: number): number => new Date(wall).getUTCDay() || 7;

const isOpen = (windows: Windows, wall: number): boolean =>
  windows.some((window) => {
    const days = window.type === 'daily' ? window.days : [window.fromDay];
    return days.includes(dayOf(wall)) && window.from <= timeOf(wall) && timeOf(wall) < window.to;
  });

/** Nights are too short for turns of a month. */
const turnMs = (rotation: Rotation): number => {
  if (rotation.type === 'monthly') return Infinity;
  if (rotation.type === 'custom') return rotation.every * UNIT_MS[rotation.unit];
  return UNIT_MS[rotation.type === 'daily' ? 'days' : 'weeks'];
};

const turnOf = ({ users, rotation, handOff, start, end, restrictions }: Layer, wall: number): string | undefined => {
  const begins = Date.parse(`${start}T${handOff}Z`);
  const isOver = end !== null && wall >= Date.parse(`${end}T${handOff}Z`);
  if (wall < begins || isOver || (restrictions.length > 0 && !isOpen(restrictions, wall))) return undefined;
  return users[Math.floor((wall - begins) / turnMs(rotation)) % users.length];
};

const overriddenBy = (users: readonly string[], { kind, userId, insteadOf }: AddOverride): readonly string[] => {
  if (kind === 'remove') return users.filter((each) => each !== userId);
  if (kind === 'add') return [...users, userId];
  if (insteadOf === null) return [userId];
  return users.map((each) => (each === insteadOf ? userId : each));
};

const onCallBy = (rota: Rota, overrides: readonly AddOverride[], at: number): readonly string[] => {
  const wall = wallIn(rota.timeZone, at);
  const turn = rota.layers.map((layer) => turnOf(layer, wall)).findLast((user) => user !== undefined);
  const users = overrides
    .filter(({ from, to }) => Date.parse(from) <= at && at < Date.parse(to))
    .reduce(overriddenBy, turn === undefined ? [] : [turn]);
  return [...new Set(users)];
};

/** Whether a step counts at an instant: in its hours, or where no step of the policy counts. */
export const stepCounts = (step: Step, steps: readonly Step[], at: number): boolean => {
  const isIn = ({ hours }: Step): boolean => !hours || isOpen(hours.windows, wallIn(hours.timeZone, at));
  return isIn(step) || !steps.some(isIn);
};

/** A requested change. It counts from the moment at which the table took it, whatever the caller was answered. */
export interface Asked<T> {
  readonly is: T;
  /** The caller got an answer that confirms it. */
  isAnswered: boolean;
  takenAt?: number;
}

/** Records requested changes and when the table took them, and computes who is on call. */
export const rosterOf = (now: () => number) => {
  const rotas = new Map<string, Asked<Rota>>();
  const overrides = new Map<string, Asked<AddOverride>>();
  const teams = new Map<string, Asked<readonly string[]>>();
  /** Ids of overrides whose removal was requested. */
  const unwanted = new Set<string>();
  const oddities: string[] = [];
  const rotaSince: Since<Rota>[] = [];
  const overridesSince: Since<readonly { readonly note: string; readonly is: AddOverride }[]>[] = [{ at: 0, is: [] }];
  const teamSince: Since<readonly string[]>[] = [];

  const ask =
    <T>(of: Map<string, Asked<T>>) =>
    (name: string, is: T): Asked<T> => {
      const asked: Asked<T> = { is, isAnswered: false };
      of.set(name, asked);
      return asked;
    };
  const take =
    <T>(of: Map<string, Asked<T>>, since: Since<T>[]) =>
    (name: string): void => {
      const asked = of.get(name);
      if (!asked) oddities.push(`${name} was written, and nobody asked for it`);
      else since.push({ at: (asked.takenAt = now()), is: asked.is });
    };
  const overrideTaken = (note: string): void => {
    const asked = overrides.get(note);
    if (!asked) return void oddities.push(`${note} was written, and nobody asked for it`);
    const others = (overridesSince.at(-1)?.is ?? []).filter((each) => each.note !== note);
    overridesSince.push({ at: (asked.takenAt = now()), is: [...others, { note, is: asked.is }] });
  };
  const overrideGone = (id: string, note: string): void => {
    if (!unwanted.has(id)) return void oddities.push(`${note} is gone, and nobody took it back`);
    overridesSince.push({ at: now(), is: (overridesSince.at(-1)?.is ?? []).filter((each) => each.note !== note) });
  };

  const within = <T>(since: readonly Since<T>[], from: number, to: number): readonly T[] =>
    since.filter(({ at }, i) => at <= to && (since[i + 1]?.at ?? Infinity) > from).map(({ is }) => is);

  /** Who is on call at an instant, as a reader may find it between `from` and `to`: several answers if it changed. */
  const onCall = (at: number, from: number, to: number): readonly (readonly string[])[] =>
    within(rotaSince, from, to).flatMap((rota) =>
      within(overridesSince, from, to).map((all) =>
        onCallBy(
          rota,
          all.map(({ is }) => is),
          at,
        ),
      ),
    );

  return {
    asksForRota: ask(rotas),
    asksForOverride: ask(overrides),
    asksForTeam: ask(teams),
    wantsBack: (id: string) => void unwanted.add(id),
    rotaTaken: take(rotas, rotaSince),
    teamTaken: take(teams, teamSince),
    overrideTaken,
    overrideGone,
    onCall,
    /** The people behind a target at an instant, as a reader may find them between `from` and `to`. */
    standsFor: ({ type, id }: Pick<Target, 'type' | 'id'>, at: number, from: number, to: number) => {
      if (type === 'schedule') return onCall(at, from, to);
      return type === 'team' ? within(teamSince, from, to) : [[id]];
    },
    /** Changes that were confirmed and never written, or written and never requested. */
    oddities: (): readonly string[] => [
      ...oddities,
      ...[...rotas, ...overrides, ...teams].flatMap(([name, { isAnswered, takenAt }]) =>
        isAnswered && takenAt === undefined ? [`${name} was said to be done, and was never written`] : [],
      ),
    ],
  };
};

export type Roster = ReturnType<typeof rosterOf>;
