import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** Whether this is `npm run test:long`; set by `vitest.config.ts`. */
    readonly allRuns: boolean;
  }
}

/** How many runs of a property, or seeds of a simulation, are played: a tenth in `npm test`, all in `npm run test:long`. */
export const runs = (all: number): number => (inject('allRuns') ? all : Math.ceil(all / 10));

/** The cases that this suite plays: the first tenth in `npm test`, at least one, all in `npm run test:long`. */
export const sampled = <Case>(all: readonly Case[]): readonly Case[] => all.slice(0, runs(all.length));

/** All of these in `npm run test:long`, a few of them in `npm test`. */
export const allOr = <Case>(all: readonly Case[], few: readonly Case[]): readonly Case[] =>
  inject('allRuns') ? all : few;
