import type { Manifest } from '../../shared/kernel/grant.ts';
import { ALERTS_GRANTS } from '../alerts/grants.ts';
import { AUTH_GRANTS } from '../auth/grants.ts';
import { ONCALL_GRANTS } from '../oncall/grants.ts';

/** The grants that the functions of the incidents use. */
export const INCIDENTS_MANIFEST = {
  incidents: [ALERTS_GRANTS.look, ONCALL_GRANTS.services, AUTH_GRANTS.people],
  'incidents-follow': [ALERTS_GRANTS.look, ALERTS_GRANTS.act, ONCALL_GRANTS.services],
} as const satisfies Manifest;
