import type { OwnerGuard } from '../../../shared/contacts/contact.ts';
import { forbidden } from '../../../shared/kernel/errors.ts';
import { permits } from '../../../shared/kernel/permission.ts';
import type { UserGuard } from '../../auth/port.ts';

const PERMISSION = 'identity.user.write';

/**
 * Refuses callers who may not manage a user's contacts and rules. Users manage their own. To manage those of another user
 * takes identity.user.write and every permission of that user, since pages act in their name: `auth.escalation` otherwise.
 * Throws `user.not_found` where the user does not exist, or was deleted.
 */
export const ownerGuard =
  (guardUser: UserGuard): OwnerGuard =>
  async (caller, owner) => {
    if (caller.kind === 'user' && caller.id === owner) return;
    if (!permits(caller.permissions, PERMISSION)) {
      throw forbidden('auth.forbidden', `These belong to another user. Ask an administrator for ${PERMISSION}.`);
    }
    await guardUser(caller, owner);
  };
