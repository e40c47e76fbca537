import * as z from 'zod/mini';
import type { Clock } from '../../shared/kernel/clock.ts';
import { isAdminBy } from './roles/grants.ts';
import { activeKey, ROTATE_AFTER_DAYS } from './tokens/signing-key.ts';
import type { SigningKeys } from './tokens/signing-keys.ts';
import type { UserStore } from './accounts/user-store.ts';
import type { ApiKeyStore } from './machine-keys/store.ts';
import type { LockStore } from './lock-out/store.ts';
import type { EventStore } from './event-store.ts';
import { isLive } from './accounts/user.ts';
import { IDLE_DAYS, upToThousand } from './up-to-thousand.ts';

const DAY_MS = 86_400_000;
const MAX_COUNT = 1_000;
const MAX_NAMES = 20;

export const Finding = z
  .object({
    code: z.enum([
      'admin.generated_password',
      'admin.single',
      'user.idle',
      'signing_key.old',
      'apikey.never_expires',
      'apikey.idle',
    ]),
    severity: z.enum(['info', 'warning', 'error']),
    detail: z.string(),
  })
  .register(z.globalRegistry, { id: 'SecurityFinding' });
export type Finding = z.infer<typeof Finding>;

export const SecurityStatus = z
  .object({
    at: z.iso.datetime(),
    users: z.object({ active: z.int(), disabled: z.int(), administrators: z.int() }),
    /** Live sessions of all users. */
    sessions: z.int(),
    failedLogins24h: z.int(),
    /** Accounts and addresses that are locked at this moment. */
    lockOuts: z.int(),
    apiKeys: z.int(),
    signingKey: z.object({ activeSince: z.nullable(z.iso.datetime()), ageDays: z.nullable(z.int()) }),
    findings: z.array(Finding),
    /** False when there are more than a thousand of a kind, because no more are read. */
    complete: z.boolean(),
  })
  .register(z.globalRegistry, { id: 'SecurityStatus' });
export type SecurityStatus = z.infer<typeof SecurityStatus>;

/** The state of users, sessions and keys, with findings to review. Reads at most a thousand of each kind. */
export const getSecurityStatus = async ({
  store,
  keys,
  clock,
}: {
  readonly store: Pick<UserStore, 'listUsers'> &
    Pick<ApiKeyStore, 'listApiKeys'> &
    Pick<LockStore, 'countLocks'> &
    Pick<EventStore, 'countEvents'>;
  readonly keys: Pick<SigningKeys, 'read'>;
  readonly clock: Clock;
}): Promise<SecurityStatus> => {
  const now = clock.now();
  const since = new Date(now.getTime() - DAY_MS);
  const [users, apiKeys, failedLogins24h, lockOuts, ring] = await Promise.all([
    upToThousand(store.listUsers),
    upToThousand(store.listApiKeys),
    store.countEvents('login.failed', since, now, MAX_COUNT),
    store.countLocks(now, MAX_COUNT),
    keys.read(),
  ]);
  const active = users.items.filter((user) => user.status === 'active');
  const admins = active.filter((user) => isAdminBy(user.roles));
  const liveKeys = apiKeys.items.filter(
    (key) => key.status === 'active' && (key.expiresAt === null || key.expiresAt > now.toISOString()),
  );
  const signing = activeKey(ring, now);
  const ageDays = signing ? Math.floor((now.getTime() - Date.parse(signing.activeFrom)) / DAY_MS) : null;
  const idleBefore = new Date(now.getTime() - IDLE_DAYS * DAY_MS).toISOString();

  const findings = [
    finding('admin.generated_password', 'error', 'Administrators who have not changed their first password', [
      ...admins.filter((user) => user.passwordChangeRequired).map((user) => user.username),
    ]),
    ...(admins.length === 1 ? [single(admins[0]?.username ?? '')] : []),
    finding(
      'user.idle',
      'warning',
      `Users who have not logged in for ${IDLE_DAYS} days`,
      active.filter((user) => (user.lastLoginAt ?? user.createdAt) < idleBefore).map((user) => user.username),
    ),
    finding(
      'signing_key.old',
      'error',
      `The signing key is older than ${ROTATE_AFTER_DAYS} days`,
      signing && ageDays !== null && ageDays > ROTATE_AFTER_DAYS ? [signing.kid] : [],
    ),
    finding(
      'apikey.never_expires',
      'info',
      'Machine keys that never expire',
      liveKeys.filter((key) => key.expiresAt === null).map((key) => key.name),
    ),
    finding(
      'apikey.idle',
      'warning',
      `Machine keys not used for ${IDLE_DAYS} days`,
      liveKeys.filter((key) => (key.lastUsedAt ?? key.createdAt) < idleBefore).map((key) => key.name),
    ),
  ].filter((each) => each !== undefined);

  return {
    at: now.toISOString(),
    users: {
      active: active.length,
      disabled: users.items.length - active.length,
      administrators: admins.length,
    },
    sessions: active.flatMap((user) => Object.values(user.sessions)).filter((session) => isLive(session, now)).length,
    failedLogins24h,
    lockOuts,
    apiKeys: liveKeys.length,
    signingKey: { activeSince: signing?.activeFrom ?? null, ageDays },
    findings,
    complete: users.complete && apiKeys.complete && failedLogins24h < MAX_COUNT && lockOuts < MAX_COUNT,
  };
};

const single = (name: string): Finding => ({
  code: 'admin.single',
  severity: 'info',
  detail: `There is only one administrator, ${name}. Make a second one, for when ${name} is away.`,
});

const finding = (
  code: Finding['code'],
  severity: Finding['severity'],
  what: string,
  names: readonly string[],
): Finding | undefined =>
  names.length === 0
    ? undefined
    : {
        code,
        severity,
        detail: `${what}: ${names.slice(0, MAX_NAMES).join(', ')}${names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : ''}.`,
      };
