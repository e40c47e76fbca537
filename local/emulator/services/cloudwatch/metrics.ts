/** A metric by its namespace, name and dimensions. */
export interface MetricId {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export interface Datapoint {
  /** Begin of the period, epoch milliseconds. */
  readonly at: number;
  readonly value: number;
}

export interface Metrics {
  /** Counts values of an instant; `times` says how often each was observed. */
  record(metric: MetricId, at: number, values: readonly number[], times?: readonly number[]): void;
  /** Every metric with an observation. */
  list(): readonly MetricId[];
  /** One value for each whole period from `from` to before `to` in which something was observed, oldest first. */
  read(metric: MetricId, statistic: string, periodMs: number, from: number, to: number): readonly Datapoint[];
}

const MINUTE_MS = 60_000;
/** Minutes that a metric keeps, and metrics that are kept; the oldest go. */
const MAX_MINUTES = 24 * 60;
const MAX_METRICS = 5_000;

type Observed = readonly [value: number, times: number][];

const keyOf = ({ namespace, name, dimensions }: MetricId): string =>
  JSON.stringify([namespace, name, Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1))]);

const countOf = (observed: Observed): number => observed.reduce((sum, [, times]) => sum + times, 0);
const sumOf = (observed: Observed): number => observed.reduce((sum, [value, times]) => sum + value * times, 0);

const percentile = (observed: Observed, percent: number): number => {
  const sorted = [...observed].sort(([a], [b]) => a - b);
  let left = (countOf(observed) * percent) / 100;
  for (const [value, times] of sorted) if ((left -= times) <= 0) return value;
  return sorted.at(-1)?.[0] ?? 0;
};

const statisticOf = (observed: Observed, statistic: string): number | undefined => {
  const values = observed.map(([value]) => value);
  switch (statistic) {
    case 'Sum':
      return sumOf(observed);
    case 'SampleCount':
      return countOf(observed);
    case 'Average':
      return sumOf(observed) / countOf(observed);
    case 'Minimum':
      return Math.min(...values);
    case 'Maximum':
      return Math.max(...values);
    default: {
      const percent = /^p(\d{1,2}(?:\.\d+)?)$/.exec(statistic)?.[1];
      return percent === undefined ? undefined : percentile(observed, Number(percent));
    }
  }
};

/** What was observed, by the minute, in memory. */
export const metricsInMemory = (): Metrics => {
  const known = new Map<string, Map<number, [number, number][]>>();
  return {
    record: (metric, at, values, times = []) => {
      const key = keyOf(metric);
      const minutes = known.get(key) ?? new Map<number, [number, number][]>();
      known.set(key, minutes);
      const minute = Math.floor(at / MINUTE_MS) * MINUTE_MS;
      const observed = minutes.get(minute) ?? [];
      minutes.set(minute, observed);
      observed.push(...values.map((value, i): [number, number] => [value, times[i] ?? 1]));
      const [oldestMinute] = minutes.keys();
      if (minutes.size > MAX_MINUTES && oldestMinute !== undefined) minutes.delete(oldestMinute);
      const [oldestMetric] = known.keys();
      if (known.size > MAX_METRICS && oldestMetric !== undefined) known.delete(oldestMetric);
    },
    list: () =>
      [...known.keys()].map((key) => {
        const [namespace, name, dimensions] = JSON.parse(key) as [string, string, [string, string][]];
        return { namespace, name, dimensions: Object.fromEntries(dimensions) };
      }),
    read: (metric, statistic, periodMs, from, to) => {
      const periods = new Map<number, [number, number][]>();
      for (const [minute, observed] of known.get(keyOf(metric)) ?? []) {
        if (minute < from || minute >= to) continue;
        const at = minute - ((minute - from) % periodMs);
        periods.set(at, [...(periods.get(at) ?? []), ...observed]);
      }
      return [...periods]
        .sort(([a], [b]) => a - b)
        .flatMap(([at, observed]): Datapoint[] => {
          const value = statisticOf(observed, statistic);
          return value === undefined ? [] : [{ at, value }];
        });
    },
  };
};
