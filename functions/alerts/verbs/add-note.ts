import type { Clock } from '../../../shared/kernel/clock.ts';
import { actorOf } from '../../../shared/kernel/audit-event.ts';
import { annotation, type Actor, type Alert } from '../alert.ts';
import type { AlertStore } from '../store.ts';
import { change, changeOnce } from './change.ts';

/**
 * Adds a note to the timeline of an alert, also of a resolved one. A note with a `key` is added once, however often it is handed
 * in, so that its writer may try again after any failure.
 */
export const addNote = (
  { store, clock }: { readonly store: Pick<AlertStore, 'change' | 'byId'>; readonly clock: Clock },
  { caller }: { readonly caller: Actor },
  { id, note, key }: { readonly id: string; readonly note: string; readonly key?: string },
): Promise<Alert> => {
  const wanted = annotation(actorOf(caller), clock.now(), note);
  return key === undefined ? change(store, id, wanted) : changeOnce(store, id, wanted, key);
};
