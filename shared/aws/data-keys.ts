import type { SSMClient } from '@aws-sdk/client-ssm';
import type { Clock } from '../kernel/clock.ts';
import type { DataKeys } from '../kernel/seal.ts';
import { parametersBelow } from './parameters.ts';

const FRESH_MS = 300_000;

/** Reads the data keys of a stage, and believes what was read for five minutes, or for as long as they cannot be read again. */
export const dataKeys = (
  { clock, ssm }: { readonly clock: Clock; readonly ssm: SSMClient },
  path: string,
): (() => Promise<DataKeys>) => {
  let known: { readonly at: number; readonly keys: DataKeys } | undefined;
  return async () => {
    const at = clock.now().getTime();
    if (known && at - known.at < FRESH_MS) return known.keys;
    try {
      known = { at, keys: keysIn(await parametersBelow(ssm, path), path) };
      return known.keys;
    } catch (error) {
      if (!known) throw error;
      return known.keys;
    }
  };
};

const keysIn = (found: ReadonlyMap<string, string>, path: string): DataKeys => {
  const byNumber = new Map(
    [...found].map(([name, value]) => [Number(name.slice(path.length + 1)), Buffer.from(value, 'base64url')]),
  );
  if (byNumber.size === 0)
    throw new Error(`There is no data key below ${path}: deploy the stage again to have it made`);
  return { newest: Math.max(...byNumber.keys()), byNumber };
};
