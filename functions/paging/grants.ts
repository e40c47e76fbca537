import type { Grants } from '../../shared/kernel/grant.ts';
import { OWNER_PREFIX } from '../../shared/contacts/contact.ts';
import { ALERT_PREFIX } from './table.ts';

/** What functions of other contexts may do with paging. */
export const PAGING_GRANTS = {
  /** Finds which alerts escalate. */
  concern: {
    name: 'paging.concern',
    tables: [{ env: 'PAGING_TABLE', actions: ['BatchGetItem'], leadingKeys: [`${ALERT_PREFIX}*`] }],
  },
  /** Reads the escalation and the pages of an alert. */
  ledger: {
    name: 'paging.ledger',
    tables: [{ env: 'PAGING_TABLE', actions: ['GetItem', 'Query'], leadingKeys: [`${ALERT_PREFIX}*`] }],
  },
  /** Reads how far the paging of an alert is. */
  escalations: {
    name: 'paging.escalations',
    tables: [{ env: 'PAGING_TABLE', actions: ['GetItem'], leadingKeys: [`${ALERT_PREFIX}*`] }],
    settings: ['ALERT_RETENTION_DAYS'],
  },
  /** Pages one more person for an alert, and has the next step reached: reads contacts and rules, writes pages and escalations. */
  ask: {
    name: 'paging.ask',
    tables: [
      { env: 'PAGING_TABLE', actions: ['GetItem', 'Query'], leadingKeys: [`${ALERT_PREFIX}*`, `${OWNER_PREFIX}*`] },
      { env: 'PAGING_TABLE', actions: ['PutItem'], leadingKeys: [`${ALERT_PREFIX}*`] },
    ],
    settings: ['ALERT_RETENTION_DAYS'],
  },
} as const satisfies Grants;
