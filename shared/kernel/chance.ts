import { randomInt } from 'node:crypto';

const STEPS = 2 ** 47;

/** A number from 0, which it can be, to 1, which it cannot be. */
export const chance = (): number => randomInt(STEPS) / STEPS;
