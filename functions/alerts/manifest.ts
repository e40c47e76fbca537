import type { Manifest } from '../../shared/kernel/grant.ts';
import { ALERTS_GRANTS } from './grants.ts';

/** The grants that the functions of the alerts use. */
export const ALERTS_MANIFEST = {
  alerts: [ALERTS_GRANTS.intake],
} as const satisfies Manifest;
