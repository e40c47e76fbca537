import type { Table } from '../aws/dynamo.ts';
import type { Bound } from '../kernel/bound.ts';
import type { AuditEvent } from '../kernel/audit-event.ts';
import { ContactId, MAX_CODES_A_DAY, OWNER_PREFIX, type StoredContact } from './contact.ts';
import type * as store from './store.ts';

/*
 * Access patterns. The partitions USER#… belong to this room; shared contacts are in USER#SHARED.
 *
 *  #  question                                      index      key
 *  1  the contacts of an owner, oldest first        table      part = USER#id, item begins with con_
 *  2  a contact                                     table      part = USER#id, item = id
 *  3  how many codes a user had sent in a day       table      part = USER#id, item = CODES#day
 */

const partOf = (userId: string): string => OWNER_PREFIX + userId;
const DAY_SECONDS = 86_400;

/** An owner's partition holds more than contacts: a name that is no contact's id finds nothing. */
const isContact = (id: string): boolean => ContactId.safeParse(id).success;

export type ContactStore = Bound<typeof store>;

/** Access pattern 1. */
export const of = (paging: Table, userId: string): Promise<StoredContact[]> =>
  paging.all<StoredContact>({
    where: '#part = :part AND begins_with(#item, :prefix)',
    values: { part: partOf(userId), prefix: 'con_' },
    consistent: true,
  });

/** Access pattern 3: counts one code more; false where the user has had as many as a day has. */
export const countCode = async (paging: Table, userId: string, at: Date): Promise<boolean> => {
  const { done } = await paging.update({
    key: { part: partOf(userId), item: `CODES#${at.toISOString().slice(0, 10)}` },
    set: { ttl: Math.floor(at.getTime() / 1000) + 2 * DAY_SECONDS },
    add: { count: 1 },
    when: {
      expression: 'attribute_not_exists(#count) OR #count < :most',
      values: { most: MAX_CODES_A_DAY },
    },
  });
  return done;
};

export const add = async (paging: Table, contact: StoredContact): Promise<void> => {
  await paging.put({ part: partOf(contact.userId), item: contact.id, ...contact });
};

/** Access pattern 2. */
export const one = async (paging: Table, userId: string, id: string): Promise<StoredContact | undefined> =>
  isContact(id) ? paging.get<StoredContact>({ part: partOf(userId), item: id }, { consistent: true }) : undefined;

/** Access pattern 2: the next secret of a webhook. Undefined where there is no such webhook. */
export const renewSecret = async (
  paging: Table,
  userId: string,
  id: string,
  event: AuditEvent,
): Promise<StoredContact | undefined> => {
  if (!isContact(id)) return undefined;
  const { done, item } = await paging.update<StoredContact>({
    key: { part: partOf(userId), item: id },
    add: { secretGeneration: 1 },
    set: { event },
    when: { expression: 'attribute_exists(#secretGeneration)' },
  });
  return done ? item : undefined;
};

/** Access pattern 2: counts a guess before it is looked at. Undefined where there is no such contact. */
export const guess = async (paging: Table, userId: string, id: string): Promise<StoredContact | undefined> => {
  if (!isContact(id)) return undefined;
  const { done, item } = await paging.update<StoredContact>({
    key: { part: partOf(userId), item: id },
    add: { guesses: 1 },
    when: { expression: 'attribute_exists(#part)' },
  });
  return done ? item : undefined;
};

/** Marks a contact as verified, unless it is gone. */
export const verified = async (paging: Table, contact: StoredContact, event: AuditEvent): Promise<boolean> => {
  const { done } = await paging.update({
    key: { part: partOf(contact.userId), item: contact.id },
    set: { verified: true, event },
    remove: ['codeHash', 'codeUntil'],
    when: { expression: 'attribute_exists(#part)' },
  });
  return done;
};

/** Deletes a contact; what says so stays for the audit trail. False where there is none. */
export const remove = async (
  paging: Table,
  userId: string,
  id: string,
  event: AuditEvent,
  at: Date,
): Promise<boolean> =>
  isContact(id) &&
  paging.transact([
    { delete: { part: partOf(userId), item: id }, when: { expression: 'attribute_exists(#part)' } },
    {
      put: {
        part: partOf(userId),
        item: `GONE#${id}`,
        event,
        ttl: Math.floor(at.getTime() / 1000) + DAY_SECONDS,
      },
    },
  ]);
