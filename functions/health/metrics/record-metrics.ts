import type { Caller, Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { invalid, type FieldError } from '../../../shared/kernel/errors.ts';
import { newSecret, sha256 } from '../../../shared/kernel/ids.ts';
import { timeRefusal, type SentPoint } from './point.ts';
import { rollupOfOne } from './rollup.ts';
import type { Measured, SeriesId } from './segment.ts';
import { MAX_SERIES } from './series-limit.ts';
import type { SegmentStore } from './segment-store.ts';

export interface RecordMetricsDeps {
  readonly segments: Pick<SegmentStore, 'write'>;
  readonly clock: Clock;
  readonly mayAdd: (series: SeriesId, at: Date) => boolean;
}

/** A batch of points, and the key by which its sender names it. */
export interface SentBatch {
  readonly points: readonly SentPoint[];
  readonly requestKey?: string | undefined;
}

export interface Recorded {
  readonly recorded: number;
}

/**
 * Records a batch of points, all or none. Where each point has a timestamp, the same batch again changes nothing; otherwise an
 * idempotency key has the same effect. Throws `metrics.time` and `metrics.cardinality` with a pointer to each point that it is about.
 */
export const recordMetrics = async (
  { segments, clock, mayAdd }: RecordMetricsDeps,
  { caller }: Pick<Request, 'caller'>,
  { points, requestKey }: SentBatch,
): Promise<Recorded> => {
  const now = clock.now();
  const measured = points.map(({ name, value, unit = '', dimensions = {}, timestamp }): Measured => {
    const at = timestamp === undefined ? now : new Date(timestamp);
    return { name, unit, dimensions, start: at.getTime(), rollup: rollupOfOne(value, at) };
  });
  refuse(
    'metrics.time',
    measured.map(({ start }) => timeRefusal(new Date(start), now)),
    'timestamp',
  );
  refuse(
    'metrics.cardinality',
    measured.map((series) =>
      mayAdd(series, now) ? undefined : `${series.name} has ${MAX_SERIES} series this hour: use fewer values`,
    ),
    'dimensions',
  );
  await segments.write(measured, callName(caller, points, requestKey), now);
  return { recorded: points.length };
};

const refuse = (code: string, reasons: readonly (string | undefined)[], field: string): void => {
  const errors = reasons.flatMap((detail, i): FieldError[] =>
    detail === undefined ? [] : [{ pointer: `/points/${i}/${field}`, detail }],
  );
  if (errors.length > 0)
    throw invalid(code, 'No point of this batch was recorded. Correct these points, and send the batch again.', {
      errors: errors.slice(0, 50),
    });
};

/** Names a call: alike for one that is sent again, and for no other. */
const callName = (caller: Caller, points: readonly SentPoint[], requestKey: string | undefined): string => {
  const tellsItself = points.every(({ timestamp }) => timestamp !== undefined);
  const text = requestKey ?? (tellsItself ? JSON.stringify(points) : newSecret(12));
  return sha256(caller.id, text).slice(0, 24);
};
