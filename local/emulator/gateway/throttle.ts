import type { LocalClock } from '../types.ts';
import type { Quota, Throttle } from './usage.ts';

/** Token buckets and request counts by name, in moved time. */
export interface Limits {
  /** Takes a token; false when the bucket is empty. A bucket begins full. */
  take(name: string, throttle: Throttle): boolean;
  /** Counts a request; false when the period's limit is reached. */
  count(name: string, quota: Quota): boolean;
}

const dayMs = 24 * 60 * 60 * 1000;

export function createLimits(clock: Pick<LocalClock, 'now'>): Limits {
  const buckets = new Map<string, { tokens: number; at: number }>();
  const counts = new Map<string, { period: number; used: number }>();
  return {
    take: (name, { rateLimit, burstLimit }) => {
      const now = clock.now();
      const bucket = buckets.get(name) ?? { tokens: burstLimit, at: now };
      bucket.tokens = Math.min(burstLimit, bucket.tokens + ((now - bucket.at) / 1000) * rateLimit);
      bucket.at = now;
      buckets.set(name, bucket);
      if (bucket.tokens < 1) return false;
      bucket.tokens -= 1;
      return true;
    },
    count: (name, quota) => {
      const period = periodOf(quota, clock.now());
      const found = counts.get(name);
      const count = found ?? { period, used: quota.offset };
      if (count.period !== period) {
        count.period = period;
        count.used = 0;
      }
      counts.set(name, count);
      if (count.used >= quota.limit) return false;
      count.used += 1;
      return true;
    },
  };
}

// The epoch was a Thursday; weeks begin on Sunday.
function periodOf(quota: Quota, now: number): number {
  if (quota.period === 'DAY') return Math.floor(now / dayMs);
  if (quota.period === 'WEEK') return Math.floor((now / dayMs + 4) / 7);
  const date = new Date(now);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}
