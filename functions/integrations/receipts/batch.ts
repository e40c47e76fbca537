import type { Clock } from '../../../shared/kernel/clock.ts';
import { logger } from '../../../shared/aws/observe.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { idOfBatch, idOfRecord } from '../../alerts/port.ts';
import { STORED_BATCH } from './actions.ts';
import type { BatchStore } from './batch-store.ts';

/** A batch of so many events has them in its id, which then has 1,400 characters: proxies take headers of 4 KB in all. */
export const MOST_INLINE = 32;

export interface BatchDeps {
  readonly clock: Clock;
  readonly batches: Pick<BatchStore, 'add'>;
}

/**
 * The one id of events that were accepted together: that of the event itself where it is alone. The ids of many are stored in one item
 * beside. Where that is refused, the id has the first of them, because the events are accepted all the same: a search finds the others.
 * Undefined where there are none.
 */
export const idOfAll = async ({ clock, batches }: BatchDeps, ids: readonly string[]): Promise<string | undefined> => {
  if (ids.length <= 1) return ids[0];
  if (ids.length <= MOST_INLINE) return idOfBatch(ids);
  const at = clock.now();
  const name = newId('evt', at).slice('evt_'.length);
  try {
    await batches.add({ name, ids: idOfBatch(ids), at });
    return idOfRecord(STORED_BATCH, at, name);
  } catch (error) {
    logger.warn('the ids of a batch were not stored', { events: ids.length, error: error as Error });
    return idOfBatch(ids.slice(0, MOST_INLINE));
  }
};
