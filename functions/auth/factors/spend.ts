import type { Condition } from '../../../shared/aws/dynamo.ts';
import { unseal, type DataKeys } from '../../../shared/kernel/seal.ts';
import type { StoredUser } from '../accounts/user.ts';
import { confirmedFactors, ownerOf } from './factor.ts';
import { recoveryHash } from './recovery-code.ts';
import { CODE, stepOfCode } from './totp.ts';

/** A code that is right and unused. The write that relies on it uses it up, so of two requests with one code one succeeds. */
export type Spent =
  | { readonly kind: 'totp'; readonly factorId: string; readonly step: number }
  | { readonly kind: 'recovery'; readonly hash: string };

/** What a typed code uses up; undefined for a wrong code, and for one that was used before (RFC 6238 section 5.2). */
export const spentBy = (
  user: Pick<StoredUser, 'id' | 'factors' | 'recoveryCodes'>,
  code: string,
  keys: DataKeys,
  at: Date,
): Spent | undefined => {
  if (CODE.test(code)) {
    for (const [factorId, factor] of confirmedFactors(user)) {
      const step = stepOfCode(unseal(keys, factor.secret, ownerOf(user.id, factorId)), code, at);
      if (step !== undefined && step > (factor.lastStep ?? -1)) return { kind: 'totp', factorId, step };
    }
    return undefined;
  }
  const hash = recoveryHash(code);
  return hash !== undefined && user.recoveryCodes?.[hash] ? { kind: 'recovery', hash } : undefined;
};

/** How a code was used, in the words of RFC 8176. */
export const methodsOf = (spent: Spent | undefined): readonly string[] =>
  spent === undefined ? ['pwd'] : spent.kind === 'totp' ? ['pwd', 'otp', 'mfa'] : ['pwd', 'mfa'];

/** The part of an update that uses a code up, with its condition. */
export const spending = (
  spent: Spent | undefined,
  at: string,
): {
  readonly set: Record<string, unknown>;
  readonly remove: readonly string[];
  readonly when: Condition | undefined;
} => {
  if (spent === undefined) return { set: {}, remove: [], when: undefined };
  if (spent.kind === 'recovery') {
    const path = `recoveryCodes.#${spent.hash}`;
    return { set: {}, remove: [path], when: { expression: `attribute_exists(#${path})` } };
  }
  const path = `factors.#${spent.factorId}`;
  return {
    set: { [`${path}.#lastStep`]: spent.step, [`${path}.#lastUsedAt`]: at },
    remove: [],
    when: {
      expression: `attribute_exists(#${path}.#confirmedAt) AND (attribute_not_exists(#${path}.#lastStep) OR #${path}.#lastStep < :step)`,
      values: { step: spent.step },
    },
  };
};
