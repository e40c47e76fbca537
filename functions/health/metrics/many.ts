import * as z from 'zod/mini';
import { Instant } from '../../../shared/kernel/instant.ts';
import { DimensionName, Dimensions, MAX_DIMENSIONS, MetricName } from './point.ts';
import { AggregationName, MAX_STEP_SECONDS, Series } from './query.ts';

export const MAX_QUERIES = 40;
/** An answer of all queries together stays below the 6 MB of a function. */
export const MAX_SERIES_OF_MANY = 12;
export const MAX_STEPS_OF_MANY = 200;

/** Questions about metrics that are answered together. Without a range the last hour is meant. */
export const AskedMany = z
  .strictObject({
    queries: z
      .array(
        z.strictObject({
          name: MetricName,
          from: z.optional(Instant),
          to: z.optional(Instant),
          step: z.optional(z.int().check(z.gte(60), z.lte(MAX_STEP_SECONDS))),
          aggregation: z._default(AggregationName, 'avg'),
          dimensions: z._default(Dimensions, {}),
          groupBy: z._default(z.array(DimensionName).check(z.maxLength(MAX_DIMENSIONS)), []),
        }),
      )
      .check(z.minLength(1), z.maxLength(MAX_QUERIES)),
  })
  .register(z.globalRegistry, { id: 'MetricQueries' });
export type AskedMany = z.infer<typeof AskedMany>;

/** The answer to one of them. */
export const ManySeries = z
  .object({
    series: z.array(Series),
    /** How many more series there are. */
    leftOut: z.int(),
    /** Seconds. */
    step: z.int(),
    refused: z.nullable(z.object({ code: z.string(), detail: z.string() })),
  })
  .register(z.globalRegistry, { id: 'ManySeries' });
export type ManySeries = z.infer<typeof ManySeries>;

const peakOf = ({ points }: Series): number => points.reduce((peak, { value }) => Math.max(peak, value), -Infinity);

/** The series that reach highest, as many as an answer shows. */
export const highest = (all: readonly Series[]): Series[] =>
  [...all].sort((one, other) => peakOf(other) - peakOf(one)).slice(0, MAX_SERIES_OF_MANY);
