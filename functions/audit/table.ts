import type { TableShape } from '../../shared/aws/table-shape.ts';

export const ACTOR_INDEX = 'actor';
export const ACTION_INDEX = 'action';
export const OUTCOME_INDEX = 'outcome';

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
