import type { Caller } from '../../../shared/kernel/caller.ts';
import { forbidden } from '../../../shared/kernel/errors.ts';
import type { PermissionPattern } from '../../../shared/kernel/permission.ts';
import { covers } from './grants.ts';

/** Refuses a caller who gives permissions, or takes charge of an account with permissions, that they do not have. */
export const assertCovers = (caller: Caller, permissions: readonly PermissionPattern[]): void => {
  if (!covers(caller.permissions, permissions)) {
    throw forbidden('auth.escalation', 'This needs permissions that you do not have. Ask a user who has all of them.');
  }
};
