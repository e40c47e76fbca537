import type { Manifest } from '../../shared/kernel/grant.ts';
import { ALERTS_GRANTS } from '../alerts/grants.ts';
import { AUTH_GRANTS } from '../auth/grants.ts';

/** The grants that the function of the integrations uses. */
export const INTEGRATIONS_MANIFEST = {
  integrations: [ALERTS_GRANTS.intake, AUTH_GRANTS.keys],
} as const satisfies Manifest;
