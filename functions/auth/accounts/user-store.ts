import type { Condition, Table, TransactWrite } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import type { Tier } from '../../../shared/kernel/tiers.ts';
import { OVERTAKEN, untilWritten } from '../../../shared/kernel/until-written.ts';
import type { SecurityEvent } from '../events.ts';
import { epochSeconds, revocationExpiry, TOMBSTONE_SECONDS } from '../lifetimes.ts';
import { pageOfListing } from '../listing.ts';
import { authzKey, CHANGED_USER_PREFIX, nameKey, USERS, userKey } from '../table.ts';
import type { StoredFactor } from '../factors/factor.ts';
import { isActiveAdmin, type StoredSession, type StoredUser } from './user.ts';
import type * as store from './user-store.ts';

/*
 * Access patterns
 *
 *  #  question                        index     key
 *  1  the user of a name              table     pk = NAME#<name>, sk = NAME; then 2
 *  2  a user, with all sessions       table     pk = USER#<user id>, sk = USER
 *  3  users, by age                   listing   listing = USERS, id
 *
 * (ADMINS, ADMINS) lists the active administrators, so that the last one is known. (FIRST, ADMIN) says for ever that the first
 * administrator was created. (AUTHZ, USER#<id>) tells the authorizer which tokens are void. An item that carries `event` tells
 * the stream what happened.
 */

/** The auth table, and the lifetime of an access token: a revocation outlasts every token that it voids. */
export interface AccountTable {
  readonly auth: Table;
  readonly accessTokenSeconds: number;
}

/** The functions of this file over a table. */
export type UserStore = Bound<typeof store>;

const ADMINS = { pk: 'ADMINS', sk: 'ADMINS' };
const FIRST_ADMIN = { pk: 'FIRST', sk: 'ADMIN' };
const ABSENT: Condition = { expression: 'attribute_not_exists(#pk)' };

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
      | 'needsFactor'
      | 'wantedTier'
      | 'factors'
      | 'recoveryCodes'
    >
  >;
  /** A factor is confirmed by its first code, which is used up. New recovery codes replace all earlier ones. */
  readonly confirms?: {
    readonly factorId: string;
    readonly step: number;
    readonly recoveryCodes: Readonly<Record<string, true>> | undefined;
  };
  /** A factor is added that needs no confirmation. */
  readonly adds?: {
    readonly factorId: string;
    readonly factor: StoredFactor;
    readonly recoveryCodes: Readonly<Record<string, true>> | undefined;
  };
  /** A confirmed factor that must still be there. */
  readonly whileFactor?: string;
  readonly event: SecurityEvent;
  /** Access tokens issued before this change are refused. */
  readonly voidsTokens: boolean;
  /** All sessions end, except one that continues with a new state. */
  readonly endsSessions?: { readonly except?: { readonly id: string; readonly session: StoredSession } };
}

/** Access pattern 1, first half. */
export const userIdOf = async ({ auth }: AccountTable, name: string): Promise<string | undefined> =>
  (await auth.get<{ userId: string }>(nameKey(name), { consistent: true }))?.userId;

/** Access pattern 2. Undefined for a deleted user. */
export const userById = async ({ auth }: AccountTable, id: string): Promise<StoredUser | undefined> => {
  const user = await auth.get<StoredUser>(userKey(id), { consistent: true });
  return user?.status === 'deleted' ? undefined : user;
};

/** Access pattern 3. */
export const listUsers = async ({ auth }: AccountTable, request: PageRequest): Promise<Page<StoredUser>> => {
  const { items, next } = await pageOfListing<StoredUser>(auth, USERS, request);
  return { items: items.filter((user) => user.status !== 'deleted'), next };
};

/** True once the first administrator was created, also after they were deleted. */
export const wasFirstAdminMade = async ({ auth }: AccountTable): Promise<boolean> =>
  (await auth.get(FIRST_ADMIN, { consistent: true })) !== undefined;

/** Creates a user. `taken`: another user has the name. `first` also notes that the first administrator was created. */
export const createUser = async (
  accounts: AccountTable,
  user: StoredUser,
  first = false,
): Promise<'created' | 'taken'> => {
  const { auth } = accounts;
  return untilWritten(async () => {
    const admins = await adminWrites(auth, user.id, false, isActiveAdmin(user));
    if (admins === 'last_admin') throw new Error('A new user takes no administrator away');
    const isDone = await auth.transact([
      { put: { ...userKey(user.id), ...user, listing: USERS }, when: ABSENT },
      { put: { ...nameKey(user.username), userId: user.id }, when: ABSENT },
      ...(first ? [{ put: FIRST_ADMIN, when: ABSENT }] : []),
      ...admins,
    ]);
    if (isDone) return 'created';
    if ((await userIdOf(accounts, user.username)) !== undefined) return 'taken';
    if (first && (await wasFirstAdminMade(accounts))) return 'taken';
    return OVERTAKEN;
  });
};

