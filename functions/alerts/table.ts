import type { TableShape } from '../../shared/aws/table-shape.ts';

/** Names of the indexes of the alerts table, for the store that queries them and the infrastructure that makes them. */
export const LISTING_INDEX = 'listing';
export const DUE_INDEX = 'due';

/** The partition of the listing with the unresolved alerts. */
export const UNRESOLVED = 'OPEN';

/** The partition with the maker of each subscription. */
export const SUBSCRIPTION_SLOT = 'SUBSCRIPTION';

/** The partition of the silences. */
export const SILENCE_SLOT = 'SILENCE';

/** The partition of the rules by which alerts keep others quiet. */
export const INHIBITION_SLOT = 'INHIBITION';

/** The partition of the saved views. */
export const VIEW_SLOT = 'VIEW';

/** Keys and indexes of the alerts table; `store.ts` says what lies where. */
export const ALERTS_TABLE_SHAPE = {
  hash: 'slot',
  range: 'item',
  indexes: {
    [LISTING_INDEX]: { hash: 'listing', range: 'id', projects: ['severity', 'source', 'service'] },
    [DUE_INDEX]: { hash: 'due', range: 'dueAt' },
  },
  expiry: 'ttl',
  auditEvents: 'by_queue',
} as const satisfies TableShape;
