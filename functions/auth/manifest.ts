import type { Manifest } from '../../shared/kernel/grant.ts';
import { AUTH_GRANTS } from './grants.ts';

/** The grants that the functions of auth use. */
export const AUTH_MANIFEST = {
  'auth-authorizer': [AUTH_GRANTS.bearers],
} as const satisfies Manifest;
