import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { table } from '../../shared/aws/dynamo.ts';
import type { Caller } from '../../shared/kernel/caller.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { bearers, type Bearer } from './authorizer/bearer.ts';
import { bearerSettings } from './authorizer/bearer-settings.ts';
import {
  callerBy,
  isUseDue,
  opens,
  parseMachineKey,
  partitionOfKey,
  type KeyFacts,
} from './machine-keys/machine-key.ts';
import { accountGuard, accountPermits } from './roles/account-guard.ts';
import { KEY_ITEM, PERSON_ATTRIBUTES, USER_ITEM, USER_PARTITION_PREFIX } from './table.ts';

/*
 * What other contexts may call. `bearerReader` is for public routes that tell more to whoever is known; its function is
 * granted what the authorizer is (`AuthData.grantTellBearersTo`). Machine keys lie in partitions of their own that begin
 * with `KEY#` (see table.ts), so a function that checks keys is granted GetItem and UpdateItem with `dynamodb:LeadingKeys`
 * = `KEY#*` and can read or write nothing else of the auth table. A function that looks people up is granted GetItem with
 * `dynamodb:LeadingKeys` = `USER#*` and `dynamodb:Attributes` = those of a person: it can read no hash of a password.
 */

export type { Bearer };
export { mustCover } from './roles/must-cover.ts';

/** Tells who bears an `Authorization` header, as the authorizer does: undefined for nobody. */
export const bearerReader = (): ((authorization: string) => Promise<Bearer | undefined>) => bearers(bearerSettings());

const FRESH_MS = 20_000;
const MAX_REMEMBERED = 1_000;

/**
 * Tells who holds a machine key: `(presented) => Caller | undefined`. Undefined for a key that is unknown, revoked or
 * expired. What was read is believed for 20 s, also that there is no such key. A last use is noted at most once a minute;
 * that it could not be noted refuses nobody. Rejects when DynamoDB cannot be asked.
 */
export const keyHolders = (client: DynamoDBClient, tableName: string, clock: Clock) => {
  const auth = table(client, tableName);
  const known = new Map<string, { readonly at: number; readonly facts: KeyFacts | undefined }>();

  const factsOf = async (id: string, now: Date): Promise<KeyFacts | undefined> => {
    const remembered = known.get(id);
    if (remembered && now.getTime() - remembered.at < FRESH_MS) return remembered.facts;
    const facts = await auth.get<KeyFacts>({ pk: partitionOfKey(id), sk: KEY_ITEM }, { consistent: true });
    if (known.size >= MAX_REMEMBERED) known.clear();
    known.set(id, { at: now.getTime(), facts });
    return facts;
  };

  const noteUse = async (facts: KeyFacts, now: Date): Promise<void> => {
    if (!isUseDue(facts, now)) return;
    const readAt = known.get(facts.id)?.at ?? now.getTime();
    known.set(facts.id, { at: readAt, facts: { ...facts, lastUsedAt: now.toISOString() } });
    try {
      await auth.update({
        key: { pk: partitionOfKey(facts.id), sk: KEY_ITEM },
        set: { lastUsedAt: now.toISOString() },
        when: {
          expression: '#status = :active AND (#lastUsedAt = :seen OR #lastUsedAt = :null)',
          values: { active: 'active', seen: facts.lastUsedAt ?? '', null: null },
        },
      });
    } catch {
      // DynamoDB is busy: the next use is noted.
    }
  };

  return async (presented: string): Promise<Caller | undefined> => {
    const key = parseMachineKey(presented);
    if (!key) return undefined;
    const now = clock.now();
    const facts = await factsOf(key.id, now);
    if (!opens(facts, key.secret, now)) return undefined;
    await noteUse(facts, now);
    return callerBy(facts);
  };
};

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
    auth.get<Person>({ pk: USER_PARTITION_PREFIX + id, sk: USER_ITEM }, { consistent: true, only: PERSON_ATTRIBUTES });
};

/** Whether somebody may be named: whoever was deleted may not, whoever is disabled may come back. */
export const isThere = (person: Person | undefined): boolean => person !== undefined && person.status !== 'deleted';

export type People = ReturnType<typeof people>;

/** Whether there is a user of this id, so that others may name them. False for every text that is no id of a user. */
export const userExists =
  (person: People) =>
  async (id: string): Promise<boolean> =>
    isThere(await person(id));

/**
 * Guards what belongs to a user against others: `(caller, userId)` passes where the caller is that user, or may do all that
 * the user may. Otherwise it refuses: 404 `user.not_found`, or 403 `auth.escalation` where the user may do more. Its
 * function is granted `AuthData.grantGuardTo`.
 */
export const userGuard = (client: DynamoDBClient, tableName: string) => accountGuard(table(client, tableName));
export type UserGuard = ReturnType<typeof userGuard>;

/** Tells whether a user has a permission, at this moment. Its function is granted `AuthData.grantGuardTo`. */
export const userPermits = (client: DynamoDBClient, tableName: string) => accountPermits(table(client, tableName));
export type UserPermits = ReturnType<typeof userPermits>;
