import type { TableShape } from '../../shared/aws/table-shape.ts';

/** The partition of the pages. */
export const PAGES = 'PAGE';

/** The partition of the notices of a page is this and the id of the page. */
export const NOTICES_PREFIX = 'NOTICE#';

/** The partition of the links from incidents to the notices of a page is this and the id of the page. */
export const LINKS_PREFIX = 'LINK#';

/** The partition of the subscribers of a page is this and the id of the page. */
export const SUBSCRIBERS_PREFIX = 'SUBSCRIBER#';
/** The partition of what was sent to a subscriber is this and the id of the subscriber. */
export const SENT_PREFIX = 'SENT#';
/** The partition of what is counted and limited is this and its kind. */
export const RATES_PREFIX = 'RATE#';

/** The partition of what was rendered of a page last. */
export const RENDERED = 'RENDERED';

/** Keys of the status table. The store of each room says which partitions are its own. */
export const STATUS_TABLE_SHAPE = {
  hash: 'part',
  range: 'item',
  expiry: 'ttl',
  auditEvents: 'by_stream',
} as const satisfies TableShape;
