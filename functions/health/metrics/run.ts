import { sha256 } from '../../../shared/kernel/ids.ts';
import { MINUTE_MS } from '../units.ts';
import { packed, rolledUp, SLOT_MS, unpacked } from './segment.ts';

/** The measurements of one call for a bucket, as the table stores them. */
export interface Segment {
  readonly item: string;
  readonly body: Uint8Array;
}

/** Segments of one slot that were merged, with the digests of their calls, eight bytes each. */
export interface Run extends Segment {
  readonly calls: Uint8Array;
  readonly version: number;
}

/** A slot is looked at for merging at one in so many of its segments. */
const MERGE_ONE_IN = 64;
/** A run that is as large as this is left as it is, and the next one begun. */
const FULL_RUN_BYTES = 32 * 1024;
const DIGEST_CHARS = 16;

/** The minute of a segment, as its key begins. */
export const minuteKey = (at: number): string => new Date(at).toISOString().slice(0, 16);

/** The instant at which a segment begins, read from its key. */
export const startOf = ({ item }: Pick<Segment, 'item'>): number => Date.parse(`${item.slice(0, 16)}Z`);

/** The first instant of the slot of an instant. */
export const slotOf = (at: number): number => at - (at % SLOT_MS);

/** Names a segment within a run. */
export const digestOf = ({ item }: Segment): string => sha256(item).slice(0, DIGEST_CHARS);

/** The segments that a run was merged of. */
export const digestsIn = ({ calls }: Run): string[] =>
  Buffer.from(calls)
    .toString('hex')
    .match(new RegExp(`.{${DIGEST_CHARS}}`, 'g')) ?? [];

/** True for one in sixty-four segments, the same ones for every reader: it is then time to look at their slot. */
export const isTurnToMerge = (item: string): boolean =>
  Number.parseInt(sha256(item).slice(0, 8), 16) % MERGE_ONE_IN === 0;

/** The last run of a slot with more segments in it, or, where that one is full or there is none, a run behind it. */
export const grownRun = (slot: number, last: Run | undefined, segments: readonly Segment[]): Run => {
  const open = last && last.body.length + last.calls.length < FULL_RUN_BYTES ? last : undefined;
  const number = last ? Number(last.item.slice(17)) + (open ? 0 : 1) : 0;
  const calls = Buffer.from(segments.map(digestOf).join(''), 'hex');
  const rows = [...(open ? [open] : []), ...segments].flatMap(({ body }) => unpacked(body));
  return {
    item: `${minuteKey(slot)}#${String(number).padStart(6, '0')}`,
    body: packed(rolledUp(rows, MINUTE_MS)),
    calls: open ? Buffer.concat([open.calls, calls]) : calls,
    version: (open?.version ?? 0) + 1,
  };
};
