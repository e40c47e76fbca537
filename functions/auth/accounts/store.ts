import type { Table, TransactWrite, Update } from '../../../shared/aws/dynamo.ts';
import { sha256 } from '../../../shared/kernel/ids.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import type { Tier } from '../../../shared/kernel/tiers.ts';
import type { SecurityEvent } from '../events.ts';
import { epochSeconds, TOMBSTONE_SECONDS } from '../lifetimes.ts';
import { listed } from '../listed.ts';
import { authzKey, CHANGED_USER_PREFIX, ENDED_SESSION_PREFIX, userKey } from '../table.ts';
import type { RefreshState, RefreshToken } from './refresh-token.ts';
import { isActiveAdmin, type StoredSession, type StoredUser } from './user.ts';

/*
 * Access patterns
 *
 *  #  question                        index     key
 *  1  the user of a name              table     pk = NAME#<name>, sk = NAME; then 2
 *  2  a user, with all sessions       table     pk = USER#<user id>, sk = USER
 *  3  users, by age                   listing   listing = USERS, id
 *
 * Beside these: (ADMINS, ADMINS) lists the active administrators, so that the last one can be told; (FIRST, ADMIN) says
 * that the first administrator was made, for ever; (AUTHZ, SESSION#<id>) and (AUTHZ, USER#<id>) tell the authorizer what
 * is void. Whatever carries `event` tells the stream what happened.
 */

const USERS = 'USERS';
/** A revocation is remembered for as long as a token could live, and this much longer. */
const REVOCATION_MARGIN_SECONDS = 900;

const nameKey = (name: string) => ({ pk: `NAME#${sha256(name)}`, sk: 'NAME' });
const ADMINS = { pk: 'ADMINS', sk: 'ADMINS' };
const FIRST_ADMIN = { pk: 'FIRST', sk: 'ADMIN' };

interface Versioned {
  readonly version: number;
}

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

/** Users with their sessions. */
export const userStore = (auth: Table, accessTokenSeconds: number) => {
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
    const { items, next } = await listed(auth, USERS, request);
    const found = await auth.many<StoredUser>(items.map(({ pk, sk }) => ({ pk, sk })));
    return { items: found.filter((user) => user.status !== 'deleted'), next };
  };

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
            ttl: epochSeconds(at) + TOMBSTONE_SECONDS,
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
   * Takes a refresh token for the next: one conditional write and no read, also where others try at the same moment. Where it
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
  };
};

export type UserStore = ReturnType<typeof userStore>;
