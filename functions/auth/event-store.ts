import type { Table } from '../../shared/aws/dynamo.ts';
import type { Bound } from '../../shared/kernel/bound.ts';
import { eventItem, eventPartition } from './event-item.ts';
import type { SecurityEvent } from './events.ts';
import type * as store from './event-store.ts';

/*
 * Access patterns
 *
 *  #  question                             index   key
 * 10  events of a kind since an instant    table   pk = EVENTS#<day>, sk >= <action>#<instant>
 */

const DAY_MS = 86_400_000;

/** The functions of this file over a table. */
export type EventStore = Bound<typeof store>;

/** Writes an event that has no state of its own. */
export const noteEvent = async (auth: Table, event: SecurityEvent): Promise<void> => {
  await auth.put(eventItem(event));
};

/** Access pattern 10: the number of events of a kind from `since` to `now`, at most `atMost`. */
export const countEvents = async (
  auth: Table,
  type: SecurityEvent['type'],
  since: Date,
  now: Date,
  atMost: number,
): Promise<number> => {
  let count = 0;
  for (let day = since; count < atMost; day = new Date(day.getTime() + DAY_MS)) {
    const date = day.toISOString().slice(0, 10);
    if (date > now.toISOString().slice(0, 10)) break;
    const { items } = await auth.queryOnce(
      {
        where: '#pk = :pk AND #sk BETWEEN :from AND :to',
        values: { pk: eventPartition(date), from: `${type}#${since.toISOString()}`, to: `${type}#~` },
      },
      atMost - count,
    );
    count += items.length;
  }
  return count;
};
