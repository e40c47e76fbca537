import type { Grants } from '../../shared/kernel/grant.ts';
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
} as const satisfies Grants;
