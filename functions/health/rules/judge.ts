import { figureOf, mergedAll, rateWithin, type Aggregation, type Rollup } from '../metrics/rollup.ts';
import { hasDimensions, rolledUp, seriesKey, type Measured } from '../metrics/segment.ts';
import { MINUTE_MS } from '../units.ts';
import type { Dimensions } from '../metrics/point.ts';
import type { Condition, Operator, Simple } from './rule.ts';

/** What a condition comes to: it holds, it does not, or too little was observed to say. `because` says it in a sentence. */
export interface Judgement {
  readonly holds: boolean | undefined;
  readonly because: string;
}

/** What was observed of a metric, by its name. */
export type Observed = (metric: string) => readonly Measured[];

/**
 * Whether a minute of a series belongs to the window that ends at `to`: where its latest observation does. A series that is
 * observed once a minute is so seen exactly, and its window is never empty only because a minute has just begun.
 */
const isWithin = ({ start, rollup }: Measured, to: number, seconds: number): boolean =>
  start <= to && Math.max(rollup.lastAt, start) > to - seconds * 1000;

const within = (measured: readonly Measured[], wanted: Dimensions, to: number, seconds: number): Measured[] =>
  measured.filter((each) => isWithin(each, to, seconds) && hasDimensions(each, wanted));

/** The figure of a metric over the window of so many seconds that ends at `to`. */
const figure = (
  measured: readonly Measured[],
  wanted: Dimensions,
  { to, seconds, aggregation }: { readonly to: number; readonly seconds: number; readonly aggregation: Aggregation },
): number | undefined => {
  if (aggregation === 'rate')
    return rate(
      measured.filter((each) => each.start <= to && hasDimensions(each, wanted)),
      to,
      seconds,
    );
  const mine = within(measured, wanted, to, seconds);
  if (aggregation === 'last') return last(mine);
  const [first, ...rest] = mine.map(({ rollup }) => rollup);
  return first && figureOf(mergedAll([first, ...rest]), aggregation);
};

const bySeries = (measured: readonly Measured[]): Rollup[][] => {
  const series = new Map<string, Rollup[]>();
  for (const each of rolledUp(measured, MINUTE_MS).sort((a, b) => a.start - b.start)) {
    const key = seriesKey(each);
    series.set(key, [...(series.get(key) ?? []), each.rollup]);
  }
  return [...series.values()];
};

/** What counters grow by a second over the window, all series together. */
const rate = (measured: readonly Measured[], to: number, seconds: number): number | undefined => {
  const from = to - seconds * 1000;
  const rates = bySeries(measured).flatMap((rollups) => {
    const first = rollups.findIndex(({ lastAt }) => lastAt > from);
    return first < 0 ? [] : (rateWithin(rollups[first - 1], rollups.slice(first), from, to) ?? []);
  });
  return rates.length === 0 ? undefined : rates.reduce((a, b) => a + b, 0);
};

/** The latest observation of all series: where several are as late, the mean of them. */
const last = (measured: readonly Measured[]): number | undefined => {
  const latest = bySeries(measured).flatMap((rollups) => rollups.at(-1) ?? []);
  return latest.length === 0 ? undefined : latest.reduce((sum, each) => sum + each.last, 0) / latest.length;
};

const compare = (value: number, operator: Operator, limit: number): boolean => {
  switch (operator) {
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
  }
};

const told = (value: number): string => String(Number(value.toPrecision(4)));
const span = (seconds: number): string =>
  seconds % 3600 === 0 ? `${seconds / 3600} h` : seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;

