import type { TableShape } from '../../shared/aws/table-shape.ts';

/**
 * Sparse: escalations and pages with a next check, each at its `dueAt` (RFC 3339 UTC), under `DUE`; and under `QUIET`
 * the escalations that wait for nothing but their alert. For escalations it also has the transition that they
 * have followed, and whether they have reached nobody.
 */
export const DUE_INDEX = 'due';
export const DUE = 'DUE';
export const QUIET = 'QUIET';

/** Keys and indexes of the paging table. The store of each room says which partitions are its own. */
export const PAGING_TABLE_SHAPE = {
  hash: 'part',
  range: 'item',
  indexes: { [DUE_INDEX]: { hash: 'due', range: 'dueAt', projects: ['sequence', 'unreached'] } },
  expiry: 'ttl',
  auditEvents: 'by_stream',
} as const satisfies TableShape;

/** Each alert has a partition for its escalation and its pages. */
export const ALERT_PREFIX = 'ALERT#';

/** The same of an incident. */
export const INCIDENT_PREFIX = 'INCIDENT#';

/** Each policy whose targets take turns has a partition for whose it is. */
export const TURN_PREFIX = 'TURN#';

/** Each contact has a partition for the pages that wait for its next digest. */
export const CONTACT_PREFIX = 'CONTACT#';

/** Each source and key whose alerts may flap has a partition for its latest openings. */
export const FLAPS_PREFIX = 'FLAPS#';

/** Each group of alerts has a partition for when it is paged. */
export const GROUP_PREFIX = 'GROUP#';

/** Each phone that answers has a partition for the codes that are good on it. */
export const PHONE_PREFIX = 'PHONE#';

/** The partition of the probe that proves that pages can be sent. */
export const WATCHDOG = 'WATCHDOG';
