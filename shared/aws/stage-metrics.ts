/**
 * Metrics that functions write for the whole stage, and only while something is wrong. Each has one alarm, whichever function wrote
 * it. `says` is the text of the alarm and of the log line that names the thing in trouble.
 */
export const STAGE_METRICS = {
  /** Seconds that it waits beyond what it may. */
  late: {
    name: 'LateSeconds',
    unit: 'Seconds',
    statistic: 'Maximum',
    says: 'A record or a message waits longer than it should.',
  },
  /** Messages and records. */
  deadLetters: {
    name: 'DeadLetters',
    unit: 'Count',
    statistic: 'Maximum',
    says: 'Something could not be processed and was set aside.',
  },
  /** Counted once a minute in each container. */
  refusedWrites: {
    name: 'RefusedWrites',
    unit: 'Count',
    statistic: 'Sum',
    says: 'DynamoDB refuses writes of a table or of one of its indexes.',
  },
  /** Failed runs of schedules, runs of readers that all fail, throttled runs, and functions that should run each minute and do not. */
  functionFaults: {
    name: 'FunctionFaults',
    unit: 'Count',
    statistic: 'Sum',
    says: 'A function fails, is throttled, or does not run.',
  },
  /** Steps, pages and checks of escalations, all of which were repaired. */
  latePages: {
    name: 'LatePages',
    unit: 'Count',
    statistic: 'Sum',
    says: 'Escalations were late or missing. They were repaired, and somebody may have been paged late.',
  },
  unreachedAlerts: {
    name: 'UnreachedAlerts',
    unit: 'Count',
    statistic: 'Maximum',
    says: 'Alerts are open, and all steps of their policies have reached nobody.',
  },
} as const;

export type StageMetric = keyof typeof STAGE_METRICS;

/** What takes the place of a function's name in these metrics. */
export const STAGE_SERVICE = 'stage';