const judgeSimple = (condition: Simple, observed: Observed, to: number, isFiring: boolean): Judgement => {
  switch (condition.type) {
    case 'threshold': {
      const { metric, dimensions, aggregation, windowSeconds, operator, value: limit, recoverValue } = condition;
      const value = figure(observed(metric), dimensions, { to, seconds: windowSeconds, aggregation });
      if (value === undefined) return missing(metric, windowSeconds);
      const bound = isFiring && recoverValue !== undefined ? recoverValue : limit;
      const holds = compare(value, operator, bound);
      return {
        holds,
        because: `${aggregation} of ${metric} over ${span(windowSeconds)} is ${told(value)}, ${holds ? '' : 'not '}${operator} ${told(bound)}`,
      };
    }
    case 'change': {
      const { metric, dimensions, aggregation, windowSeconds, baselineSeconds, direction, percent } = condition;
      const value = figure(observed(metric), dimensions, { to, seconds: windowSeconds, aggregation });
      const earlier = observed(metric).filter((each) => !isWithin(each, to, windowSeconds));
      const baseline = figure(earlier, dimensions, {
        to: to - windowSeconds * 1000,
        seconds: baselineSeconds,
        aggregation,
      });
      if (value === undefined) return missing(metric, windowSeconds);
      if (baseline === undefined || baseline === 0) return missing(`a baseline of ${metric}`, baselineSeconds);
      const change = ((value - baseline) / Math.abs(baseline)) * 100;
      const holds = (direction !== 'up' && -change > percent) || (direction !== 'down' && change > percent);
      return {
        holds,
        because: `${aggregation} of ${metric} over ${span(windowSeconds)} is ${told(value)}, ${told(Math.abs(change))} % ${change < 0 ? 'below' : 'above'} ${told(baseline)} over the ${span(baselineSeconds)} before; the limit is ${percent} %`,
      };
    }
    case 'ratio': {
      const { numerator, denominator, aggregation, windowSeconds, operator, percent, atLeast } = condition;
      const of = figure(observed(denominator.metric), denominator.dimensions, {
        to,
        seconds: windowSeconds,
        aggregation,
      });
      if (of === undefined || of < atLeast || of === 0) return missing(denominator.metric, windowSeconds);
      // What was never counted did not happen.
      const part =
        figure(observed(numerator.metric), numerator.dimensions, { to, seconds: windowSeconds, aggregation }) ?? 0;
      const share = (part / of) * 100;
      const holds = compare(share, operator, percent);
      return {
        holds,
        because: `${numerator.metric} is ${told(share)} % of ${denominator.metric} over ${span(windowSeconds)}, ${holds ? '' : 'not '}${operator} ${percent} %`,
      };
    }
    case 'absence': {
      const { metric, dimensions, windowSeconds } = condition;
      const holds = within(observed(metric), dimensions, to, windowSeconds).length === 0;
      return { holds, because: `${metric} was ${holds ? 'not ' : ''}observed within ${span(windowSeconds)}` };
    }
  }
};

const missing = (what: string, seconds: number): Judgement => ({
  holds: undefined,
  because: `nothing was observed of ${what} within ${span(seconds)}`,
});

/**
 * Judges a condition at an instant. `isFiring` tells which side of a hysteresis counts. In combinations what is unknown
 * decides only where the rest does not (Kleene's logic of three values).
 */
export const judge = (condition: Condition, observed: Observed, to: number, isFiring: boolean): Judgement => {
  if (condition.type === 'not') {
    const { holds, because } = judgeSimple(condition.condition, observed, to, isFiring);
    return { holds: holds === undefined ? undefined : !holds, because };
  }
  if (condition.type !== 'all' && condition.type !== 'any') return judgeSimple(condition, observed, to, isFiring);
  const decides = condition.type === 'any';
  const all = condition.conditions.map((each) => judgeSimple(each, observed, to, isFiring));
  const deciding = all.filter(({ holds }) => holds === decides);
  if (deciding.length > 0) return { holds: decides, because: deciding.map(({ because }) => because).join('; ') };
  const unknown = all.filter(({ holds }) => holds === undefined);
  if (unknown.length > 0) return { holds: undefined, because: unknown.map(({ because }) => because).join('; ') };
  return { holds: !decides, because: all.map(({ because }) => because).join('; ') };
};
