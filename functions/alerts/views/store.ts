import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import { VIEW_SLOT } from '../table.ts';
import type * as store from './store.ts';
import { MAX_OWN_VIEWS, MAX_SHARED_VIEWS, type StoredView } from './view.ts';

/*
 * Access patterns. The partition VIEW of the alerts table belongs to this room. Its items have no `id`, which the readers of the
 * stream take for the mark of an alert.
 *
 *  #  question                                index   key
 *  1  the views of a person                   table   slot = VIEW, item begins with the person
 *  2  the views that are shared               table   slot = VIEW, item begins with SHARED
 */

const SHARED = 'SHARED';

interface Stored {
  readonly slot: string;
  readonly item: string;
  readonly view: StoredView;
}

const keyOf = ({ id, owner, shared }: Pick<StoredView, 'id' | 'owner' | 'shared'>) => ({
  slot: VIEW_SLOT,
  item: `${shared ? SHARED : owner.id}#${id}`,
});

const beginning = async (views: Table, place: string, most: number): Promise<readonly StoredView[]> =>
  (
    await views.all<Stored>(
      {
        where: '#slot = :slot AND begins_with(#item, :place)',
        values: { slot: VIEW_SLOT, place: `${place}#` },
        consistent: true,
      },
      // Two that are saved at the same moment may exceed the limit.
      most + 50,
    )
  ).map(({ view }) => view);

/** Access pattern 1. */
export const own = (views: Table, userId: string) => beginning(views, userId, MAX_OWN_VIEWS);

/** Access pattern 2. */
export const shared = (views: Table) => beginning(views, SHARED, MAX_SHARED_VIEWS);

const UNCHANGED = '#view.#version = :seen';
const unchanged = ({ version }: StoredView) => ({ expression: UNCHANGED, values: { seen: version } });

/** Writes a new view, or the next version of one that was seen. False where it has changed in between. */
export const save = async (views: Table, view: StoredView, seen?: StoredView): Promise<boolean> => {
  const item: Stored = { ...keyOf(view), view };
  if (!seen) return (await views.put(item, { expression: 'attribute_not_exists(#slot)' })).done;
  if (seen.shared === view.shared) return (await views.put(item, unchanged(seen))).done;
  return views.transact([{ put: { ...item } }, { delete: keyOf(seen), when: unchanged(seen) }]);
};

/** Deletes a view as it was seen. False where it has changed in between. */
export const remove = async (views: Table, seen: StoredView): Promise<boolean> =>
  (await views.remove(keyOf(seen), unchanged(seen))).done;

/** These functions, bound to the alerts table. */
export type ViewStore = Bound<typeof store>;
