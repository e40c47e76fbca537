import type { Key, Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { REJECTED_PREFIX } from '../table.ts';
import { itemOf, MOST_REJECTED, REJECTED_DAYS, type StoredRejected } from './rejected.ts';
import type * as store from './store.ts';

/*
 * Access patterns. The partitions REJECTED#… belong to this room.
 *
 *  #  question                                            key
 *  1  the rejected events of an integration, newest first part = REJECTED#id, item begins with a digit
 *  2  one of them                                         part = REJECTED#id, item = number
 *  3  how many there were                                 part = REJECTED#id, item = COUNT
 */

export type RejectedStore = Bound<typeof store>;

const DAY_SECONDS = 86_400;
const partOf = (integration: string): string => `${REJECTED_PREFIX}${integration}`;
const keyOf = (integration: string, number: number) => ({ part: partOf(integration), item: itemOf(number) });
const bare = ({ part: _, item: _item, ttl: _ttl, ...rest }: StoredRejected & Key & { ttl?: number }) =>
  rest as StoredRejected;

/** Writes a rejected event under the next number, and deletes the one that is too old by number. */
export const add = async (
  integrations: Table,
  integration: string,
  rejected: Omit<StoredRejected, 'number'>,
): Promise<void> => {
  const { item } = await integrations.update<{ readonly taken: number }>({
    key: { part: partOf(integration), item: 'COUNT' },
    add: { taken: 1 },
  });
  const number = item?.taken ?? 1;
  const ttl = Math.floor(Date.parse(rejected.at) / 1000) + REJECTED_DAYS * DAY_SECONDS;
  await integrations.put({ ...keyOf(integration, number), ...rejected, number, ttl });
  if (number > MOST_REJECTED) await integrations.remove(keyOf(integration, number - MOST_REJECTED));
};

/** Access pattern 1. */
export const page = async (
  integrations: Table,
  integration: string,
  { newestFirst = true, state, ...request }: PageRequest & { readonly newestFirst?: boolean; readonly state?: string },
): Promise<Page<StoredRejected>> => {
  const { items, next } = await integrations.page<StoredRejected & Key>(
    {
      where: '#part = :part AND #item BETWEEN :first AND :last',
      ...(state !== undefined && { filter: '#state = :state' }),
      values: { part: partOf(integration), first: '0', last: '9~', ...(state !== undefined && { state }) },
      newestFirst,
      consistent: true,
    },
    request,
  );
  return { items: items.map(bare), next };
};

/** Access pattern 2. */
export const one = async (
  integrations: Table,
  integration: string,
  number: number,
): Promise<StoredRejected | undefined> => {
  const found = await integrations.get<StoredRejected & Key>(keyOf(integration, number), { consistent: true });
  return found && bare(found);
};

/** Has one replay alone work on a rejected event until an instant. False where another has it, or it was replayed. */
export const claim = async (
  integrations: Table,
  integration: string,
  number: number,
  { at, until }: { readonly at: Date; readonly until: Date },
): Promise<boolean> => {
  const { done } = await integrations.update({
    key: keyOf(integration, number),
    set: { claimedUntil: until.toISOString() },
    when: {
      expression: '#state = :rejected AND (attribute_not_exists(#claimedUntil) OR #claimedUntil < :now)',
      values: { rejected: 'rejected', now: at.toISOString() },
    },
  });
  return done;
};

/** Writes what a replay came to, and lets others have the event. */
export const settle = async (
  integrations: Table,
  integration: string,
  number: number,
  came:
    | { readonly state: 'replayed'; readonly replayedAt: string; readonly eventIds: readonly string[] }
    | { readonly state: 'rejected'; readonly reason: string },
): Promise<void> => {
  await integrations.update({
    key: keyOf(integration, number),
    set: came,
    remove: ['claimedUntil'],
    when: { expression: 'attribute_exists(#part)' },
  });
};
