import { isIPv6 } from 'node:net';
import { tooMany } from '../../../shared/kernel/errors.ts';

/** How many attempts are free, and how long a counter remembers after the last one. */
export interface LockPolicy {
  readonly kind: 'account' | 'address' | 'confirmation';
  readonly freeAttempts: number;
  readonly forgetAfterSeconds: number;
}

/**
 * Five wrong passwords for one account, twenty from one address, then a lock that doubles from a minute to an hour. A
 * session that confirms the password is counted apart: strangers who guess at the login lock nobody out of a change.
 */
export const LOCKS = {
  account: { kind: 'account', freeAttempts: 5, forgetAfterSeconds: 86_400 },
  address: { kind: 'address', freeAttempts: 20, forgetAfterSeconds: 3_600 },
  confirmation: { kind: 'confirmation', freeAttempts: 5, forgetAfterSeconds: 86_400 },
} as const satisfies Readonly<Record<string, LockPolicy>>;

/** How long the door stays shut after this many attempts in a row: 0 for the free ones, then 60, 120, 240 … 3600. */
export const lockSeconds = (policy: LockPolicy, attempts: number): number =>
  attempts <= policy.freeAttempts ? 0 : Math.min(60 * 2 ** Math.min(attempts - policy.freeAttempts - 1, 10), 3600);

/** What is counted as one address: an IPv4 address, or the /64 that one IPv6 subscriber owns. */
export const addressBlock = (ip: string): string => {
  if (!isIPv6(ip)) return ip;
  const [address = ''] = ip.toLowerCase().split('%');
  const [head = '', tail] = address.split('::');
  const groups = (part: string | undefined): string[] => (part ? part.split(':') : []);
  const missing = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array.from({ length: Math.max(missing, 0) }, () => '0'), ...groups(tail)];
  return all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
};

/** The refusal of an attempt past the free ones. */
export const locked = ({ retryAfterSeconds }: { readonly retryAfterSeconds: number }) =>
  tooMany('auth.locked', 'Too many attempts. Try again after the seconds in Retry-After.', { retryAfterSeconds });
