/** Until when events go to the spill queue first, because the table refused one. */
export interface Circuit {
  readonly spareUntilMs: number;
}

export const CLOSED: Circuit = { spareUntilMs: 0 };

/**
 * How long one refusal spares the table. Long enough that an outage costs one time-out for many events, short enough that a
 * single throttled write does not delay alerts.
 */
export const SPARE_MS = 1500;

/** The way that an event takes first. */
export const firstWay = (circuit: Circuit, at: Date): 'store' | 'spill' =>
  at.getTime() < circuit.spareUntilMs ? 'spill' : 'store';

/** The circuit after the table refused or could not be reached at `at`. */
export const afterRefusal = (at: Date): Circuit => ({ spareUntilMs: at.getTime() + SPARE_MS });
