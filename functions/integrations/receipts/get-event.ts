import * as z from 'zod/mini';
import { notFound } from '../../../shared/kernel/errors.ts';
import { eventIdIn } from './event-id.ts';
import { outcomeOf, type OutcomeDeps } from './outcome-of.ts';

/** What became of an accepted event. */
export const EventStatus = z
  .object({
    id: z.string(),
    /** What it did, in the words of its sender. */
    action: z.string(),
    acceptedAt: z.iso.datetime(),
    /** `waiting` while the table of alerts refuses writes; the event is applied as of the time at which it was accepted. */
    state: z.enum(['applied', 'waiting']),
    /** The alert that it opened or changed; null where none was open. */
    alert: z.nullable(
      z.object({ id: z.string(), title: z.string(), status: z.string(), source: z.string(), dedupKey: z.string() }),
    ),
  })
  .register(z.globalRegistry, { id: 'EventStatus' });
export type EventStatus = z.infer<typeof EventStatus>;

export const noSuchEvent = () => notFound('event.not_found', 'There is no accepted event with this id.');

/** Tells what became of an event by the id that its sender got. */
export const getEvent = async (deps: OutcomeDeps, { id }: { readonly id: string }): Promise<EventStatus> => {
  const event = eventIdIn(id);
  if (!event) throw noSuchEvent();
  const outcome = await outcomeOf(deps, event);
  const alert = outcome.state === 'applied' ? outcome.alert : null;
  return {
    id,
    action: event.action,
    acceptedAt: event.at.toISOString(),
    state: outcome.state,
    alert: alert && {
      id: alert.id,
      title: alert.title,
      status: alert.status,
      source: alert.source,
      dedupKey: alert.dedupKey,
    },
  };
};
