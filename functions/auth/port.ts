import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoClient } from '../../shared/aws/clients.ts';
import { table } from '../../shared/aws/dynamo.ts';
import { capability, type Opened } from '../../shared/kernel/capability.ts';
import type { Caller } from '../../shared/kernel/caller.ts';
import { systemClock, type Clock } from '../../shared/kernel/clock.ts';
import { readEnv } from '../../shared/kernel/env.ts';
import { mapLimit } from '../../shared/kernel/map-limit.ts';
import type { Page, PageRequest } from '../../shared/kernel/page.ts';
import { AUTH_GRANTS } from './grants.ts';
import { bearers, type Bearer } from './authorizer/bearer.ts';
import { bearerSettings } from './deps/bearers.ts';
import { knownKeys } from './machine-keys/known-keys.ts';
import { normalName } from './accounts/user.ts';
import { callerBy } from './machine-keys/machine-key.ts';
import { accountGuard, accountPermits } from './roles/account-guard.ts';
import type { StandbyReader } from './standby/reader.ts';
import { standbyOf } from './standby/settings.ts';
import { LISTING_INDEX, nameKey, PERSON_ATTRIBUTES, USERS, userKey } from './table.ts';

/** Users that are read side by side. */
const AT_ONCE = 10;

/*
 * What another context may do with users, roles and machine keys. Each capability bears its grant (`grants.ts`): a function that
 * checks keys reads and writes nothing else of the auth table, and one that looks people up reads no hash of a password. A
 * function opens the capabilities that its manifest lists.
 */

export type { Bearer };
export { assertCovers } from './roles/assert-covers.ts';

/** Finds the bearer of an `Authorization` header, as the authorizer does: undefined for nobody. */
export const bearerReader = /* @__PURE__ */ capability(AUTH_GRANTS.bearers, () => bearers(bearerSettings()));

/**
 * Tells who holds a machine key: `(presented) => Caller | undefined`. Undefined for a key that is unknown, revoked or
 * expired. What was read is believed for 20 s, also that there is no such key, and that a key is good for an hour while
 * DynamoDB cannot be read. Rejects where nothing can be believed.
 */
export const keyHolders = (client: DynamoDBClient, tableName: string, clock: Clock, standby?: StandbyReader) => {
  const factsOf = knownKeys(table(client, tableName), clock, standby);
  return async (presented: string): Promise<Caller | undefined> => {
    const facts = await factsOf(presented);
    return facts && callerBy(facts);
  };
};

/** The same from the environment of a function. */
export const keyHolderReader = /* @__PURE__ */ capability(AUTH_GRANTS.keys, () =>
  keyHolders(dynamoClient(), authTable(), systemClock, standbyOf()),
);

const authTable = () => readEnv(['AUTH_TABLE']).AUTH_TABLE;

/** A user as other contexts know them. */
export interface Person {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly status: 'active' | 'disabled' | 'deleted';
}

/** Looks a user up, as they are at this moment; undefined where there never was one. */
export const people = (client: DynamoDBClient, tableName: string) => {
  const auth = table(client, tableName);
  return (id: string): Promise<Person | undefined> =>
    auth.get<Person>(userKey(id), { consistent: true, only: PERSON_ATTRIBUTES });
};

/** The same from the environment of a function. */
export const peopleReader = /* @__PURE__ */ capability(AUTH_GRANTS.people, () => people(dynamoClient(), authTable()));

/** Looks users up by id and by name, and lists them, oldest first, as they are at this moment. */
export const peopleIn = (client: DynamoDBClient, tableName: string) => {
  const auth = table(client, tableName);
  const byId = people(client, tableName);
  return {
    byId,
    byUsername: async (username: string): Promise<Person | undefined> => {
      const found = await auth.get<{ userId: string }>(nameKey(normalName(username)), { consistent: true });
      return found && byId(found.userId);
    },
    list: async (request: PageRequest): Promise<Page<Person>> => {
      const { items, next } = await auth.page<{ readonly id: string }>(
        { index: LISTING_INDEX, where: '#listing = :listing', values: { listing: USERS } },
        request,
      );
      const found = await mapLimit(items, AT_ONCE, ({ id }) => byId(id));
      return { items: found.filter((person) => person !== undefined && isThere(person)) as Person[], next };
    },
  };
};

/** The same from the environment of a function. */
export const peopleLister = /* @__PURE__ */ capability(AUTH_GRANTS.listPeople, () =>
  peopleIn(dynamoClient(), authTable()),
);
export type PeopleLister = Opened<typeof peopleLister>;

/** Whether somebody may be named: a deleted user may not, a disabled one may come back. */
export const isThere = (person: Person | undefined): boolean => person !== undefined && person.status !== 'deleted';

export type People = ReturnType<typeof people>;

/** Whether there is a user of this id, so that others may name them. False for every text that is no id of a user. */
export const userExists =
  (person: People) =>
  async (id: string): Promise<boolean> =>
    isThere(await person(id));

/**
 * Guards what belongs to a user against others: `(caller, userId)` passes where the caller is that user, or may do all that
 * the user may. Otherwise it refuses: 404 `user.not_found`, or 403 `auth.escalation` where the user may do more.
 */
export const userGuard = (client: DynamoDBClient, tableName: string) => accountGuard(table(client, tableName));
export type UserGuard = ReturnType<typeof userGuard>;

/** Tells whether a user has a permission, at this moment. */
export const userPermits = (client: DynamoDBClient, tableName: string) => accountPermits(table(client, tableName));
export type UserPermits = ReturnType<typeof userPermits>;

/** Both from the environment of a function. */
export const guardReader = /* @__PURE__ */ capability(AUTH_GRANTS.guard, () => userGuard(dynamoClient(), authTable()));
export const permitReader = /* @__PURE__ */ capability(AUTH_GRANTS.guard, () =>
  userPermits(dynamoClient(), authTable()),
);
