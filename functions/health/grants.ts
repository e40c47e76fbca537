import type { Grants } from '../../shared/kernel/grant.ts';
import {
  CONFIG,
  GONE_PREFIX,
  HISTORY_PREFIX,
  MONITORS,
  MONITOR_STATES,
  PING_PREFIX,
  SERVICES,
  SLUG_PREFIX,
  WATCH,
} from './table.ts';

/** What functions of other contexts may do with the watch. */
export const HEALTH_GRANTS = {
  /** Reads the configuration. */
  config: {
    name: 'health.config',
    tables: [{ env: 'HEALTH_TABLE', actions: ['Query'], leadingKeys: [CONFIG] }],
  },
  /** Makes, changes, deletes and pings heartbeats. */
  heartbeats: {
    name: 'health.heartbeats',
    tables: [
      {
        env: 'HEALTH_TABLE',
        actions: ['BatchGetItem', 'GetItem', 'Query', 'PutItem', 'DeleteItem'],
        leadingKeys: [MONITORS, MONITOR_STATES, SERVICES, `${GONE_PREFIX}*`, `${PING_PREFIX}*`, `${SLUG_PREFIX}*`],
      },
    ],
    settings: ['HEALTH_RETENTION_DAYS'],
  },
  /** Reads the state and the past of monitors and services. */
  uptime: {
    name: 'health.uptime',
    tables: [
      {
        env: 'HEALTH_TABLE',
        actions: ['BatchGetItem', 'GetItem', 'Query'],
        leadingKeys: [MONITORS, MONITOR_STATES, SERVICES, WATCH, CONFIG, `${GONE_PREFIX}*`, `${HISTORY_PREFIX}*`],
      },
    ],
  },
} as const satisfies Grants;
