import { OWNER_PREFIX, SHARED } from '../../shared/contacts/contact.ts';
import type { TableShape } from '../../shared/aws/table-shape.ts';

/** Sparse: what the minute tick must look at. `due` names a queue, `dueAt` is RFC 3339 UTC. */
export const DUE_INDEX = 'due';

/**
 * Keys and indexes of the on-call table, which the rooms of this context share. The store of each room says which
 * partitions are its own; no two begin alike.
 */
export const ONCALL_TABLE_SHAPE = {
  hash: 'part',
  range: 'item',
  indexes: { [DUE_INDEX]: { hash: 'due', range: 'dueAt' } },
  expiry: 'ttl',
  auditEvents: 'by_stream',
} as const satisfies TableShape;

/** Partitions that a function may be kept to. An override is under that name and its schedule's id. */
export const PART = {
  service: 'SERVICE',
  serviceName: 'SERVICE#NAME',
  team: 'TEAM',
  schedule: 'SCHEDULE',
  duty: 'DUTY',
  overrides: 'OVERRIDE#',
  routing: 'ROUTING',
  policy: 'POLICY',
  sharedContacts: OWNER_PREFIX + SHARED,
} as const;
