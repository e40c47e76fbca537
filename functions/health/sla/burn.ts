import { tallied, within, type Segment } from './timeline.ts';

/**
 * How fast an error budget may be spent before an alert opens: over the long window enough of it is gone, and the short window
 * shows that it is still being spent. Figures of the SRE Workbook, chapter 5, "Multiwindow, Multi-Burn-Rate Alerts"
 * (https://sre.google/workbook/alerting-on-slos/): 2 %, 5 % and 10 % of a budget of 30 days.
 */
export const BURN_ALERTS = [
  { name: 'fast', factor: 14.4, longSeconds: 3_600, shortSeconds: 300, severity: 'critical' },
  { name: 'medium', factor: 6, longSeconds: 6 * 3_600, shortSeconds: 1_800, severity: 'error' },
  { name: 'slow', factor: 1, longSeconds: 3 * 86_400, shortSeconds: 6 * 3_600, severity: 'warning' },
] as const;

export type BurnAlert = (typeof BURN_ALERTS)[number];
export type BurnName = BurnAlert['name'];

/** The longest time that any of them looks back. */
export const LONGEST_SECONDS = Math.max(...BURN_ALERTS.map(({ longSeconds }) => longSeconds));

/**
 * How many times faster than allowed the budget was spent: the share of observed time that a service was down, over the share
 * that its target allows. Undefined where nothing was observed; infinite where a target of 100 % was missed.
 */
export const burnRate = (segments: readonly Segment[], targetPercent: number): number | undefined => {
  const { up, down } = tallied(segments);
  if (up + down === 0) return undefined;
  return down === 0 ? 0 : down / (up + down) / (1 - targetPercent / 100);
};

export interface Burn {
  readonly alert: BurnAlert;
  /** Burn rates; null where the window is not full yet, or nothing was observed in it. */
  readonly long: number | null;
  readonly short: number | null;
  readonly fires: boolean;
}

/**
 * Which alerts fire at an instant, over a timeline that reaches back as far as the longest window. A window of which the
 * service was not watched in full is no window yet: nothing fires on it.
 */
export const burns = (
  segments: readonly Segment[],
  watchedSince: number | undefined,
  targetPercent: number,
  at: Date,
): Burn[] =>
  BURN_ALERTS.map((alert) => {
    const to = at.getTime();
    const rate = (seconds: number): number | null => {
      const from = to - seconds * 1000;
      if (watchedSince === undefined || watchedSince > from) return null;
      return burnRate(within(segments, { from, to }), targetPercent) ?? null;
    };
    const [long, short] = [rate(alert.longSeconds), rate(alert.shortSeconds)];
    const isFull = watchedSince !== undefined && watchedSince <= to - alert.longSeconds * 1000;
    const fires = isFull && (long ?? 0) >= alert.factor && (short ?? 0) >= alert.factor;
    return { alert, long, short, fires };
  });
