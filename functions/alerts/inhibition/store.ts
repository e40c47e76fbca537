import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import { INHIBITION_SLOT } from '../table.ts';
import type { StoredInhibition } from './inhibition.ts';
import type * as store from './store.ts';

/*
 * Access patterns. The partition INHIBITION of the alerts table belongs to this room. Its item has no `id`, which the readers of the
 * stream take for the mark of an alert.
 *
 *  #  question                                         index      key
 *  1  the rules as they are                            table      slot = INHIBITION, item = CURRENT
 */

const CURRENT = { slot: INHIBITION_SLOT, item: 'CURRENT' } as const;

/** Access pattern 1. Undefined while nobody has set any. */
export const current = (
  alerts: Table,
  options: { readonly consistent?: boolean } = {},
): Promise<StoredInhibition | undefined> => alerts.get<StoredInhibition>(CURRENT, options);

/** Writes the next version; false where another writer was faster. */
export const save = async (alerts: Table, next: StoredInhibition): Promise<boolean> => {
  const { done } = await alerts.put(
    { ...CURRENT, ...next },
    next.version === 1
      ? { expression: 'attribute_not_exists(#slot)' }
      : { expression: '#version = :expected', values: { expected: next.version - 1 } },
  );
  return done;
};

export type InhibitionStore = Bound<typeof store>;
