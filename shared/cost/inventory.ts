/** Queues by kind, since a request to a FIFO queue costs more. */
export interface QueueCount {
  readonly standard: number;
  readonly fifo: number;
}

/**
 * What a stage consists of, as far as it costs money whether or not anything happens, and what its functions are sized at. The
 * deployment counts it from its own resources (`infra/constructs/inventory.ts`).
 */
export interface Inventory {
  readonly alarms: number;
  readonly dashboards: number;
  readonly keys: number;
  readonly secrets: number;
  /** Web ACLs, each with one rule. */
  readonly webAcls?: number;
  readonly queues: number;
  readonly logGroups: number;
  /** Queues that functions poll. */
  readonly polled: QueueCount;
  /** Queues that functions read each minute. */
  readonly readEachMinute: QueueCount;
  /** Readers of streams and queues that are encrypted with the key of the stage, by how many seconds a data key lasts. */
  readonly dataKeySeconds: readonly number[];
  /** Runs of functions by the clock in a day. X-Ray samples none of them. */
  readonly runsADay: number;
  readonly hasSelfMonitor: boolean;
  readonly logsAccess: boolean;
  readonly tracesIntake: boolean;
  /** Machines have the address whose requests cost less; it is counted as if all used it. */
  readonly hasIngestApi: boolean;
  /** Memory of the functions that are called most. */
  readonly memoryMb: Readonly<Record<Sized, number>>;
}

export const SIZED = ['intake', 'relay', 'keeper', 'checks', 'rules'] as const;
export type Sized = (typeof SIZED)[number];
