import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import { newSecret, sha256 } from '../../../shared/kernel/ids.ts';
import { epochSeconds } from '../lifetimes.ts';
import { LISTING_INDEX } from '../table.ts';
import { lockSeconds, type LockPolicy } from './lock-out.ts';
import type * as store from './store.ts';

/*
 * Access patterns
 *
 *  #  question                                      index     key
 *  8  attempts for an account or from an address    table     pk = LOCK#<kind>#<digest>, sk = LOCK
 *  9  locks that hold now                           listing   listing = LOCKS, id >= now
 */

const LOCKS_LISTING = 'LOCKS';

const lockKey = (kind: string, subject: string) => ({ pk: `LOCK#${kind}#${sha256(subject)}`, sk: 'LOCK' });

/** The functions of this file over a table. */
export type LockStore = Bound<typeof store>;

interface LockItem {
  readonly attempts: number;
  readonly lastAt: string;
  readonly lockedUntil?: string;
}

/** An allowed attempt with the lock that it has set, or the seconds to wait. */
export type Attempt =
  | { readonly allowed: true; readonly lockedUntil: string | undefined }
  | { readonly allowed: false; readonly retryAfterSeconds: number };

/**
 * Counts an attempt before it is made, so that of many concurrent attempts only the free ones are allowed. Past the free ones each
 * allowed attempt sets the next lock, and only one is allowed when a lock ends.
 */
export const countAttempt = async (auth: Table, policy: LockPolicy, subject: string, at: Date): Promise<Attempt> => {
  const key = lockKey(policy.kind, subject);
  const now = at.toISOString();
  const forgetBefore = new Date(at.getTime() - policy.forgetAfterSeconds * 1000).toISOString();
  // An attempt has no event: by its id, a repeat of the request after a lost answer is recognised.
  const common = { writeId: newSecret(9), lastAt: now, ttl: epochSeconds(at) + policy.forgetAfterSeconds };
  for (let tries = 0; tries < 20; tries++) {
    const counted = await auth.update<LockItem>({
      key,
      set: common,
      add: { attempts: 1 },
      when: {
        expression: 'attribute_not_exists(#attempts) OR (#attempts < :free AND #lastAt > :forgetBefore)',
        values: { free: policy.freeAttempts, forgetBefore },
      },
    });
    if (counted.done) return { allowed: true, lockedUntil: undefined };
    const seen = counted.item;
    if (!seen) continue;
    if (seen.lockedUntil && seen.lockedUntil > now) {
      return { allowed: false, retryAfterSeconds: (Date.parse(seen.lockedUntil) - at.getTime()) / 1000 };
    }
    const isForgotten = seen.lastAt <= forgetBefore;
    const attempts = isForgotten ? 1 : seen.attempts + 1;
    const seconds = lockSeconds(policy, attempts);
    const lockedUntil = seconds > 0 ? new Date(at.getTime() + seconds * 1000).toISOString() : undefined;
    const claimed = await auth.update<LockItem>({
      key,
      set: {
        ...common,
        attempts,
        ...(lockedUntil && {
          lockedUntil,
          listing: LOCKS_LISTING,
          id: `${lockedUntil}#${policy.kind}`,
          ttl: Math.max(common.ttl, epochSeconds(new Date(lockedUntil))),
        }),
      },
      remove: lockedUntil ? [] : ['lockedUntil', 'listing', 'id'],
      when: {
        expression:
          '#attempts = :seen AND #lastAt = :lastAt' +
          (seen.lockedUntil ? ' AND #lockedUntil = :until' : ' AND attribute_not_exists(#lockedUntil)'),
        values: { seen: seen.attempts, lastAt: seen.lastAt, ...(seen.lockedUntil && { until: seen.lockedUntil }) },
      },
    });
    if (claimed.done) return { allowed: true, lockedUntil };
  }
  return { allowed: false, retryAfterSeconds: 1 };
};

/** Resets the counter of an account after a success. */
export const forgetAttempts = async (auth: Table, policy: LockPolicy, subject: string): Promise<void> => {
  await auth.remove(lockKey(policy.kind, subject));
};

/** Uncounts a successful attempt of an address, and removes the lock that it set. */
export const takeAttemptBack = async (
  auth: Table,
  policy: LockPolicy,
  subject: string,
  lockedUntil: string | undefined,
): Promise<void> => {
  await auth.update({
    key: lockKey(policy.kind, subject),
    add: { attempts: -1 },
    ...(lockedUntil && { remove: ['lockedUntil', 'listing', 'id'] }),
    when: {
      expression: lockedUntil ? '#attempts > :none AND #lockedUntil = :until' : '#attempts > :none',
      values: { none: 0, ...(lockedUntil && { until: lockedUntil }) },
    },
  });
};

/** Access pattern 9: the number of active locks, at most `atMost`. */
export const countLocks = async (auth: Table, at: Date, atMost: number): Promise<number> => {
  const { items } = await auth.queryOnce(
    {
      index: LISTING_INDEX,
      where: '#listing = :listing AND #id >= :now',
      values: { listing: LOCKS_LISTING, now: at.toISOString() },
    },
    atMost,
  );
  return items.length;
};
