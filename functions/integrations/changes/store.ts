import type { Key, Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import { sortableInstant } from '../../../shared/kernel/ids.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { CHANGES } from '../table.ts';
import { CHANGE_DAYS, type Change } from './change.ts';
import type * as store from './store.ts';

/*
 * Access patterns. The partition CHANGE belongs to this room.
 *
 *  #  question                                           key
 *  1  changes between two instants, newest first         part = CHANGE, item between instants
 *  2  one change                                         part = CHANGE, item = instant#id
 */

/** The functions of this file over a table. */
export type ChangeStore = Bound<typeof store>;

const DAY_SECONDS = 86_400;

/** The same change again is the same item. */
export const add = async (integrations: Table, change: Change): Promise<void> => {
  const at = new Date(change.at);
  await integrations.put({
    part: CHANGES,
    item: `${sortableInstant(at)}#${change.id}`,
    ...change,
    ttl: Math.floor(at.getTime() / 1000) + CHANGE_DAYS * DAY_SECONDS,
  });
};

/** Access pattern 2, by the instant in the form of an id. Undefined for one that is forgotten. */
export const one = async (integrations: Table, instant: string, id: string): Promise<Change | undefined> => {
  const found = await integrations.get<Change & Key>({ part: CHANGES, item: `${instant}#${id}` }, { consistent: true });
  return found && changeOf(found);
};

const changeOf = ({ part: _, item: _item, ttl: _ttl, ...change }: Change & Key & { ttl?: number }): Change =>
  change as unknown as Change;

/** Access pattern 1, of one service where it is named. */
export const between = async (
  integrations: Table,
  { from, to, service }: { readonly from: Date; readonly to: Date; readonly service?: string | undefined },
  page: PageRequest,
): Promise<Page<Change>> => {
  const { items, next } = await integrations.page<Change & Key>(
    {
      where: '#part = :part AND #item BETWEEN :from AND :to',
      ...(service !== undefined && { filter: '#service = :service' }),
      values: {
        part: CHANGES,
        from: sortableInstant(from),
        to: `${sortableInstant(to)}~`,
        ...(service !== undefined && { service }),
      },
      newestFirst: true,
    },
    page,
  );
  return { items: items.map(changeOf), next };
};
