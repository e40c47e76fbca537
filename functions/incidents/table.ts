import type { TableShape } from '../../shared/aws/table-shape.ts';

/** Sparse: incidents by `listing`, `OPEN` or `OVER`, in the order in which they were opened. */
export const LISTING_INDEX = 'listing';

/** Of the incidents that are open. */
export const OPEN_LISTING = 'OPEN';

/** Sparse: the alerts of an incident, in the order in which they opened. */
export const LINKS_INDEX = 'links';

/** The partition of an incident is this and its id. */
export const INCIDENT_PREFIX = 'INCIDENT#';

/** The partition of what is known of an alert is this and its id. */
export const ALERT_PREFIX = 'ALERT#';

/** The partition of the rules. */
export const RULE_PART = 'RULE';

/** The partitions of the facts, and of the sums, of a day are these and the day. */
export const FACTS_PREFIX = 'FACTS#';
export const FIGURES_PREFIX = 'FIGURES#';

/** Keys and indexes of the incidents table. The store of each room says which partitions are its own. */
export const INCIDENTS_TABLE_SHAPE = {
  hash: 'part',
  range: 'item',
  indexes: {
    [LISTING_INDEX]: { hash: 'listing', range: 'id' },
    [LINKS_INDEX]: { hash: 'linkedTo', range: 'alertId' },
  },
  expiry: 'ttl',
  auditEvents: 'by_stream',
} as const satisfies TableShape;
