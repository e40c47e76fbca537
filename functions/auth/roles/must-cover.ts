import type { Caller } from '../../../shared/kernel/caller.ts';
import { forbidden } from '../../../shared/kernel/errors.ts';
import type { PermissionPattern } from '../../../shared/kernel/permission.ts';
import { covers } from './grants.ts';

/** Refuses to let somebody hand out, or take charge of, permissions that they do not have themselves. */
export const mustCover = (caller: Caller, permissions: readonly PermissionPattern[]): void => {
  if (!covers(caller.permissions, permissions)) {
    throw forbidden('auth.escalation', 'This takes or gives permissions that you do not have yourself.');
  }
};
