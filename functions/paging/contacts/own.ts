import type { Caller } from '../../../shared/kernel/caller.ts';
import { forbidden } from '../../../shared/kernel/errors.ts';
import { permits } from '../../../shared/kernel/permission.ts';
import { SHARED } from './contact.ts';

/** Refuses whoever is neither the user nor may change users; and for what is shared, whoever may not change policies. */
export const assertOwn = (caller: Caller, owner: string): void => {
  if (owner !== SHARED && caller.kind === 'user' && caller.id === owner) return;
  const permission = owner === SHARED ? 'oncall.policy.write' : 'identity.user.write';
  if (permits(caller.permissions, permission)) return;
  throw forbidden('auth.forbidden', `These are not yours alone. It takes ${permission}.`);
};
