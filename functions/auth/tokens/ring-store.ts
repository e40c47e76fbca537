import { setTimeout as pause } from 'node:timers/promises';
import {
  createParameter,
  deleteParameter,
  parameter,
  parametersBelow,
  type Parameters,
} from '../../../shared/aws/parameters.ts';
import type { KeyRing, StoredSigningKey } from './signing-key.ts';

/** The parameters of the private keys: each is one below the path, named by its number. */
export interface RingParameters extends Parameters {
  readonly path: string;
}

/** A ring as it is stored. */
export interface StoredRing extends KeyRing {
  /** The number of the key that was made last; 0 where there is none. */
  readonly last: number;
}

/** Parameter Store may show a parameter a moment after it was made. */
const READ_AGAIN_MS = [50, 100, 200, 400, 800, 1_600] as const;

const nameOf = (path: string, number: number): string => `${path}/${number}`;
const numberIn = (name: string): number => Number(name.slice(name.lastIndexOf('/') + 1));

/** The keys by their numbers. A ring that nobody has filled is empty. */
export const readRing = async ({ ssm, path }: RingParameters): Promise<StoredRing> => {
  const found = [...(await parametersBelow(ssm, path))]
    .map(([name, value]) => ({ number: numberIn(name), key: JSON.parse(value) as StoredSigningKey }))
    .sort((one, other) => one.number - other.number);
  return { keys: found.map(({ key }) => key), last: found.at(-1)?.number ?? 0 };
};

/**
 * Adds a key to a ring as it was read, and answers the ring as it then is. The successor of a key has one number, and a number is written
 * once: of several writers of one ring one wins, and the others get the winner's key.
 */
export const addKey = async (of: RingParameters, seen: StoredRing, key: StoredSigningKey): Promise<StoredRing> => {
  const last = seen.last + 1;
  const isOurs = await createParameter(of, nameOf(of.path, last), JSON.stringify(key));
  return { keys: [...seen.keys, isOurs ? key : await winnerOf(of, last)], last };
};

const winnerOf = async ({ ssm, path }: RingParameters, number: number): Promise<StoredSigningKey> => {
  for (const ms of READ_AGAIN_MS) {
    const value = await parameter(ssm, nameOf(path, number));
    if (value !== undefined) return JSON.parse(value) as StoredSigningKey;
    await pause(ms);
  }
  throw new Error(`The parameter ${nameOf(path, number)} was made by another writer, and cannot be read`);
};

/** Deletes the keys whose ids are given. */
export const deleteKeys = async ({ ssm, path }: RingParameters, kids: readonly string[]): Promise<void> => {
  for (const [name, value] of await parametersBelow(ssm, path)) {
    if (kids.includes((JSON.parse(value) as StoredSigningKey).kid)) await deleteParameter(ssm, name);
  }
};
