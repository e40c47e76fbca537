import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { table, type TransactWrite, type Update } from '../../../shared/aws/dynamo.ts';
import { sha256 } from '../../../shared/kernel/ids.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import type { Tier } from '../../../shared/kernel/tiers.ts';
import type { StoredApiKey } from '../machine-keys/api-key.ts';
import type { SecurityEvent } from '../events.ts';
import { lockSeconds, type LockPolicy } from '../lock-out/lock-out.ts';
import { partitionOfKey } from '../machine-keys/machine-key.ts';
import type { RefreshState, RefreshToken } from './refresh-token.ts';
import type { StoredRole } from '../roles/role.ts';
import type { PublicJwk } from '../tokens/signing-key.ts';
import {
  AUTHZ,
  CHANGED_USER_PREFIX,
  ENDED_SESSION_PREFIX,
  JWKS_ITEM,
  KEY_ITEM,
  LISTING_INDEX,
  ROLE_PREFIX,
  USER_ITEM,
  USER_PARTITION_PREFIX,
} from '../table.ts';
import { isActiveAdmin, type StoredSession, type StoredUser } from './user.ts';

/*
 * Access patterns
 *
 *  #  question                                        index     key
 *  1  the user of a name                              table     pk = NAME#<name>, sk = NAME; then 2
 *  2  a user, with all sessions                       table     pk = USER#<user id>, sk = USER
 *  3  users, by age                                   listing   listing = USERS, id
 *  4  what the authorizer must know                   table     pk = AUTHZ: JWKS, ROLE#<name>, SESSION#<id>, USER#<id>
 *  5  custom roles                                    table     pk = AUTHZ, sk begins with ROLE#
 *  6  a machine key                                   table     pk = KEY#<key id>, sk = KEY
 *  7  machine keys, by age                            listing   listing = API_KEYS, id
 *  8  attempts for an account or from an address      table     pk = LOCK#<kind>#<digest>, sk = LOCK
 *  9  locks that hold now                             listing   listing = LOCKS, id >= now
 * 10  events of a kind since an instant               table     pk = EVENTS#<day>, sk >= <action>#<instant>
 *
 * Beside these: (ADMINS, ADMINS) lists the active administrators, so that the last one can be told; (FIRST, ADMIN) says
 * that the first administrator was made, for ever; (AUTHZ, ROLES) is the version of all roles together, so that two
 * changes cannot make a cycle between them. Whatever carries `event` tells the stream what happened. What is deleted
 * stays as a gravestone for a while, since a removal could not carry an event.
 */

const USERS = 'USERS';
const API_KEYS = 'API_KEYS';
const LOCKS_LISTING = 'LOCKS';
const GRAVESTONE_SECONDS = 30 * 86_400;
const EVENT_SECONDS = 3 * 86_400;
/** A revocation is remembered for as long as a token could live, and this much longer. */
const REVOCATION_MARGIN_SECONDS = 900;

const userKey = (id: string) => ({ pk: USER_PARTITION_PREFIX + id, sk: USER_ITEM });
const nameKey = (name: string) => ({ pk: `NAME#${sha256(name)}`, sk: 'NAME' });
const apiKeyKey = (id: string) => ({ pk: partitionOfKey(id), sk: KEY_ITEM });
const lockKey = (kind: string, subject: string) => ({ pk: `LOCK#${kind}#${sha256(subject)}`, sk: 'LOCK' });
const authzKey = (sk: string) => ({ pk: AUTHZ, sk });
const ADMINS = { pk: 'ADMINS', sk: 'ADMINS' };
const FIRST_ADMIN = { pk: 'FIRST', sk: 'ADMIN' };
const ROLES_VERSION = authzKey('ROLES');

const epochSeconds = (at: Date): number => Math.floor(at.getTime() / 1000);

interface Versioned {
  readonly version: number;
}

interface LockItem {
  readonly attempts: number;
  readonly lastAt: string;
  readonly lockedUntil?: string;
}

