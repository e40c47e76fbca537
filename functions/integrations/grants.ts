import type { Grants } from '../../shared/kernel/grant.ts';
import { WEBHOOKS } from './table.ts';

/** What functions of other contexts may do with the integrations. No grant reaches a key. */
export const INTEGRATIONS_GRANTS = {
  /** Finds whether webhooks are sent. */
  webhooks: {
    name: 'integrations.webhooks',
    tables: [{ env: 'INTEGRATIONS_TABLE', actions: ['Query'], leadingKeys: [WEBHOOKS] }],
  },
} as const satisfies Grants;
