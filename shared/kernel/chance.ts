import { randomInt } from 'node:crypto';

const STEPS = 2 ** 47;

/** A random number from 0, inclusive, to 1, exclusive. */
export const chance = (): number => randomInt(STEPS) / STEPS;
