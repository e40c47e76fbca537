import type { Manifest } from '../../shared/kernel/grant.ts';
import { ALERTS_GRANTS } from '../alerts/grants.ts';

/** The grants that the functions of the audit trail use. */
export const AUDIT_MANIFEST = {
  'audit-changes': [ALERTS_GRANTS.intake],
} as const satisfies Manifest;
