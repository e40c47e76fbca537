import type { Grants } from '../../shared/kernel/grant.ts';
import { SILENCE_SLOT, UNRESOLVED, VIEW_SLOT } from './table.ts';

const settings = ['ALERT_RETENTION_DAYS'] as const;

/** What functions of other contexts may do with the alerts. */
export const ALERTS_GRANTS = {
  /** Hands events in: writes alerts, spills what the table refuses, and wakes the reader of that. It can read no alert. */
  intake: {
    name: 'alerts.intake',
    tables: [{ env: 'ALERTS_TABLE', actions: ['PutItem', 'UpdateItem'] }],
    queues: ['SPILL_QUEUE'],
    functions: ['DRAIN_FUNCTION'],
    settings,
  },
  /** Reads which alerts are open, what each is, and which are silenced. */
  read: {
    name: 'alerts.read',
    tables: [{ env: 'ALERTS_TABLE', actions: ['GetItem', 'BatchGetItem', 'Query'] }],
    settings,
  },
  /** Reads an alert by its id. */
  look: { name: 'alerts.look', tables: [{ env: 'ALERTS_TABLE', actions: ['GetItem'] }], settings },
  /** Reads the slot of an event, its alert with the timeline, and the silences. */
  events: { name: 'alerts.events', tables: [{ env: 'ALERTS_TABLE', actions: ['GetItem', 'Query'] }], settings },
  /** Reads the silences. */
  silences: {
    name: 'alerts.silences',
    tables: [{ env: 'ALERTS_TABLE', actions: ['Query'], leadingKeys: [SILENCE_SLOT] }],
  },
  /** Counts unresolved alerts, by what the listing projects. */
  count: {
    name: 'alerts.count',
    tables: [{ env: 'ALERTS_TABLE', actions: ['Query'], leadingKeys: [UNRESOLVED] }],
    settings,
  },
  /** Reads alerts and changes them by their ids, in the name of their source. */
  desk: {
    name: 'alerts.desk',
    tables: [{ env: 'ALERTS_TABLE', actions: ['GetItem', 'BatchGetItem', 'Query', 'UpdateItem'] }],
    settings,
  },
  /** Reads, saves and deletes views of lists. */
  views: {
    name: 'alerts.views',
    tables: [{ env: 'ALERTS_TABLE', actions: ['Query', 'PutItem', 'DeleteItem'], leadingKeys: [VIEW_SLOT] }],
  },
  /** Changes an alert by its id, in somebody's name. */
  act: { name: 'alerts.act', tables: [{ env: 'ALERTS_TABLE', actions: ['GetItem', 'UpdateItem'] }], settings },
} as const satisfies Grants;
