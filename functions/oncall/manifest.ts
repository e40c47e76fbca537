import type { Manifest } from '../../shared/kernel/grant.ts';
import { ALERTS_GRANTS } from '../alerts/grants.ts';
import { AUTH_GRANTS } from '../auth/grants.ts';

/** The grants that the functions of the on-call half use. */
export const ONCALL_MANIFEST = {
  oncall: [AUTH_GRANTS.people, AUTH_GRANTS.guard, ALERTS_GRANTS.read],
} as const satisfies Manifest;
