/** Minutes from one inspection of Tocsin itself to the next. */
export const INSPECTED_MINUTES = 5;
/** Minutes from one look at functions that must run each minute to the next. */
export const SILENCE_MINUTES = 15;

/** What there is to inspect, by physical names. The deployment lists it. */
export interface Inspected {
  /** Queues that functions read. Senders hold messages of some back for so many seconds; absent where they hold none. */
  readonly queues: readonly { readonly name: string; readonly holdsBackSeconds?: number }[];
  /** Queues of what waits for a person. */
  readonly deadLetters: readonly string[];
  /** Functions that run by the clock. */
  readonly scheduled: readonly string[];
  /** Those that run each minute, by which all else is found that waits: their silence is trouble. */
  readonly everyMinute: readonly string[];
  /** Functions that read streams and queues. */
  readonly readers: readonly string[];
}
