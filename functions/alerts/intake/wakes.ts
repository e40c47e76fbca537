/*
 * When a container that spilled events wakes the reader of the spill queue, which otherwise reads once a minute. A woken reader looks for
 * `LOOKS_MS` after its start. A container wakes it at most once in `PAUSE_MS`, which is less: so an event that is spilled in the pause behind a
 * wake is still looked for by the reader that this wake started.
 */

/** For so long a woken reader looks into the queue again and again. */
export const LOOKS_MS = 6_000;
/** The least time between two wakes of a container. */
export const PAUSE_MS = 4_000;
/** Wakes in a row while no write succeeds. Behind them the table is in an outage, in which readers would only add to its load. */
const MOST_IN_VAIN = 3;

export interface Wakes {
  /** Events of this container wait in the queue, as far as it knows. */
  readonly owed: boolean;
  readonly lastAtMs: number;
  /** Wakes since a write succeeded. */
  readonly inVain: number;
}

export const NONE_OWED: Wakes = { owed: false, lastAtMs: Number.NEGATIVE_INFINITY, inVain: 0 };

/** Whether the reader is woken after an event was spilled, or after a write succeeded. */
export const mayWake = ({ owed, lastAtMs, inVain }: Wakes, at: Date): boolean =>
  owed && inVain < MOST_IN_VAIN && at.getTime() - lastAtMs >= PAUSE_MS * 2 ** Math.max(0, inVain - 1);

export const afterSpill = (wakes: Wakes): Wakes => ({ ...wakes, owed: true });

export const afterWrite = (wakes: Wakes): Wakes => ({ ...wakes, inVain: 0 });

/** After the reader was woken. While the table refuses, the wake may be in vain, so another one stays owed until a write succeeds. */
export const afterWake = ({ inVain }: Wakes, at: Date, isTableWell: boolean): Wakes => ({
  owed: !isTableWell,
  lastAtMs: at.getTime(),
  inVain: isTableWell ? 0 : inVain + 1,
});
