import type { SecurityEvent } from './events.ts';
import { epochSeconds } from './lifetimes.ts';

const EVENT_SECONDS = 3 * 86_400;

/** The partition of the events of a day, `2026-11-21`. */
export const eventPartition = (day: string): string => `EVENTS#${day}`;

/** An event that has no state of its own, as an item that the stream carries. */
export const eventItem = (event: SecurityEvent) => ({
  pk: eventPartition(event.at.slice(0, 10)),
  sk: `${event.type}#${event.at}#${event.id}`,
  event,
  ttl: epochSeconds(new Date(event.at)) + EVENT_SECONDS,
});
