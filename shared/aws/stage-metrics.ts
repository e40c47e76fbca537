/** Metrics that functions write for the whole stage: one alarm hears each, whichever function wrote it. */
export const STAGE_METRICS = {
  /** What takes the place of a function's name. */
  service: 'stage',
  /** For how many seconds the oldest record or message of a batch has failed. */
  failing: 'FailingSeconds',
  /** Something was set aside for a person. */
  setAside: 'SetAside',
} as const;
