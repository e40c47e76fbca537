import * as z from 'zod/mini';
import type { Clock } from '../../shared/kernel/clock.ts';
import { permits, type Permission, type PermissionPattern } from '../../shared/kernel/permission.ts';
import type { StoredUser } from './accounts/user.ts';
import type { UserStore } from './accounts/user-store.ts';
import type { StoredApiKey } from './machine-keys/api-key.ts';
import type { ApiKeyStore } from './machine-keys/store.ts';
import { permissionsOf } from './roles/grants.ts';
import type { Roles } from './roles/role-cache.ts';
import { IDLE_DAYS, upToThousand } from './up-to-thousand.ts';

const DAY_MS = 86_400_000;

/** The permissions of which each gives an ability. */
const ABILITIES = {
  /** To raise alerts, to send events of which alerts come, and to open incidents, which page those who get a role. */
  page: ['monitoring.write', 'integrations.ingest', 'monitoring.incident.create'],
  /** To silence and to snooze alerts. */
  silence: ['monitoring.alert.acknowledge'],
} as const satisfies Readonly<Record<string, readonly Permission[]>>;

const AccessHolder = z
  .object({
    kind: z.enum(['user', 'machine']),
    id: z.string(),
    name: z.string(),
    /** The roles of a user. */
    roles: z.readonly(z.array(z.string())),
    /** The last login of a user, or the last use of a machine key; null before the first. */
    lastSeenAt: z.nullable(z.iso.datetime()),
  })
  .register(z.globalRegistry, { id: 'AccessHolder' });
type AccessHolder = z.infer<typeof AccessHolder>;

const Holders = z.readonly(z.array(AccessHolder));

export const AccessReport = z
  .object({
    at: z.iso.datetime(),
    canPage: Holders,
    canSilence: Holders,
    /** Those who could, and did not for ninety days. */
    idle: Holders,
    /** False when there are more than a thousand of a kind, because no more are read. */
    complete: z.boolean(),
  })
  .register(z.globalRegistry, { id: 'AccessReport' });
export type AccessReport = z.infer<typeof AccessReport>;

interface Known {
  readonly holder: AccessHolder;
  readonly permissions: readonly PermissionPattern[];
  readonly since: string;
}

/**
 * Who can page people, who can silence alerts, and who did not log in for ninety days: active users and machine keys, by what their roles and
 * permissions grant at this moment. Keys of integrations, which only send events, are not among them.
 */
export const getAccessReport = async ({
  store,
  roles,
  clock,
}: {
  readonly store: Pick<UserStore, 'listUsers'> & Pick<ApiKeyStore, 'listApiKeys'>;
  readonly roles: Roles;
  readonly clock: Clock;
}): Promise<AccessReport> => {
  const now = clock.now();
  const [users, apiKeys, custom] = await Promise.all([
    upToThousand(store.listUsers),
    upToThousand(store.listApiKeys),
    roles(),
  ]);
  const idleBefore = new Date(now.getTime() - IDLE_DAYS * DAY_MS).toISOString();
  const all: readonly Known[] = [
    ...users.items
      .filter(({ status }) => status === 'active')
      .map((user) => ({
        holder: holderOf('user', user, user.lastLoginAt),
        permissions: permissionsOf(user.roles, custom),
        since: user.createdAt,
      })),
    ...apiKeys.items
      .filter(({ status, expiresAt }) => status === 'active' && (expiresAt === null || expiresAt > now.toISOString()))
      .map((key) => ({
        holder: holderOf('machine', key, key.lastUsedAt),
        permissions: key.permissions,
        since: key.createdAt,
      })),
  ];
  const able = (needed: readonly Permission[]): readonly AccessHolder[] =>
    all
      .filter(({ permissions }) => needed.some((permission) => permits(permissions, permission)))
      .map(({ holder }) => holder);
  return {
    at: now.toISOString(),
    canPage: able(ABILITIES.page),
    canSilence: able(ABILITIES.silence),
    idle: all.filter(({ holder, since }) => (holder.lastSeenAt ?? since) < idleBefore).map(({ holder }) => holder),
    complete: users.complete && apiKeys.complete,
  };
};

const holderOf = (
  kind: AccessHolder['kind'],
  of: Pick<StoredUser, 'id' | 'username' | 'roles'> | Pick<StoredApiKey, 'id' | 'name'>,
  lastSeenAt: string | null,
): AccessHolder => ({
  kind,
  id: of.id,
  name: 'username' in of ? of.username : of.name,
  roles: 'roles' in of ? of.roles : [],
  lastSeenAt,
});
