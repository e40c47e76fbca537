import * as z from 'zod/mini';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { lastRead } from '../last-read.ts';
import type { MetricReader } from './reader.ts';
import { seriesKey, type Measured } from './segment.ts';

/** A metric that was observed lately, and by what its series differ. */
export const KnownMetric = z
  .object({
    name: z.string(),
    unit: z.string(),
    /** How many series it has. */
    series: z.int(),
    lastAt: z.iso.datetime(),
    /** The values of each dimension, at most fifty. */
    dimensions: z.record(z.string(), z.array(z.string())),
  })
  .register(z.globalRegistry, { id: 'KnownMetric' });
export type KnownMetric = z.infer<typeof KnownMetric>;

const MINUTES = 60;
const MOST_VALUES = 50;
const FRESH_MS = 15_000;

/** The metrics in measurements, by name. */
export const metricsIn = (measured: readonly Measured[]): KnownMetric[] =>
  [...Map.groupBy(measured, ({ name }) => name)]
    .map(([name, all]): KnownMetric => {
      const pairs = all.flatMap(({ dimensions }) => Object.entries(dimensions));
      const values = Map.groupBy(pairs, ([dimension]) => dimension);
      return {
        name,
        unit: all[0]?.unit ?? '',
        series: new Set(all.map(seriesKey)).size,
        lastAt: new Date(all.reduce((latest, { rollup }) => Math.max(latest, rollup.lastAt), 0)).toISOString(),
        dimensions: Object.fromEntries(
          [...values].sort().map(([dimension, of]) => {
            const different = [...new Set(of.map(([, value]) => value))];
            return [dimension, different.sort().slice(0, MOST_VALUES)];
          }),
        ),
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));

/** The metrics of the last hour, at most a quarter of a minute old. */
export const metricLister = ({
  reader,
  clock,
}: {
  readonly reader: Pick<MetricReader, 'recent'>;
  readonly clock: Clock;
}) => {
  const known = lastRead({ clock, freshMs: FRESH_MS, read: async () => metricsIn(await reader.recent(MINUTES)) });
  return async (): Promise<{ items: KnownMetric[] }> => ({ items: await known() });
};
