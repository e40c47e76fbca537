import { mapLimit } from '../../../shared/kernel/map-limit.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { digestOf, digestsIn, grownRun, slotOf, type Segment } from './run.ts';
import { SLOT_MS } from './segment.ts';
import type { SegmentStore } from './segment-store.ts';

export interface MergeSlotDeps {
  readonly segments: Pick<SegmentStore, 'segmentsIn' | 'runsIn' | 'saveRun' | 'removeSegment'>;
  readonly clock: Clock;
}

/** Fewer are not worth a write. */
const MERGE_AT_LEAST = 32;
/** A segment that takes more than one write unit is nearly as dense as a run would be. */
const SMALL_BYTES = 1_000;
/** Bytes of segments that are merged by one write. */
const MERGED_AT_ONCE_BYTES = 128 * 1024;
const DELETES_AT_ONCE = 16;

/** As many from the front as fit into one write, at least one. */
const batchOf = (segments: readonly Segment[]): readonly Segment[] => {
  let bytes = 0;
  const end = segments.findIndex(({ body }) => (bytes += body.length) > MERGED_AT_ONCE_BYTES);
  return end < 0 ? segments : segments.slice(0, Math.max(1, end));
};

/**
 * Merges the small segments of the slot of an instant (epoch milliseconds), where there are many, and answers how
 * many. A run is written before its segments are deleted, and only over what was read. So a container that dies or comes second
 * leaves nothing that counts twice or not at all.
 */
export const mergeSlot = async (
  { segments, clock }: MergeSlotDeps,
  { bucket, at }: { readonly bucket: number; readonly at: number },
): Promise<number> => {
  const slot = slotOf(at);
  const end = slot + SLOT_MS - 1;
  const small = (await segments.segmentsIn(bucket, slot, end)).filter(({ body }) => body.length < SMALL_BYTES);
  if (small.length < MERGE_AT_LEAST) return 0;
  const runs = await segments.runsIn(bucket, slot, end);
  const known = new Set(runs.flatMap(digestsIn));
  let rest: readonly Segment[] = small.filter((segment) => !known.has(digestOf(segment)));
  let last = runs.at(-1);
  while (rest.length > 0) {
    const batch = batchOf(rest);
    last = grownRun(slot, last, batch);
    if (!(await segments.saveRun(bucket, last, clock.now()))) return 0;
    rest = rest.slice(batch.length);
  }
  await mapLimit(small, DELETES_AT_ONCE, (segment) => segments.removeSegment(bucket, segment));
  return small.length;
};
