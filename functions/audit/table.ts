import type { TableShape } from '../../shared/aws/table-shape.ts';

export const ACTOR_INDEX = 'actor';
export const ACTION_INDEX = 'action';
export const OUTCOME_INDEX = 'outcome';

/** The partition of the keys of entries that were stored late. */
export const LATE = 'late';
/** The partition of the checkpoints. */
export const CHECKPOINTS = 'checkpoint';
/** How the names of the copies of checkpoints begin, in their bucket. */
export const COPIES_PREFIX = 'checkpoints/';
/** The partitions of the entries, one a month. */
export const ENTRIES = '2*';

/** Keys and indexes of the audit table; `store.ts` says what lies where. */
export const AUDIT_TABLE_SHAPE = {
  hash: 'month',
  range: 'position',
  indexes: {
    [ACTOR_INDEX]: { hash: 'actorKey', range: 'position', projects: 'all' },
    [ACTION_INDEX]: { hash: 'actionKey', range: 'position', projects: 'all' },
    [OUTCOME_INDEX]: { hash: 'outcomeKey', range: 'position', projects: 'all' },
  },
  expiry: 'ttl',
  auditEvents: 'none',
} as const satisfies TableShape;
