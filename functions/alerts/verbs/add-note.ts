import type { Caller } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { actorOf, annotation, type Alert } from '../alert.ts';
import { change } from './change.ts';
import type { AlertStore } from '../store.ts';

/** Adds a note to the timeline, also of an alert that is over. */
export const note = (
  { store, clock }: { readonly store: Pick<AlertStore, 'change'>; readonly clock: Clock },
  caller: Caller,
  request: { readonly id: string; readonly note: string },
): Promise<Alert> => change(store, request.id, annotation(actorOf(caller), clock.now(), request.note));
