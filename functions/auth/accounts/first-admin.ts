import { timingSafeEqual } from 'node:crypto';
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Clock } from '../../../shared/kernel/clock.ts';
import type { Origin } from '../../../shared/kernel/caller.ts';
import { sha256 } from '../../../shared/kernel/ids.ts';
import { auditEvent, INSIDE } from '../../../shared/kernel/audit-event.ts';
import { BUILT_IN_ROLES } from '../roles/grants.ts';
import { hashPassword } from './hash-password.ts';
import type { UserStore } from './user-store.ts';
import { newUser, normalName, subjectOf } from './user.ts';

export interface FirstAdminDeps {
  readonly secrets: Pick<SecretsManagerClient, 'send'>;
  readonly secretId: string;
  readonly store: Pick<UserStore, 'createUser' | 'wasFirstAdminMade'>;
  readonly clock: Clock;
}

interface FirstAdminSecret {
  readonly username: string;
  readonly password: string;
  /** Absent: the password was generated, and must be changed at the first login. */
  readonly passwordChangeRequired?: boolean;
}

/**
 * Creates the first administrator from the secret when they first log in. It happens once in the life of the table, so the
 * secret's password does not work again after the administrator was deleted or renamed. Other logins change nothing. True if
 * the user may exist now who did not a moment ago: this login or another at the same moment has created them.
 */
export const firstAdmin = ({ secrets, secretId, store, clock }: FirstAdminDeps) => {
  let isMade = false;

  return async (username: string, password: string, origin: Origin): Promise<boolean> => {
    if (isMade) return false;
    isMade = await store.wasFirstAdminMade();
    if (isMade) return true;
    const { SecretString = '{}' } = await secrets.send(new GetSecretValueCommand({ SecretId: secretId }));
    const secret = JSON.parse(SecretString) as Partial<FirstAdminSecret>;
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
