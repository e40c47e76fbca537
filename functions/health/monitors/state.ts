import type { StoredMonitor } from './monitor.ts';

/** What a check found. */
export interface CheckResult {
  readonly ok: boolean;
  /** What is wrong, in a sentence; with what was found where all is well. */
  readonly reason: string;
  /** How long it took, in milliseconds. */
  readonly durationMs: number;
}

/** The state of a monitor. It is written only when it changes: a monitor that stays up costs nothing. */
export interface MonitorState {
  readonly id: string;
  readonly status: 'unknown' | 'up' | 'down';
  /** When the status began. */
  readonly since: string;
  readonly reason: string;
  /** Results in a row that speak against the status. */
  readonly against: number;
  /** It began or went on in maintenance: no alert opens. */
  readonly muted: boolean;
  /** One more with each change of the status or of `muted`. */
  readonly sequence: number;
  readonly version: number;
  /** The version of the definition that it was found by: both are written together when the definition changes. */
  readonly follows?: number;
}

/** What a heartbeat has reported. */
export interface Beat {
  /** When a run ended last, with success or not. */
  readonly lastPingAt?: string;
  /** Why the last run that ended had failed. */
  readonly failure?: string;
  /** Since when the latest run has been running, and its id. */
  readonly startedAt?: string | undefined;
  readonly startedRun?: string | undefined;
  /** Runs with an id that have begun and not ended, the latest last. */
  readonly runs?: readonly { readonly id: string; readonly at: string }[];
  /** How long the last run took of which the start is known. */
  readonly lastRunMs?: number;
  /** It is not overdue before: the tick did not run when it became so. */
  readonly sparedUntil?: string;
  /** When it must be looked at next. */
  readonly dueAt?: string;
  /** What the last ping brought along, at most 10 KB. */
  readonly lastLog?: string;
}

export type KnownState = MonitorState & Beat;

export const unknownState = (id: string, at: Date): MonitorState => ({
  id,
  status: 'unknown',
  since: at.toISOString(),
  reason: 'It has not been checked yet.',
  against: 0,
  muted: false,
  sequence: 0,
  version: 0,
  follows: 1,
});

/**
 * The state after a result. The same state where nothing changed. What is not known yet is up with the first success, and
 * down after as many failures as one that was up. What is down when its maintenance ends is news again.
 */
export const nextState = (
  { failAfter, recoverAfter }: Pick<StoredMonitor, 'failAfter' | 'recoverAfter'>,
  state: MonitorState,
  result: CheckResult,
  at: Date,
  muted: boolean,
): MonitorState => {
  const target = result.ok ? 'up' : 'down';
  if (state.status === target) {
    if (target === 'down' && state.muted && !muted) {
      return { ...state, muted, against: 0, sequence: state.sequence + 1, version: state.version + 1 };
    }
    return state.against === 0 ? state : { ...state, against: 0, version: state.version + 1 };
  }
  const against = state.against + 1;
  const needed = target === 'down' ? failAfter : state.status === 'unknown' ? 1 : recoverAfter;
  if (against < needed) {
    // What is up or down says why it is. What is not known yet says what was found so far.
    const found = state.status === 'unknown' && {
      reason: `It failed ${against} of the ${needed} times in a row after which it is down: ${result.reason}`,
    };
    return { ...state, ...found, against, version: state.version + 1 };
  }
  return {
    ...state,
    status: target,
    since: at.toISOString(),
    reason: result.reason,
    against: 0,
    muted,
    sequence: state.sequence + 1,
    version: state.version + 1,
  };
};

/** The state once nothing that was found counts any more. The same version: the caller writes it with what else changes. */
export const forgotten = <S extends MonitorState>(state: S, reason: string, at: Date): S =>
  state.status === 'unknown'
    ? { ...state, reason, against: 0, muted: false }
    : {
        ...state,
        status: 'unknown',
        since: at.toISOString(),
        reason,
        against: 0,
        muted: false,
        sequence: state.sequence + 1,
      };
