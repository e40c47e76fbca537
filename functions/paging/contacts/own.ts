import type { Caller } from '../../../shared/kernel/caller.ts';
import { forbidden } from '../../../shared/kernel/errors.ts';
import { permits } from '../../../shared/kernel/permission.ts';

/** Refuses whoever is neither the user nor may change users. */
export const assertOwn = (caller: Caller, userId: string): void => {
  if (caller.kind === 'user' && caller.id === userId) return;
  if (permits(caller.permissions, 'identity.user.write')) return;
  throw forbidden('auth.forbidden', 'These are the contacts of somebody else. It takes identity.user.write.');
};
