import { api, bodyOf, type Schemas } from '../api/client.ts';

export type Series = Schemas['MetricSeries'];
export type Aggregation = 'avg' | 'min' | 'max' | 'sum' | 'count' | 'last' | 'p50' | 'p90' | 'p95' | 'p99' | 'rate';

export interface MetricQuestion {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly aggregation: Aggregation;
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly groupBy?: readonly string[];
  readonly stepSeconds?: number;
}

/** One metric over time, a series for each group. */
export const readMetric = async (
  { name, from, to, aggregation, dimensions = {}, groupBy = [], stepSeconds }: MetricQuestion,
  signal?: AbortSignal,
): Promise<{ readonly items: readonly Series[]; readonly step: number }> => {
  const pairs = Object.entries(dimensions).map(([dimension, value]) => `${dimension}:${value}`);
  const body = await bodyOf(
    api.GET('/api/monitoring/metrics', {
      params: {
        query: {
          name,
          aggregation,
          from: new Date(from).toISOString(),
          to: new Date(to).toISOString(),
          ...(stepSeconds !== undefined && { step: stepSeconds }),
          ...(pairs.length > 0 && { dimensions: pairs.join(',') }),
          ...(groupBy.length > 0 && { groupBy: groupBy.join(',') }),
        },
      },
      ...(signal && { signal }),
    }),
  );
  if (typeof body === 'string') throw new Error('Metrics were asked for as JSON.');
  return body;
};
