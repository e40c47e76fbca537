import { tooMany } from '../../../shared/kernel/errors.ts';

/** The free attempts, and how long a counter lives after the last attempt. */
export interface LockPolicy {
  readonly kind: 'account' | 'address' | 'confirmation';
  readonly freeAttempts: number;
  readonly forgetAfterSeconds: number;
}

/**
 * Five wrong passwords for an account or twenty from an address are free. Then a lock doubles from a minute to an hour. A session
 * that confirms its password is counted apart, so attackers at the login lock nobody out of a change of password.
 */
export const LOCKS = {
  account: { kind: 'account', freeAttempts: 5, forgetAfterSeconds: 86_400 },
  address: { kind: 'address', freeAttempts: 20, forgetAfterSeconds: 3_600 },
  confirmation: { kind: 'confirmation', freeAttempts: 5, forgetAfterSeconds: 86_400 },
} as const satisfies Readonly<Record<string, LockPolicy>>;

/** The seconds of the lock after this many attempts in a row: 0 for the free ones, then 60, 120, 240 … 3600. */
export const lockSeconds = (policy: LockPolicy, attempts: number): number =>
  attempts <= policy.freeAttempts ? 0 : Math.min(60 * 2 ** Math.min(attempts - policy.freeAttempts - 1, 10), 3600);

/** The refusal of an attempt past the free ones. */
export const locked = ({ retryAfterSeconds }: { readonly retryAfterSeconds: number }) =>
  tooMany('auth.locked', 'Too many attempts. Try again after the seconds in Retry-After.', { retryAfterSeconds });
