import * as z from 'zod/mini';
import { Instant } from '../../../shared/kernel/instant.ts';

/** Names as Prometheus and OpenTelemetry have them: letters, digits, and `_ . : / -` in between. */
export const MetricName = z
  .string()
  .check(z.regex(/^[A-Za-z_][A-Za-z0-9_.:/-]{0,199}$/, 'must be a name such as http.server.duration'));
export const DimensionName = z
  .string()
  .check(z.regex(/^[A-Za-z_][A-Za-z0-9_.:/-]{0,127}$/, 'must be a name such as region'));

export const MAX_POINTS = 1000;
export const MAX_DIMENSIONS = 16;
/** Of an export of OpenTelemetry, when it is inflated. */
export const MAX_EXPORT_BYTES = 4 * 1024 * 1024;
/** A point may lie this far ahead of us: clocks differ. */
export const MAX_AHEAD_MS = 5 * 60_000;
/** A point may be this old. Older ones belong to hours that are closed. */
export const MAX_AGE_MS = 60 * 60_000;

export const Dimensions = z
  .record(DimensionName, z.string().check(z.maxLength(256)))
  .check(
    z.refine((dimensions) => Object.keys(dimensions).length <= MAX_DIMENSIONS, `at most ${MAX_DIMENSIONS} dimensions`),
  );
export type Dimensions = Readonly<Record<string, string>>;

/** Beyond this, sums of values would leave what a double holds. */
export const MAX_VALUE = 1e290;

/** True for a number of which many can be summed. */
export const isCountable = (value: number | undefined): value is number =>
  value !== undefined && Math.abs(value) <= MAX_VALUE;

/** One observation as a client sends it. Without a time it is of now. JSON knows neither NaN nor infinities. */
export const SentPoint = z
  .strictObject({
    name: MetricName,
    value: z
      .number()
      .check(
        z.gte(-MAX_VALUE, 'must be at least -1e290: sums of lesser numbers leave what a double holds'),
        z.lte(MAX_VALUE, 'must be at most 1e290: sums of greater numbers leave what a double holds'),
      ),
    unit: z.optional(z.string().check(z.maxLength(32))),
    dimensions: z.optional(Dimensions),
    timestamp: z.optional(Instant),
  })
  .register(z.globalRegistry, { id: 'MetricPoint' });
export type SentPoint = z.infer<typeof SentPoint>;

export const SentPoints = z
  .strictObject({
    points: z.array(SentPoint).check(z.minLength(1), z.maxLength(MAX_POINTS)),
  })
  .register(z.globalRegistry, { id: 'MetricPoints' });
export type SentPoints = z.infer<typeof SentPoints>;

/** Why a point of this instant cannot be taken now, or undefined where it can. */
export const timeRefusal = (at: Date, now: Date): string | undefined => {
  const ageMs = now.getTime() - at.getTime();
  if (ageMs < -MAX_AHEAD_MS) return 'lies more than 5 minutes in the future: look at the clock of the sender';
  if (ageMs > MAX_AGE_MS) return 'lies more than an hour in the past';
  return undefined;
};
