/** Attribute `kind` of the records for people in the table's stream. Readers filter by it. */
export const SHIFT_STARTED = 'shift-started';
export const SHIFT_ENDED = 'shift-ended';
export const SWAP_CHANGED = 'swap-changed';

/** Kinds of notices to people. */
export const TOLD_KINDS = [SHIFT_STARTED, SHIFT_ENDED, SWAP_CHANGED] as const;

/**
 * The shift of a user has begun. It is in the on-call table under `kind` = `shift-started`, once for each schedule,
 * person and beginning, written as the minute tick finds it; the table's stream carries it. A user who was on call before
 * and still is gets no second notice. Nobody is notified of a shift that is over by the time it is found.
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

/**
 * The shift of a user is over, whether by the schedule, an override or a swap. It is in the on-call table under `kind` =
 * `shift-ended`, once for each schedule, person and end, written as the minute tick finds it. Only a user who
 * was notified of the beginning is notified of the end.
 */
export interface ShiftEnded {
  readonly kind: typeof SHIFT_ENDED;
  readonly scheduleId: string;
  readonly scheduleName: string;
  readonly timeZone: string;
  readonly userId: string;
  /** When it was found to have ended; RFC 3339 UTC. */
  readonly at: string;
  /** The users on call now; none in a gap. */
  readonly now: readonly string[];
}

/**
 * Somebody asks another to be on call in their place, or that was answered. It is in the on-call table under `kind` =
 * `swap-changed`, each time written again with its status.
 */
export interface SwapChanged {
  readonly kind: typeof SWAP_CHANGED;
  readonly id: string;
  readonly status: 'requested' | 'accepted' | 'declined' | 'cancelled';
  readonly scheduleName: string;
  readonly timeZone: string;
  /** The user who asks, and their name. */
  readonly fromUserId: string;
  readonly fromName: string;
  /** The user who is asked. */
  readonly toUserId: string;
  /** Time of the one who asks, and of the one who is asked; RFC 3339 UTC. */
  readonly give: { readonly from: string; readonly to: string };
  readonly take: { readonly from: string; readonly to: string } | null;
  readonly note: string;
}
