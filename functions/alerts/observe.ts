import type { Clock } from '../../shared/kernel/clock.ts';
import { isWorse, severityRise, type Actor, type AlertEvent, type StoredAlert } from './alert.ts';
import type { AlertStore } from './store.ts';

interface ObserveDeps {
  readonly store: Pick<AlertStore, 'raise' | 'change'>;
  readonly clock: Clock;
}

/**
 * Takes in that something is wrong: one conditional write that opens or repeats. A repeat that is worse than the alert
 * was so far raises its severity, which is a transition of its own; a milder one leaves it.
 */
export const observe = async (
  { store, clock }: ObserveDeps,
  by: Actor,
  event: AlertEvent,
): Promise<{ alert: StoredAlert; opened: boolean }> => {
  const raised = await store.raise(event, by, clock.now());
  if ('outdated' in raised) throw new Error('An event of now cannot be outdated');
  if (raised.opened || !isWorse(raised.alert.severity, event.severity)) return raised;
  const rise = await store.change(raised.alert.id, severityRise(raised.alert, by, clock.now(), event.severity));
  return { alert: rise.alert ?? raised.alert, opened: false };
};
