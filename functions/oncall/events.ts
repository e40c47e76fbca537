/** Attribute `kind` of what the table's stream tells to people, by which its readers filter. */
export const SHIFT_STARTED = 'shift-started';
export const SHIFT_ENDED = 'shift-ended';
export const SWAP_CHANGED = 'swap-changed';

/** Kinds of what people are told. */
export const TOLD_KINDS = [SHIFT_STARTED, SHIFT_ENDED, SWAP_CHANGED] as const;

/**
 * Somebody's time on call has begun. It is in the on-call table under `kind` = `shift-started`, once for each schedule,
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

/**
 * Somebody's time on call is over, whether by the schedule, an override or a swap. It is in the on-call table under `kind` =
 * `shift-ended`, once for each schedule, person and end, written as the minute tick finds it. Only who was told of the
 * beginning is told of the end.
 */
export interface ShiftEnded {
  readonly kind: typeof SHIFT_ENDED;
  readonly scheduleId: string;
  readonly scheduleName: string;
  readonly timeZone: string;
  readonly userId: string;
  /** When it was found to have ended; RFC 3339 UTC. */
  readonly at: string;
  /** Who is on call now; nobody in a gap. */
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
  /** Who asks, and what they are called. */
  readonly fromUserId: string;
  readonly fromName: string;
  /** Who is asked. */
  readonly toUserId: string;
  /** Time of the one who asks, and of the one who is asked; RFC 3339 UTC. */
  readonly give: { readonly from: string; readonly to: string };
  readonly take: { readonly from: string; readonly to: string } | null;
  readonly note: string;
}
