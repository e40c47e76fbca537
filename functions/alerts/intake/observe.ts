import { isWorse, severityRise, type Actor, type AlertEvent, type StoredAlert } from '../alert.ts';
import type { EventName } from '../event-names.ts';
import type { Raised } from '../slot-store.ts';
import type { AlertStore } from '../store.ts';

/** What names an event for good, and when it was accepted. */
export interface Receipt {
  readonly name: EventName;
  readonly at: Date;
}

/**
 * Takes in that something is wrong: one conditional write that opens or repeats. A repeat that is worse than the alert
 * was so far raises its severity, which is a transition of its own; a milder one leaves it. Doing it again with the same
 * receipt counts nothing twice.
 */
export const observe = async (
  { store }: { readonly store: Pick<AlertStore, 'raise' | 'change'> },
  by: Actor,
  event: AlertEvent,
  { name, at }: Receipt,
): Promise<Raised> => {
  const raised = await store.raise(event, by, at, name);
  if (raised.opened) return raised;
  let alert: StoredAlert = raised.alert;
  // Severity only rises, so there are at most as many rounds as there are steps between severities.
  while (alert.status !== 'resolved' && isWorse(alert.severity, event.severity)) {
    const rise = await store.change(alert.id, severityRise(alert, by, at, event.severity));
    if (rise.done || !rise.alert) return { alert: rise.alert ?? alert, opened: false };
    alert = rise.alert;
  }
  return { alert, opened: false };
};
