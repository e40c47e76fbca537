import type { Condition } from '../../../shared/aws/dynamo.ts';
import { unseal, type DataKeys } from '../../../shared/kernel/seal.ts';
import type { StoredUser } from '../accounts/user.ts';
import { confirmedFactors, ownerOf, type StoredPasskey } from './factor.ts';
import { keyMethod } from './passkey.ts';
import { recoveryHash } from './recovery-code.ts';
import { CODE, stepOfCode } from './totp.ts';

/** A code or an answer that is right and unused. The write that relies on it uses it up, so of two requests with one code one succeeds. */
export type Spent =
  | { readonly kind: 'totp'; readonly factorId: string; readonly step: number }
  | { readonly kind: 'recovery'; readonly hash: string }
  | ({ readonly kind: 'passkey'; readonly factorId: string } & Pick<
      StoredPasskey,
      'counter' | 'isSynced' | 'isBackedUp'
    >);

/** What a typed code uses up; undefined for a wrong code, and for one that was used before (RFC 6238 section 5.2). */
export const spentBy = (
  user: Pick<StoredUser, 'id' | 'factors' | 'recoveryCodes'>,
  code: string,
  keys: DataKeys,
  at: Date,
): Spent | undefined => {
  if (CODE.test(code)) {
    for (const [factorId, factor] of confirmedFactors(user)) {
      if (factor.kind !== 'totp') continue;
      const step = stepOfCode(unseal(keys, factor.secret, ownerOf(user.id, factorId)), code, at);
      if (step !== undefined && step > (factor.lastStep ?? -1)) return { kind: 'totp', factorId, step };
    }
    return undefined;
  }
  const hash = recoveryHash(code);
  return hash !== undefined && user.recoveryCodes?.[hash] ? { kind: 'recovery', hash } : undefined;
};

/** How a session began without a password: by a passkey that verified its owner, which is two factors by itself. */
export const WITHOUT_PASSWORD = { methods: ['user'] } as const;

/** How a person has proved who they are, in the words of RFC 8176. A session that began without a password goes on so. */
export const methodsOf = (
  spent: Spent | undefined,
  { methods = ['pwd'] }: { readonly methods?: readonly string[] } = {},
): readonly string[] => [
  methods.includes('pwd') ? 'pwd' : 'user',
  ...(spent?.kind === 'totp' ? ['otp'] : spent?.kind === 'passkey' ? [keyMethod(spent)] : []),
  ...(spent ? ['mfa'] : []),
];

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
  if (spent.kind === 'passkey') {
    // WebAuthn Level 3 section 6.1.1: a counter grows, or is 0 for ever. Then the challenge alone says that an answer counts once.
    const follows = spent.counter === 0 ? '=' : '<';
    return {
      set: {
        [`${path}.#counter`]: spent.counter,
        [`${path}.#isBackedUp`]: spent.isBackedUp,
        [`${path}.#lastUsedAt`]: at,
      },
      remove: [],
      when: { expression: `#${path}.#counter ${follows} :counter`, values: { counter: spent.counter } },
    };
  }
  return {
    set: { [`${path}.#lastStep`]: spent.step, [`${path}.#lastUsedAt`]: at },
    remove: [],
    when: {
      expression: `attribute_exists(#${path}.#confirmedAt) AND (attribute_not_exists(#${path}.#lastStep) OR #${path}.#lastStep < :step)`,
      values: { step: spent.step },
    },
  };
};
