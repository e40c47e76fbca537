import type { Caller } from '../../../shared/kernel/caller.ts';
import { forbidden } from '../../../shared/kernel/errors.ts';
import { permits } from '../../../shared/kernel/permission.ts';
import type { UserGuard } from '../../auth/port.ts';
import { SHARED } from './contact.ts';

export interface OwnDeps {
  readonly guardUser: UserGuard;
}

/**
 * Refuses callers who may not manage an owner's contacts and rules. A user manages their own. Those of another user take
 * identity.user.write and every permission of that user, since their pages act in their name: `auth.escalation` otherwise.
 * Shared contacts take oncall.policy.write. Throws `user.not_found` where there is no such user, or no longer.
 */
export const mustOwn = async ({ guardUser }: OwnDeps, caller: Caller, owner: string): Promise<void> => {
  const isShared = owner === SHARED;
  if (!isShared && caller.kind === 'user' && caller.id === owner) return;
  const permission = isShared ? 'oncall.policy.write' : 'identity.user.write';
  if (!permits(caller.permissions, permission)) {
    throw forbidden('auth.forbidden', `These are not yours alone. It takes ${permission}.`);
  }
  if (!isShared) await guardUser(caller, owner);
};
