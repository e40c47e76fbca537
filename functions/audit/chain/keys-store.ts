import { createPublicKey, type KeyObject } from 'node:crypto';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { parametersBelow } from '../../../shared/aws/parameters.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { privateKeyIn } from '../../../shared/kernel/key-pair.ts';
import { localSigner, publicKeyIn, trusting, type Signer, type TrustedKeys } from './signature.ts';

/** The keys below a path, the one with the highest number last. */
const keysBelow = async (ssm: SSMClient, path: string): Promise<readonly string[]> => {
  const found = [...(await parametersBelow(ssm, path))];
  if (found.length === 0) throw new Error(`There is no key below ${path}: deploy the stage again to have it made`);
  const numberOf = (name: string): number => Number(name.slice(path.length + 1));
  return found.toSorted(([one], [other]) => numberOf(one) - numberOf(other)).map(([, value]) => value);
};

/** The signer with the newest private key of a stage, and the keys by which its checkpoints were ever signed. */
export const signingKeys = async (
  ssm: SSMClient,
  path: string,
): Promise<{ readonly signer: Signer; readonly keys: TrustedKeys }> => {
  const privateKeys = (await keysBelow(ssm, path)).map(privateKeyIn);
  const newest = privateKeys.at(-1) as KeyObject;
  return { signer: localSigner(newest), keys: trusting(privateKeys.map((key) => createPublicKey(key))) };
};

const FRESH_MS = 300_000;

/** Reads the public keys of a stage, and believes what was read for five minutes. */
export const publicKeys = (
  { clock, ssm }: { readonly clock: Clock; readonly ssm: SSMClient },
  path: string,
): (() => Promise<TrustedKeys>) => {
  let known: { readonly at: number; readonly keys: TrustedKeys } | undefined;
  return async () => {
    const at = clock.now().getTime();
    if (!known || at - known.at >= FRESH_MS)
      known = { at, keys: trusting((await keysBelow(ssm, path)).map(publicKeyIn)) };
    return known.keys;
  };
};
