import { timingSafeEqual } from 'node:crypto';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { parameter } from '../../../shared/aws/parameters.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import type { Origin } from '../../../shared/kernel/caller.ts';
import { sha256 } from '../../../shared/kernel/ids.ts';
import { auditEvent, INSIDE } from '../../../shared/kernel/audit-event.ts';
import { BUILT_IN_ROLES } from '../roles/grants.ts';
import { hashPassword } from './hash-password.ts';
import type { UserStore } from './user-store.ts';
import { newUser, normalName, subjectOf } from './user.ts';

export interface FirstAdminDeps {
  readonly ssm: SSMClient;
  /** Name of the parameter of the first login. */
  readonly name: string;
  readonly store: Pick<UserStore, 'createUser' | 'wasFirstAdminMade'>;
  readonly clock: Clock;
}

/** The first login, as its parameter holds it. */
export interface FirstLogin {
  readonly username: string;
  readonly password: string;
  /** Absent: the password was generated, and must be changed at the first login. */
  readonly passwordChangeRequired?: boolean;
}

/**
 * Creates the first administrator from the parameter when they first log in. It happens once in the life of the table, so its
 * password does not work again after the administrator was deleted or renamed. Other logins change nothing. True if
 * the user may exist now who did not a moment ago: this login or another at the same moment has created them.
 */
export const firstAdmin = ({ ssm, name, store, clock }: FirstAdminDeps) => {
  let isMade = false;

  return async (username: string, password: string, origin: Origin): Promise<boolean> => {
    if (isMade) return false;
    isMade = await store.wasFirstAdminMade();
    if (isMade) return true;
    const secret = JSON.parse((await parameter(ssm, name)) ?? '{}') as Partial<FirstLogin>;
    if (!secret.username || !secret.password || normalName(secret.username) !== username) return false;
    if (!timingSafeEqual(Buffer.from(sha256(password)), Buffer.from(sha256(secret.password)))) return false;

    const at = clock.now();
    const user = newUser(
      {
        username,
        displayName: 'First administrator',
        roles: ['admin'],
        tier: null,
        passwordHash: await hashPassword(password),
        passwordChangeRequired: secret.passwordChangeRequired !== false,
      },
      at,
    );
    const event = auditEvent(
      {
        type: 'user.created',
        actor: { kind: 'system', id: 'system:first-admin', name: 'first-admin' },
        subject: subjectOf(user),
        detail: { roles: 'admin' },
      },
      { ...INSIDE, ip: origin.ip, requestId: origin.requestId },
      at,
    );
    await store.createUser({ ...user, wantedTier: BUILT_IN_ROLES.admin.tier, event }, true);
    return true;
  };
};

export type FirstAdmin = ReturnType<typeof firstAdmin>;