/** An attempt that may go on, and the lock that it has put behind itself; or how long to wait. */
export type Attempt =
  | { readonly allowed: true; readonly lockedUntil: string | undefined }
  | { readonly allowed: false; readonly retryAfterSeconds: number };

/** A change of a user beyond their sessions. */
export interface UserChange {
  readonly set: Partial<
    Pick<
      StoredUser,
      | 'displayName'
      | 'roles'
      | 'tier'
      | 'status'
      | 'passwordHash'
      | 'passwordChangeRequired'
      | 'passwordChangedAt'
      | 'wantedTier'
    >
  >;
  readonly event: SecurityEvent;
  /** Access tokens made before this change must not be taken any more. */
  readonly voidsTokens: boolean;
  /** All sessions end, except one that is put anew under its id. */
  readonly endsSessions?: { readonly except?: { readonly id: string; readonly session: StoredSession } };
}

export const authStore = (client: DynamoDBClient, tableName: string, accessTokenSeconds: number) => {
  const auth = table(client, tableName);
  const revocationTtl = (at: Date): number => epochSeconds(at) + accessTokenSeconds + REVOCATION_MARGIN_SECONDS;

  /** Access pattern 1, first half. */
  const userIdOf = async (name: string): Promise<string | undefined> =>
    (await auth.get<{ userId: string }>(nameKey(name), { consistent: true }))?.userId;

  /** Access pattern 2. A deleted user is none. */
  const userById = async (id: string): Promise<StoredUser | undefined> => {
    const user = await auth.get<StoredUser>(userKey(id), { consistent: true });
    return user?.status === 'deleted' ? undefined : user;
  };

  /** Access pattern 3. */
  const users = async (request: PageRequest): Promise<Page<StoredUser>> => {
    const { items, next } = await listed(USERS, request);
    const found = await auth.many<StoredUser>(items.map(({ pk, sk }) => ({ pk, sk })));
    return { items: found.filter((user) => user.status !== 'deleted'), next };
  };

  const listed = (listing: string, request: PageRequest): Promise<Page<{ pk: string; sk: string }>> =>
    auth.page({ index: LISTING_INDEX, where: '#listing = :listing', values: { listing } }, request);

  /** What must be written so that the list of administrators is right after a change; nothing where it stays. */
  const adminWrites = async (
    id: string,
    before: boolean,
    after: boolean,
  ): Promise<readonly TransactWrite[] | 'last_admin'> => {
    if (before === after) return [];
    const list = await auth.get<Versioned & { members: string[] }>(ADMINS, { consistent: true });
    const others = (list?.members ?? []).filter((member) => member !== id);
    if (!after && others.length === 0) return 'last_admin';
    return [
      {
        put: { ...ADMINS, members: after ? [...others, id] : others, version: (list?.version ?? 0) + 1 },
        when: list
          ? { expression: '#version = :seen', values: { seen: list.version } }
          : { expression: 'attribute_not_exists(#pk)' },
      },
    ];
  };

  /** Makes a user. `taken` when the name is somebody's; `first` also marks that the first administrator was made. */
  const createUser = async (user: StoredUser, first = false): Promise<'created' | 'taken'> => {
    for (let attempt = 0; attempt < 5; attempt++) {
      const admins = await adminWrites(user.id, false, isActiveAdmin(user));
      if (admins === 'last_admin') throw new Error('A new user takes no administrator away');
      const isDone = await auth.transact([
        { put: { ...userKey(user.id), ...user, listing: USERS }, when: { expression: 'attribute_not_exists(#pk)' } },
        {
          put: { ...nameKey(user.username), userId: user.id },
          when: { expression: 'attribute_not_exists(#pk)' },
        },
        ...(first ? [{ put: FIRST_ADMIN, when: { expression: 'attribute_not_exists(#pk)' } }] : []),
        ...admins,
      ]);
      if (isDone) return 'created';
      if ((await userIdOf(user.username)) !== undefined) return 'taken';
      if (first && (await wasFirstAdminMade())) return 'taken';
    }
    throw new Error('The list of administrators kept changing');
  };

  const wasFirstAdminMade = async (): Promise<boolean> =>
    (await auth.get(FIRST_ADMIN, { consistent: true })) !== undefined;

  /**
   * Changes a user as they were seen. `changed` when somebody else was faster, `last_admin` when nobody would be left to
   * administer.
   */
  const changeUser = async (
    seen: StoredUser,
    change: UserChange,
    at: Date,
  ): Promise<StoredUser | 'changed' | 'last_admin'> => {
    const epoch = seen.epoch + (change.voidsTokens ? 1 : 0);
    const { except } = change.endsSessions ?? {};
    const set = {
      ...change.set,
      updatedAt: at.toISOString(),
      version: seen.version + 1,
      epoch,
      event: change.event,
      ...(change.endsSessions && { sessions: except ? { [except.id]: except.session } : {} }),
    };
    const after = { ...seen, ...set };
    const admins = await adminWrites(seen.id, isActiveAdmin(seen), isActiveAdmin(after));
    if (admins === 'last_admin') return 'last_admin';
    const update: Update = {
      key: userKey(seen.id),
      set,
      when: {
        expression: '#version = :seen AND #status <> :deleted',
        values: { seen: seen.version, deleted: 'deleted' },
      },
    };
    const isDone = await auth.transact([
      { update },
      ...(change.voidsTokens
        ? [{ put: { ...authzKey(CHANGED_USER_PREFIX + seen.id), epoch, ttl: revocationTtl(at) } }]
        : []),
      ...admins,
    ]);
    return isDone ? after : 'changed';
  };

  /** Deletes a user: no name, no password, no session; what stays tells the stream who deleted whom. */
  const deleteUser = async (
    seen: StoredUser,
    event: SecurityEvent,
    at: Date,
  ): Promise<'deleted' | 'changed' | 'last_admin'> => {
    const admins = await adminWrites(seen.id, isActiveAdmin(seen), false);
    if (admins === 'last_admin') return 'last_admin';
    const isDone = await auth.transact([
      {
        update: {
          key: userKey(seen.id),
          set: {
            status: 'deleted',
            event,
            sessions: {},
            epoch: seen.epoch + 1,
            ttl: epochSeconds(at) + GRAVESTONE_SECONDS,
          },
          remove: ['passwordHash', 'listing', 'displayName', 'roles'],
          when: {
            expression: '#version = :seen AND #status <> :deleted',
            values: { seen: seen.version, deleted: 'deleted' },
          },
        },
      },
      { delete: nameKey(seen.username), when: { expression: '#userId = :id', values: { id: seen.id } } },
      { put: { ...authzKey(CHANGED_USER_PREFIX + seen.id), epoch: seen.epoch + 1, ttl: revocationTtl(at) } },
      ...admins,
    ]);
    return isDone ? 'deleted' : 'changed';
  };

  /** Begins a session, as long as the password that was checked is still the user's. Undefined when it is not. */
  const startSession = async (
    user: StoredUser,
    of: {
      readonly id: string;
      readonly session: StoredSession;
      readonly drop: readonly string[];
      readonly wantedTier: Tier;
      readonly passwordHash?: string;
      readonly event: SecurityEvent;
    },
  ): Promise<StoredUser | undefined> => {
    const { done, item } = await auth.update<StoredUser>({
      key: userKey(user.id),
      set: {
        [`sessions.#${of.id}`]: of.session,
        lastLoginAt: of.event.at,
        event: of.event,
        wantedTier: of.wantedTier === user.wantedTier ? undefined : of.wantedTier,
        passwordHash: of.passwordHash,
      },
      remove: of.drop.map((id) => `sessions.#${id}`),
      when: {
        expression: '#status = :active AND #passwordHash = :checked',
        values: { active: 'active', checked: user.passwordHash },
      },
    });
    return done ? item : undefined;
  };

  /**
   * Takes a refresh token for the next: one conditional write, no read, whoever else tries at the same moment. Where it
   * was not the good token, the user is answered as they are, for the verdict.
   */
  const rotate = async (
    token: RefreshToken,
    expectedHash: string,
    set: Omit<RefreshState, 'family'>,
    at: Date,
  ): Promise<{ rotated: boolean; user: StoredUser | undefined }> => {
    const session = `sessions.#${token.sessionId}`;
    const { done, item } = await auth.update<StoredUser>({
      key: userKey(token.userId),
      set: Object.fromEntries(Object.entries(set).map(([name, value]) => [`${session}.#${name}`, value])),
      when: {
        expression: `#status = :active AND #${session}.#hash = :presented AND #${session}.#expiresAt > :now`,
        values: { active: 'active', presented: expectedHash, now: at.toISOString() },
      },
    });
    return { rotated: done, user: item };
  };

  /** Ends a session: no token of it is renewed, and none is taken any more. False where there was no such session. */
  const endSession = async (userId: string, sessionId: string, event: SecurityEvent, at: Date): Promise<boolean> => {
    for (let attempt = 0; attempt < 10; attempt++) {
      const isDone = await auth.transact([
        {
          update: {
            key: userKey(userId),
            set: { event },
            remove: [`sessions.#${sessionId}`],
            when: { expression: `attribute_exists(#sessions.#${sessionId})` },
          },
        },
        { put: { ...authzKey(ENDED_SESSION_PREFIX + sessionId), ttl: revocationTtl(at) } },
      ]);
      if (isDone) return true;
      const user = await userById(userId);
      if (!user?.sessions[sessionId]) return false;
    }
    throw new Error('The sessions of a user kept changing');
  };

  /** Notes the tier that a user's own meter shall be in, where the roles have changed what it was. */
  const wantTier = async (userId: string, wantedTier: Tier): Promise<void> => {
    await auth.update({
      key: userKey(userId),
      set: { wantedTier },
      when: { expression: '#status <> :deleted', values: { deleted: 'deleted' } },
    });
  };

  /** Access pattern 5. The version is read before the roles, so that what changes in between makes a write on it fail. */
  const roles = async (): Promise<{ roles: StoredRole[]; version: number }> => {
    const registry = await auth.get<Versioned>(ROLES_VERSION, { consistent: true });
    const items = await auth.all<StoredRole>({
      where: '#pk = :pk AND begins_with(#sk, :prefix)',
      values: { pk: AUTHZ, prefix: ROLE_PREFIX },
      consistent: true,
    });
    return { roles: items, version: registry?.version ?? 0 };
  };

  const rolesChanged = (version: number): TransactWrite => ({
    put: { ...ROLES_VERSION, version: version + 1 },
    when:
      version === 0
        ? { expression: 'attribute_not_exists(#pk)' }
        : { expression: '#version = :seen', values: { seen: version } },
  });

  /** Writes a role, provided that no role has changed since all were read. */
  const saveRole = (role: StoredRole, version: number): Promise<boolean> =>
    auth.transact([{ put: { ...authzKey(ROLE_PREFIX + role.name), ...role } }, rolesChanged(version)]);

  const deleteRole = (name: string, event: SecurityEvent, version: number): Promise<boolean> =>
    auth.transact([
      { delete: authzKey(ROLE_PREFIX + name), when: { expression: 'attribute_exists(#pk)' } },
      { put: eventItem(event) },
      rolesChanged(version),
    ]);

  /** Access pattern 6. */
  const apiKeyById = async (id: string): Promise<StoredApiKey | undefined> => {
    const key = await auth.get<StoredApiKey>(apiKeyKey(id), { consistent: true });
    return key?.status === 'active' ? key : undefined;
  };

  /** Access pattern 7. */
  const apiKeys = async (request: PageRequest): Promise<Page<StoredApiKey>> => {
    const { items, next } = await listed(API_KEYS, request);
    return { items: await auth.many<StoredApiKey>(items.map(({ pk, sk }) => ({ pk, sk }))), next };
  };

  const createApiKey = async (key: StoredApiKey): Promise<void> => {
    const ttl = key.expiresAt === null ? undefined : epochSeconds(new Date(key.expiresAt)) + GRAVESTONE_SECONDS;
    await auth.put(
      { ...apiKeyKey(key.id), ...key, listing: API_KEYS, ttl },
      { expression: 'attribute_not_exists(#pk)' },
    );
  };

  /** Revokes a key. False where there was none. */
  const revokeApiKey = async (id: string, event: SecurityEvent, at: Date): Promise<boolean> => {
    const { done } = await auth.update({
      key: apiKeyKey(id),
      set: { status: 'revoked', event, ttl: epochSeconds(at) + GRAVESTONE_SECONDS },
      remove: ['hash', 'listing'],
      when: { expression: '#status = :active', values: { active: 'active' } },
    });
    return done;
  };

  /**
   * Counts an attempt before it is made, so that of any number at once only as many go on as are free. Past the free
   * ones each attempt shuts the door behind itself, and only one gets through when it opens.
   */
  const attempt = async (policy: LockPolicy, subject: string, at: Date): Promise<Attempt> => {
    const key = lockKey(policy.kind, subject);
    const now = at.toISOString();
    const forgetBefore = new Date(at.getTime() - policy.forgetAfterSeconds * 1000).toISOString();
    const common = { lastAt: now, ttl: epochSeconds(at) + policy.forgetAfterSeconds };
    for (let tries = 0; tries < 20; tries++) {
      const counted = await auth.update<LockItem>({
        key,
        set: common,
        add: { attempts: 1 },
        when: {
          expression: 'attribute_not_exists(#attempts) OR (#attempts < :free AND #lastAt > :forgetBefore)',
          values: { free: policy.freeAttempts, forgetBefore },
        },
      });
      if (counted.done) return { allowed: true, lockedUntil: undefined };
      const seen = counted.item;
      if (!seen) continue;
      if (seen.lockedUntil && seen.lockedUntil > now) {
        return { allowed: false, retryAfterSeconds: (Date.parse(seen.lockedUntil) - at.getTime()) / 1000 };
      }
      const isForgotten = seen.lastAt <= forgetBefore;
      const attempts = isForgotten ? 1 : seen.attempts + 1;
      const seconds = lockSeconds(policy, attempts);
      const lockedUntil = seconds > 0 ? new Date(at.getTime() + seconds * 1000).toISOString() : undefined;
      const claimed = await auth.update<LockItem>({
        key,
        set: {
          ...common,
          attempts,
          ...(lockedUntil && {
            lockedUntil,
            listing: LOCKS_LISTING,
            id: `${lockedUntil}#${policy.kind}`,
            ttl: Math.max(common.ttl, epochSeconds(new Date(lockedUntil))),
          }),
        },
        remove: lockedUntil ? [] : ['lockedUntil', 'listing', 'id'],
        when: {
          expression:
            '#attempts = :seen AND #lastAt = :lastAt' +
            (seen.lockedUntil ? ' AND #lockedUntil = :until' : ' AND attribute_not_exists(#lockedUntil)'),
          values: { seen: seen.attempts, lastAt: seen.lastAt, ...(seen.lockedUntil && { until: seen.lockedUntil }) },
        },
      });
      if (claimed.done) return { allowed: true, lockedUntil };
    }
    return { allowed: false, retryAfterSeconds: 1 };
  };

  /** The attempt succeeded: the account starts anew. */
  const forgetAttempts = async (policy: LockPolicy, subject: string): Promise<void> => {
    await auth.remove(lockKey(policy.kind, subject));
  };

  /** The attempt succeeded: it does not count against the address, and the lock that it put behind itself opens. */
  const takeAttemptBack = async (
    policy: LockPolicy,
    subject: string,
    lockedUntil: string | undefined,
  ): Promise<void> => {
    await auth.update({
      key: lockKey(policy.kind, subject),
      add: { attempts: -1 },
      ...(lockedUntil && { remove: ['lockedUntil', 'listing', 'id'] }),
      when: {
        expression: lockedUntil ? '#attempts > :none AND #lockedUntil = :until' : '#attempts > :none',
        values: { none: 0, ...(lockedUntil && { until: lockedUntil }) },
      },
    });
  };

  /** Access pattern 9: how many locks hold now, at most `atMost`. */
  const locksHolding = async (at: Date, atMost: number): Promise<number> => {
    const { items } = await auth.queryOnce(
      {
        index: LISTING_INDEX,
        where: '#listing = :listing AND #id >= :now',
        values: { listing: LOCKS_LISTING, now: at.toISOString() },
      },
      atMost,
    );
    return items.length;
  };

  /** Writes an event that has no state of its own. */
  const note = async (event: SecurityEvent): Promise<void> => {
    await auth.put(eventItem(event));
  };

  /** Access pattern 10: how many events of a kind there were since then, at most `atMost`. */
  const eventsSince = async (type: SecurityEvent['type'], since: Date, now: Date, atMost: number): Promise<number> => {
    let count = 0;
    for (let day = since; count < atMost; day = new Date(day.getTime() + 86_400_000)) {
      const date = day.toISOString().slice(0, 10);
      if (date > now.toISOString().slice(0, 10)) break;
      const { items } = await auth.queryOnce(
        {
          where: '#pk = :pk AND #sk BETWEEN :from AND :to',
          values: { pk: `EVENTS#${date}`, from: `${type}#${since.toISOString()}`, to: `${type}#~` },
        },
        atMost - count,
      );
      count += items.length;
    }
    return count;
  };

  /** The public keys, for access pattern 4. */
  const publishedKeys = async (): Promise<{ keys: readonly PublicJwk[]; version: number }> =>
    (await auth.get<{ keys: PublicJwk[]; version: number }>(authzKey(JWKS_ITEM), { consistent: true })) ?? {
      keys: [],
      version: 0,
    };

  /** Replaces the public keys as they were seen. False when somebody else was faster. */
  const publishKeys = async (
    keys: readonly PublicJwk[],
    seenVersion: number,
    event?: SecurityEvent,
  ): Promise<boolean> => {
    const { done } = await auth.put(
      { ...authzKey(JWKS_ITEM), keys, version: seenVersion + 1, ...(event && { event }) },
      seenVersion === 0
        ? { expression: 'attribute_not_exists(#pk)' }
        : { expression: '#version = :seen', values: { seen: seenVersion } },
    );
    return done;
  };

  /** Notes that the gateway has somebody's own key in this tier. Nothing happens where they are gone or want another. */
  const metered = async (kind: 'user' | 'apikey', id: string, tier: Tier, at: Date): Promise<void> => {
    await auth.update({
      key: kind === 'user' ? userKey(id) : apiKeyKey(id),
      set: { usageTier: tier, meteredSince: at.toISOString() },
      when: {
        expression: '#status IN (:active, :disabled) AND #wantedTier = :tier',
        values: { active: 'active', disabled: 'disabled', tier },
      },
    });
  };

  return {
    userIdOf,
    userById,
    users,
    createUser,
    wasFirstAdminMade,
    changeUser,
    deleteUser,
    startSession,
    rotate,
    endSession,
    wantTier,
    roles,
    saveRole,
    deleteRole,
    apiKeyById,
    apiKeys,
    createApiKey,
    revokeApiKey,
    attempt,
    forgetAttempts,
    takeAttemptBack,
    locksHolding,
    note,
    eventsSince,
    publishedKeys,
    publishKeys,
    metered,
  };
};

export type AuthStore = ReturnType<typeof authStore>;

const eventItem = (event: SecurityEvent) => ({
  pk: `EVENTS#${event.at.slice(0, 10)}`,
  sk: `${event.type}#${event.at}#${event.id}`,
  event,
  ttl: epochSeconds(new Date(event.at)) + EVENT_SECONDS,
});
