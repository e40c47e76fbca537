import { idOfEvent, type Actor, type AlertEvent, type Intake } from '../../alerts/port.ts';

/** What a sender reports about the alert of one key. */
export type Reported =
  | { readonly action: 'trigger'; readonly event: AlertEvent }
  | { readonly action: 'acknowledge' | 'resolve'; readonly dedupKey: string; readonly note?: string | undefined };

/**
 * Hands an event in: a trigger opens or repeats an alert, acknowledge and resolve go to the open alert of their key, and change nothing
 * where none is open. When it returns the id of the event, the event is stored.
 */
export const handIn = async (
  intake: Pick<Intake, 'observe' | 'resolve' | 'acknowledge'>,
  source: string,
  event: Reported,
  by: Actor,
): Promise<string> => {
  if (event.action === 'trigger') return idOfEvent('trigger', await intake.observe(event.event, by));
  return idOfEvent(event.action, await intake[event.action](source, event.dedupKey, by, event.note));
};
