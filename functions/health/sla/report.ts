import * as z from 'zod/mini';
import { burnRate } from './burn.ts';
import type { Span } from './period.ts';
import { tallied, type Segment } from './timeline.ts';

const Percent = z.nullable(z.number());
const Seconds = z.number();

/** What a service was over a range, and whether it is what its target says. */
export const SlaReport = z
  .object({
    service: z.nullable(z.string()),
    /** Where the report is about one monitor. */
    monitor: z.nullable(z.string()),
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    /** False while the range is not over: what lies ahead counts neither way. */
    complete: z.boolean(),
    target: z.object({ uptimePercent: z.number(), responseTimeMs: z.number() }),
    /** Null where nothing was observed. */
    uptimePercent: Percent,
    met: z.nullable(z.boolean()),
    seconds: z.object({
      up: Seconds,
      down: Seconds,
      maintenance: Seconds,
      /** Minutes in which our collection did not run. They count neither way. */
      gap: Seconds,
      unobserved: Seconds,
    }),
    errorBudget: z.object({
      allowedSeconds: Seconds,
      spentSeconds: Seconds,
      remainingSeconds: Seconds,
      /** How many times faster than allowed it was spent; null where nothing was observed, or nothing is allowed and some was. */
      burnRate: z.nullable(z.number()),
    }),
    outages: z.object({
      count: z.int(),
      longestSeconds: Seconds,
      /** The latest, newest first, a hundred at most. */
      latest: z.array(z.object({ from: z.iso.datetime(), to: z.nullable(z.iso.datetime()), seconds: Seconds })),
    }),
    responseTime: z.object({
      averageMs: z.nullable(z.number()),
      /** The 95th percentile, within one percent. */
      p95Ms: z.nullable(z.number()),
      /** Whether the 95th percentile is within the target. */
      met: z.nullable(z.boolean()),
    }),
  })
  .register(z.globalRegistry, { id: 'SlaReport' });
export type SlaReport = z.infer<typeof SlaReport>;

export interface Target {
  readonly uptimePercent: number;
  readonly responseTimeMs: number;
}

export interface ResponseTime {
  readonly averageMs: number;
  readonly p95Ms: number;
}

const LATEST = 100;
const seconds = (ms: number): number => ms / 1000;
const instant = (at: number): string => new Date(at).toISOString();

/**
 * The figures of a range out of its timeline, which ends where the range does or now. The budget is the share that the target
 * allows of the time that counts: what was observed, and what lies ahead. Time that was not observed is neither good nor bad.
 */
export const reportOf = (
  of: { readonly service: string | null; readonly monitor: string | null },
  range: Span,
  segments: readonly Segment[],
  target: Target,
  responseTime: ResponseTime | undefined,
  at: Date,
): SlaReport => {
  const spent = tallied(segments);
  const ahead = Math.max(0, range.to - Math.max(at.getTime(), range.from));
  const observed = spent.up + spent.down;
  const allowed = ((observed + ahead) * (100 - target.uptimePercent)) / 100;
  const uptimePercent = observed === 0 ? null : (spent.up / observed) * 100;
  const burn = burnRate(segments, target.uptimePercent);
  const outages = segments.filter(({ condition }) => condition === 'down');
  const goesOn = (outage: Segment): boolean => outage.to === at.getTime() && ahead > 0;
  return {
    ...of,
    from: instant(range.from),
    to: instant(range.to),
    complete: ahead === 0,
    target: { uptimePercent: target.uptimePercent, responseTimeMs: target.responseTimeMs },
    uptimePercent,
    met: uptimePercent === null ? null : uptimePercent >= target.uptimePercent,
    seconds: {
      up: seconds(spent.up),
      down: seconds(spent.down),
      maintenance: seconds(spent.maintenance),
      gap: seconds(spent.gap),
      unobserved: seconds(spent.unobserved),
    },
    errorBudget: {
      allowedSeconds: seconds(allowed),
      spentSeconds: seconds(spent.down),
      remainingSeconds: seconds(allowed - spent.down),
      burnRate: burn === undefined || burn === Infinity ? null : burn,
    },
    outages: {
      count: outages.length,
      longestSeconds: seconds(Math.max(0, ...outages.map(({ from, to }) => to - from))),
      latest: outages
        .slice(-LATEST)
        .reverse()
        .map((outage) => ({
          from: instant(outage.from),
          to: goesOn(outage) ? null : instant(outage.to),
          seconds: seconds(outage.to - outage.from),
        })),
    },
    responseTime: {
      averageMs: responseTime?.averageMs ?? null,
      p95Ms: responseTime?.p95Ms ?? null,
      met: responseTime ? responseTime.p95Ms <= target.responseTimeMs : null,
    },
  };
};
