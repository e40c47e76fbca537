import type { Clock } from '../../../shared/kernel/clock.ts';
import { Problem } from '../../../shared/kernel/errors.ts';
import { mapLimit } from '../../../shared/kernel/map-limit.ts';
import { highest, MAX_STEPS_OF_MANY, type AskedMany, type ManySeries } from './many.ts';
import { rangeOf } from './query-metrics.ts';
import type { MetricReader } from './reader.ts';

const AT_ONCE = 6;

/** Answers questions about many metrics, each by itself: one that is refused says why, and stops no other. */
export const queryManyMetrics = async (
  { reader, clock }: { readonly reader: Pick<MetricReader, 'query'>; readonly clock: Clock },
  { queries }: AskedMany,
): Promise<{ items: ManySeries[] }> => {
  const now = clock.now();
  const items = await mapLimit(queries, AT_ONCE, async (query): Promise<ManySeries> => {
    try {
      const { from, to, stepSeconds } = rangeOf(query, now, MAX_STEPS_OF_MANY);
      const { name, aggregation, dimensions, groupBy } = query;
      const all = await reader.query({ name, from, to, stepSeconds, aggregation, dimensions, groupBy });
      const series = highest(all);
      return { series, leftOut: all.length - series.length, step: stepSeconds, refused: null };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return { series: [], leftOut: 0, step: 0, refused: { code: error.code, detail: error.message } };
    }
  });
  return { items };
};
