/** Attribute `kind` of a `ShiftStarted` in the table, by which readers of the stream filter. */
export const SHIFT_STARTED = 'shift-started';

/**
 * Somebody's time on call has begun. It lies in the on-call table under `kind` = `shift-started`, once for each schedule,
 * person and beginning, written as the minute tick finds it; the table's stream carries it. Whoever was on call before and
 * still is, is not told again; a shift that is over by the time it is found is told to nobody.
 */
export interface ShiftStarted {
  readonly kind: typeof SHIFT_STARTED;
  readonly scheduleId: string;
  readonly scheduleName: string;
  readonly timeZone: string;
  readonly userId: string;
  /** When it was found to have begun; RFC 3339 UTC. */
  readonly at: string;
  /** When the next hand-off is, RFC 3339 UTC; absent where none is near. */
  readonly until?: string;
}
