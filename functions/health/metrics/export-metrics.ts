import type { Caller } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { sha256 } from '../../../shared/kernel/ids.ts';
import { taken, type ExportMetrics } from './otlp.ts';
import { MAX_SERIES } from './series-limit.ts';
import type { RecordDeps } from './record.ts';

export interface Exported {
  readonly partialSuccess?: { readonly rejectedDataPoints: string; readonly errorMessage: string };
}

/**
 * Keeps an export of an OpenTelemetry SDK. What can be kept is; how much cannot, and why, is told as a partial success, which
 * an SDK logs and does not send again. The same export again changes nothing.
 */
export const exportMetrics = async (
  { store, clock, mayAdd }: RecordDeps & { readonly clock: Clock },
  caller: Caller,
  request: ExportMetrics,
): Promise<Exported> => {
  const now = clock.now();
  const { measured, rejected, reason } = taken(request, now);
  const kept = measured.filter((series) => mayAdd(series, now));
  if (kept.length > 0) await store.write(kept, sha256(caller.id, JSON.stringify(request)).slice(0, 24), now);
  const dropped = rejected + measured.length - kept.length;
  if (dropped === 0) return {};
  const errorMessage = reason ?? `a metric has at most ${MAX_SERIES} series an hour`;
  return { partialSuccess: { rejectedDataPoints: String(dropped), errorMessage } };
};
