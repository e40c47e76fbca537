import type { Manifest } from '../../shared/kernel/grant.ts';
import { HEALTH_GRANTS } from '../health/grants.ts';
import { INCIDENTS_GRANTS } from '../incidents/grants.ts';

/** The grants that the functions of the status pages use. */
export const STATUS_MANIFEST = {
  status: [INCIDENTS_GRANTS.look],
  'status-render': [HEALTH_GRANTS.uptime],
  'status-refresh': [HEALTH_GRANTS.uptime],
} as const satisfies Manifest;
