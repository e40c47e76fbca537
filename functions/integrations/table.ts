import type { TableShape } from '../../shared/aws/table-shape.ts';

/** The partition of the integrations. */
export const INTEGRATIONS = 'INTEGRATION';
/** The partition of a key is this and the SHA-256 of the key. */
export const KEY_PREFIX = 'KEY#';
/** The partition of the source of an integration is this and the source. */
export const SOURCE_PREFIX = 'SOURCE#';
/** The partition of what was seen of the integrations. */
export const SEEN = 'SEEN';

/** The partition of how many events of an integration were let through in a minute. */
export const LIMITS = 'LIMIT';
/** The partition of a large batch is this and its name. */
export const BATCH_PREFIX = 'BATCH#';
/** The partition of changes that senders reported. */
export const CHANGES = 'CHANGE';

/** The partition of the events of an integration that were rejected is this and its id. */
export const REJECTED_PREFIX = 'REJECTED#';

/** The partition of webhooks in the form of PagerDuty. */
export const WEBHOOKS = 'WEBHOOK';
/** The partition of their events that wait to be sent again. */
export const PENDING = 'PENDING';

/** Keys of the integrations table. The store of each room says which partitions are its own. */
export const INTEGRATIONS_TABLE_SHAPE = {
  hash: 'part',
  range: 'item',
  expiry: 'ttl',
  auditEvents: 'by_stream',
} as const satisfies TableShape;