/** Changes a user as they were read. `changed`: another writer was faster. `last_admin`: no administrator would be left. */
export const changeUser = async (
  { auth, accessTokenSeconds }: AccountTable,
  seen: StoredUser,
  change: UserChange,
  at: Date,
): Promise<StoredUser | 'changed' | 'last_admin'> => {
  const epoch = seen.epoch + (change.voidsTokens ? 1 : 0);
  const { except } = change.endsSessions ?? {};
  const { confirms, adds, whileFactor } = change;
  const set = {
    ...change.set,
    updatedAt: at.toISOString(),
    version: seen.version + 1,
    epoch,
    event: change.event,
    ...(change.endsSessions && { sessions: except ? { [except.id]: except.session } : {} }),
    ...(confirms && confirmed(confirms, at)),
    ...(adds && added(seen, adds)),
  };
  const after = { ...seen, ...set };
  const admins = await adminWrites(auth, seen.id, isActiveAdmin(seen), isActiveAdmin(after));
  if (admins === 'last_admin') return 'last_admin';
  const isDone = await auth.transact([
    {
      update: {
        key: userKey(seen.id),
        set,
        when: allOf(
          unchangedSince(seen),
          ...(confirms ? [unconfirmed(confirms.factorId)] : []),
          ...(whileFactor === undefined
            ? []
            : [{ expression: `attribute_exists(#factors.#${whileFactor}.#confirmedAt)` }]),
          // The map of the first factor is made by the same write, unless another request has made it meanwhile.
          ...(adds
            ? [{ expression: seen.factors ? 'attribute_exists(#factors)' : 'attribute_not_exists(#factors)' }]
            : []),
        ),
      },
    },
    ...(change.voidsTokens ? [tokensVoid(seen.id, epoch, revocationExpiry(at, accessTokenSeconds))] : []),
    ...admins,
  ]);
  return isDone ? after : 'changed';
};

/** Deletes a user with name, password and sessions. The tombstone tells the stream who deleted whom. */
export const deleteUser = async (
  { auth, accessTokenSeconds }: AccountTable,
  seen: StoredUser,
  event: SecurityEvent,
  at: Date,
): Promise<'deleted' | 'changed' | 'last_admin'> => {
  const admins = await adminWrites(auth, seen.id, isActiveAdmin(seen), false);
  if (admins === 'last_admin') return 'last_admin';
  const epoch = seen.epoch + 1;
  const isDone = await auth.transact([
    {
      update: {
        key: userKey(seen.id),
        set: { status: 'deleted', event, sessions: {}, epoch, ttl: epochSeconds(at) + TOMBSTONE_SECONDS },
        remove: ['passwordHash', 'listing', 'displayName', 'roles'],
        when: unchangedSince(seen),
      },
    },
    { delete: nameKey(seen.username), when: { expression: '#userId = :id', values: { id: seen.id } } },
    tokensVoid(seen.id, epoch, revocationExpiry(at, accessTokenSeconds)),
    ...admins,
  ]);
  return isDone ? 'deleted' : 'changed';
};

/** Notes which tier a user's own meter needs, after their roles changed it. */
export const wantTier = async ({ auth }: AccountTable, userId: string, wantedTier: Tier): Promise<void> => {
  await auth.update({
    key: userKey(userId),
    set: { wantedTier },
    when: { expression: '#status <> :deleted', values: { deleted: 'deleted' } },
  });
};

const unchangedSince = ({ version }: StoredUser): Condition => ({
  expression: '#version = :seen AND #status <> :deleted',
  values: { seen: version, deleted: 'deleted' },
});

const confirmed = ({ factorId, step, recoveryCodes }: NonNullable<UserChange['confirms']>, at: Date) => {
  const path = `factors.#${factorId}`;
  return {
    [`${path}.#confirmedAt`]: at.toISOString(),
    [`${path}.#lastUsedAt`]: at.toISOString(),
    [`${path}.#lastStep`]: step,
    ...(recoveryCodes && { recoveryCodes }),
  };
};

const unconfirmed = (factorId: string): Condition => ({
  expression: `attribute_exists(#factors.#${factorId}) AND attribute_not_exists(#factors.#${factorId}.#confirmedAt)`,
});

const added = ({ factors }: StoredUser, { factorId, factor, recoveryCodes }: NonNullable<UserChange['adds']>) => ({
  ...(factors ? { [`factors.#${factorId}`]: factor } : { factors: { [factorId]: factor } }),
  ...(recoveryCodes && { recoveryCodes }),
});

const allOf = (...conditions: readonly Condition[]): Condition => ({
  expression: conditions.map(({ expression }) => expression).join(' AND '),
  values: Object.assign({}, ...conditions.map(({ values }) => values)) as Readonly<Record<string, unknown>>,
});

/** Voids the access tokens of a user that have an earlier epoch. */
const tokensVoid = (userId: string, epoch: number, ttl: number): TransactWrite => ({
  put: { ...authzKey(CHANGED_USER_PREFIX + userId), epoch, ttl },
});

/** The writes that keep the list of administrators right across a change; none where the list stays. */
const adminWrites = async (
  auth: Table,
  id: string,
  before: boolean,
  after: boolean,
): Promise<readonly TransactWrite[] | 'last_admin'> => {
  if (before === after) return [];
  const list = await auth.get<{ readonly version: number; readonly members: string[] }>(ADMINS, { consistent: true });
  const others = (list?.members ?? []).filter((member) => member !== id);
  if (!after && others.length === 0) return 'last_admin';
  return [
    {
      put: { ...ADMINS, members: after ? [...others, id] : others, version: (list?.version ?? 0) + 1 },
      when: list ? { expression: '#version = :seen', values: { seen: list.version } } : ABSENT,
    },
  ];
};
