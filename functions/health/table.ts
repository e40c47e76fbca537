import type { TableShape } from '../../shared/aws/table-shape.ts';

/** Sparse: what the minute tick must look at. `due` names a queue of its own, such as `HEARTBEAT`; `dueAt` is RFC 3339 UTC. */
export const DUE_INDEX = 'due';

/** Sparse: what is broken just now, whatever room it belongs to, since when and why. */
export const BROKEN_INDEX = 'broken';
export const BROKEN = 'BROKEN';

/** Attribute `kind` of what is known of a monitor, by which the stream tells it from all else. */
export const STATE_KIND = 'monitor-state';
/** The same of what is known of an instance of a rule. */
export const RULE_KIND = 'rule-state';
/** The same of the error budget of a service. */
export const BUDGET_KIND = 'budget-state';
/** The partition of the configuration. */
export const CONFIG = 'CONFIG';
/** How the partitions begin in which metrics come in. */
export const SEGMENT_PREFIX = 'METRICS#SEGMENT#';

/**
 * Keys and indexes of the health table, which the rooms of this context share. The store of each room says which
 * partitions are its own; no two begin alike.
 */
export const HEALTH_TABLE_SHAPE = {
  hash: 'part',
  range: 'item',
  indexes: {
    [DUE_INDEX]: { hash: 'due', range: 'dueAt' },
    [BROKEN_INDEX]: { hash: 'broken', range: 'brokenSince', projects: ['reason'] },
  },
  expiry: 'ttl',
} as const satisfies TableShape;
