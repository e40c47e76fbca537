import type { Grants } from '../../shared/kernel/grant.ts';
import { CONFIG } from './table.ts';

/** What functions of other contexts may do with the watch. */
export const HEALTH_GRANTS = {
  /** Reads the configuration. */
  config: {
    name: 'health.config',
    tables: [{ env: 'HEALTH_TABLE', actions: ['Query'], leadingKeys: [CONFIG] }],
  },
} as const satisfies Grants;
