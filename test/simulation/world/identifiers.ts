import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { chanceOf } from './random.ts';

/**
 * Has the random part of identifiers come from the seed. What is listed by its identifier is then in the same order whenever a
 * seed is played.
 */
export const identifiersFrom = (seed: number): void => {
  const chance = chanceOf(~seed);
  const digit = (): string => chance.between(0, 15).toString(16);
  globalThis.crypto.getRandomValues = (array) => {
    if (array instanceof Uint8Array) for (let i = 0; i < array.length; i++) array[i] = chance.between(0, 255);
    return array;
  };
  crypto.randomUUID = () => 'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replace(/x/g, digit) as crypto.UUID;
  syncBuiltinESMExports();
};
