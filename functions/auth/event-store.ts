import type { Table } from '../../shared/aws/dynamo.ts';
import type { SecurityEvent } from './events.ts';
import { epochSeconds } from './lifetimes.ts';

/*
 * Access patterns
 *
 *  #  question                             index   key
 * 10  events of a kind since an instant    table   pk = EVENTS#<day>, sk >= <action>#<instant>
 */

const EVENT_SECONDS = 3 * 86_400;

/** An event that has no state of its own, as an item of which the stream tells. */
export const eventItem = (event: SecurityEvent) => ({
  pk: `EVENTS#${event.at.slice(0, 10)}`,
  sk: `${event.type}#${event.at}#${event.id}`,
  event,
  ttl: epochSeconds(new Date(event.at)) + EVENT_SECONDS,
});

/** Events that have no state of their own. */
export const eventStore = (auth: Table) => {
  /** Writes an event that has no state of its own. */
  const note = async (event: SecurityEvent): Promise<void> => {
    await auth.put(eventItem(event));
  };

  /** Access pattern 10: how many events of a kind there were since then, at most `atMost`. */
  const eventsSince = async (type: SecurityEvent['type'], since: Date, now: Date, atMost: number): Promise<number> => {
    let count = 0;
    for (let day = since; count < atMost; day = new Date(day.getTime() + 86_400_000)) {
      const date = day.toISOString().slice(0, 10);
      if (date > now.toISOString().slice(0, 10)) break;
      const { items } = await auth.queryOnce(
        {
          where: '#pk = :pk AND #sk BETWEEN :from AND :to',
          values: { pk: `EVENTS#${date}`, from: `${type}#${since.toISOString()}`, to: `${type}#~` },
        },
        atMost - count,
      );
      count += items.length;
    }
    return count;
  };

  return { note, eventsSince };
};

export type EventStore = ReturnType<typeof eventStore>;
