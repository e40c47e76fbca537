import { bell, BROKEN_BELLS, type Verdict } from './bell.ts';
import { BROKEN_MESSAGES } from './broken-messages.ts';
import { BROKEN_RULES } from './broken-rules.ts';
import { BROKEN } from './broken.ts';
import { BROKEN_CHECKS, checks } from './checks.ts';
import { messages } from './messages.ts';
import { night } from './night.ts';
import { rules } from './rules.ts';
import seeds from './seeds.json' with { type: 'json' };
import { BROKEN_SESSIONS, sessions } from './sessions.ts';
import { BROKEN_WATCHES, watch } from './watch.ts';
import { weatherOf } from './world/weather.ts';
import type { Weather } from './world/world.ts';

/** A build that breaks a promise, and what the simulation says of it. */
export interface Broken {
  readonly tells: RegExp;
}

type Play<Breakage> = (seed: number, weather: Weather, breakage?: Breakage) => Promise<Verdict>;

/** A kind of run, and the builds that it must catch. */
export interface Scenario {
  readonly play: Play<never>;
  readonly broken: Readonly<Record<string, Broken>>;
}

const scenario = <Breakage>(play: Play<Breakage>, broken: Readonly<Record<string, Breakage & Broken>>): Scenario => ({
  play,
  broken,
});

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  bell: scenario(bell, BROKEN_BELLS),
  checks: scenario(checks, BROKEN_CHECKS),
  messages: scenario(messages, BROKEN_MESSAGES),
  night: scenario(night, BROKEN),
  rules: scenario(rules, BROKEN_RULES),
  sessions: scenario(sessions, BROKEN_SESSIONS),
  watch: scenario(watch, BROKEN_WATCHES),
};

/** A broken build, and the seed at which it was caught when seeds were last searched. */
export interface Suspect {
  readonly name: string;
  readonly build: string;
  readonly scenario: Scenario;
  readonly knownSeed: number | undefined;
}

export const SUSPECTS: readonly Suspect[] = Object.entries(SCENARIOS).flatMap(([name, each]) =>
  Object.keys(each.broken).map((build) => ({
    name,
    build,
    scenario: each,
    knownSeed: (seeds as Readonly<Record<string, Readonly<Record<string, number>>>>)[name]?.[build],
  })),
);

/** Whether a run of this seed catches the build. */
export const catches = async ({ scenario: { play, broken }, build }: Suspect, seed: number): Promise<boolean> => {
  const { tells, ...breakage } = broken[build] as Broken;
  const { failures } = await play(seed, weatherOf(seed), breakage as never);
  return failures.some((failure) => tells.test(failure));
};

/** The first of so many seeds that catches the build; undefined where none does. */
export const caughtAt = async (suspect: Suspect, first: number, most: number): Promise<number | undefined> => {
  for (let seed = first; seed < first + most; seed++) if (await catches(suspect, seed)) return seed;
  return undefined;
};
