import type { Bound } from '../../../shared/kernel/bound.ts';
import { newSecret, sha256 } from '../../../shared/kernel/ids.ts';
import type { AccountTable } from '../accounts/user-store.ts';
import type { StoredUser } from '../accounts/user.ts';
import type { SecurityEvent } from '../events.ts';
import { epochSeconds } from '../lifetimes.ts';
import { challengeKey, userKey } from '../table.ts';
import type { OpenedChallenge } from './challenge.ts';
import { confirmedFactors, hasSecondFactor, others, type StoredFactor } from './factor.ts';
import { spending, type Spent } from './spend.ts';
import type * as store from './store.ts';

/*
 * A user's second factors and the hashes of their recovery codes are in the user's item (access pattern 2), so that the write that relies
 * on a code also uses it up.
 *
 *  #  question                     index   key
 * 12  a challenge that was used    table   pk = CHALLENGE#<digest>, sk = CHALLENGE
 */

/** The functions of this file over a table. */
export type FactorStore = Bound<typeof store>;

/** Clocks of containers differ. */
const CHALLENGE_MARGIN_SECONDS = 3_600;

const ACTIVE = { expression: '#status = :active', values: { active: 'active' } } as const;

/** Adds a factor that is not confirmed, in place of one that was never confirmed. False where the user is gone or disabled. */
export const addFactor = async (
  { auth }: AccountTable,
  user: Pick<StoredUser, 'id' | 'factors'>,
  id: string,
  factor: StoredFactor,
): Promise<boolean> => {
  const key = userKey(user.id);
  if (user.factors === undefined) {
    await auth.update({ key, once: { factors: {}, recoveryCodes: {} }, when: ACTIVE });
  }
  const pending = Object.entries(user.factors ?? {}).filter(([, { confirmedAt }]) => confirmedAt === undefined);
  const { done } = await auth.update({
    key,
    set: { [`factors.#${id}`]: factor },
    remove: pending.map(([other]) => `factors.#${other}`),
    when: ACTIVE,
  });
  return done;
};

/** Uses a challenge up. False where it was used before. It is kept until it has expired, and a while longer. */
export const useChallenge = async ({ auth }: AccountTable, { text, expiresAt }: OpenedChallenge): Promise<boolean> => {
  const item = {
    ...challengeKey(sha256(text)),
    // By its id, a repeat of the request after a lost answer is recognised.
    writeId: newSecret(9),
    ttl: epochSeconds(expiresAt) + CHALLENGE_MARGIN_SECONDS,
  };
  const { done } = await auth.put(item, { expression: 'attribute_not_exists(#pk)' });
  return done;
};

/** Removes a factor. With the last one the recovery codes go, too. False where there was no such factor. */
export const removeFactor = async (
  { auth }: AccountTable,
  user: StoredUser,
  id: string,
  event: SecurityEvent,
): Promise<boolean> => {
  const rest = { factors: others(user.factors, id) };
  const [staying] = confirmedFactors(rest)[0] ?? [];
  // Beside a short password one factor stays, also of two that are removed at once.
  const stays = user.needsFactor && staying !== undefined ? ` AND attribute_exists(#factors.#${staying})` : '';
  const { done } = await auth.update({
    key: userKey(user.id),
    set: { event, ...(!hasSecondFactor(rest) && { recoveryCodes: {} }) },
    remove: [`factors.#${id}`],
    when: {
      expression:
        `attribute_exists(#factors.#${id})${stays}` +
        // Nobody has made the password short meanwhile.
        (user.needsFactor ? '' : ' AND (attribute_not_exists(#needsFactor) OR #needsFactor = :no)'),
      ...(!user.needsFactor && { values: { no: false } }),
    },
  });
  return done;
};

/** Replaces the recovery codes. False where the user has no second factor any more. */
export const replaceRecoveryCodes = async (
  { auth }: AccountTable,
  user: StoredUser,
  recoveryCodes: Readonly<Record<string, true>>,
  event: SecurityEvent,
): Promise<boolean> => {
  const { done } = await auth.update({
    key: userKey(user.id),
    set: { recoveryCodes, event },
    when: { expression: '#status = :active AND attribute_exists(#recoveryCodes)', values: ACTIVE.values },
  });
  return done;
};

/** Notes that the person of a session has proved again who they are. Undefined where the session has ended or the code was used. */
export const proveSession = async (
  accounts: AccountTable,
  user: StoredUser,
  {
    sessionId,
    provedAt,
    methods,
    spent,
  }: {
    readonly sessionId: string;
    readonly provedAt: string;
    readonly methods: readonly string[];
    readonly spent: Spent | undefined;
  },
): Promise<StoredUser | undefined> => {
  const session = `sessions.#${sessionId}`;
  const uses = spending(spent, provedAt);
  const { done, item } = await accounts.auth.update<StoredUser>({
    key: userKey(user.id),
    set: { [`${session}.#provedAt`]: provedAt, [`${session}.#methods`]: methods, ...uses.set },
    remove: uses.remove,
    when: {
      expression:
        `#status = :active AND #passwordHash = :checked AND attribute_exists(#${session})` +
        (uses.when ? ` AND ${uses.when.expression}` : ''),
      values: { ...ACTIVE.values, checked: user.passwordHash, ...uses.when?.values },
    },
  });
  return done ? item : undefined;
};
