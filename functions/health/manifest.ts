import type { Manifest } from '../../shared/kernel/grant.ts';
import { ALERTS_GRANTS } from '../alerts/grants.ts';
import { AUTH_GRANTS } from '../auth/grants.ts';
import { INCIDENTS_GRANTS } from '../incidents/grants.ts';
import { ONCALL_GRANTS } from '../oncall/grants.ts';

/** The grants that the functions of the watch use. */
export const HEALTH_MANIFEST = {
  'health-watch': [
    ALERTS_GRANTS.count,
    AUTH_GRANTS.bearers,
    AUTH_GRANTS.keys,
    INCIDENTS_GRANTS.counts,
    INCIDENTS_GRANTS.open,
    ONCALL_GRANTS.duty,
  ],
  'health-tick': [ALERTS_GRANTS.count],
  'health-tell': [ALERTS_GRANTS.intake],
} as const satisfies Manifest;
