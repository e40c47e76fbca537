import { isWorse, severityRise, type Actor, type AlertEvent, type StoredAlert } from '../alert.ts';
import type { EventName } from '../event-names.ts';
import { HeardBefore, type Revision } from '../revision.ts';
import type { Raised } from '../slot-store.ts';
import type { AlertStore } from '../store.ts';

/** The name of an event, which never changes, when it was accepted, and its revision where its source numbers its reports. */
export interface Receipt {
  readonly name: EventName;
  readonly at: Date;
  readonly revision?: Revision | undefined;
}

/** A report that was heard before is heard again as far as its severity goes: that write may have been refused. */
const heardWhole = (error: unknown): Raised => {
  if (!(error instanceof HeardBefore) || !error.alert) throw error;
  return { alert: error.alert, opened: false, isHeard: true };
};

/**
 * Opens or repeats an alert: one conditional write. A repeat that is worse than the alert so far raises its severity, which is a
 * transition of its own; a milder one leaves it. The same receipt again counts nothing twice.
 */
export const observe = async (
  { store }: { readonly store: Pick<AlertStore, 'raise' | 'change'> },
  by: Actor,
  event: AlertEvent,
  { name, at, revision }: Receipt,
): Promise<Raised> => {
  const raised = await store.raise(event, by, at, name, revision).catch(heardWhole);
  if (raised.opened) return raised;
  let alert: StoredAlert = raised.alert;
  // Severity only rises, so there are at most as many rounds as steps between severities.
  while (alert.status !== 'resolved' && isWorse(alert.severity, event.severity)) {
    const rise = await store.change(alert.id, severityRise(alert, by, at, event.severity));
    if (rise.done || !rise.alert) return { alert: rise.alert ?? alert, opened: false };
    alert = rise.alert;
  }
  return { ...raised, alert };
};
