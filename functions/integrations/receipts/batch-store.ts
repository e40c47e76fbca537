import type { Key, Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import { BATCH_PREFIX } from '../table.ts';
import type * as store from './batch-store.ts';

/*
 * Access patterns. The partitions BATCH#… belong to this room.
 *
 *  #  question                                           key
 *  1  the events of a large batch                        part = BATCH#name, item = BATCH
 */

/** The functions of this file over a table. */
export type BatchStore = Bound<typeof store>;

const BATCH = 'BATCH';
/** A batch is read by its id for so long. */
const BATCH_DAYS = 30;
const DAY_SECONDS = 86_400;

/** Writes the ids of a batch, 43 bytes for each event. */
export const add = async (
  integrations: Table,
  { name, ids, at }: { readonly name: string; readonly ids: string; readonly at: Date },
): Promise<void> => {
  await integrations.put({
    part: BATCH_PREFIX + name,
    item: BATCH,
    ids,
    ttl: Math.floor(at.getTime() / 1000) + BATCH_DAYS * DAY_SECONDS,
  });
};

/** Access pattern 1. Undefined for a batch that nobody stored, or that is forgotten. */
export const byName = async (integrations: Table, name: string): Promise<string | undefined> =>
  (
    await integrations.get<Key & { readonly ids: string }>(
      { part: BATCH_PREFIX + name, item: BATCH },
      { consistent: true },
    )
  )?.ids;
