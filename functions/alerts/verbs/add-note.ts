import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { annotation, type Alert } from '../alert.ts';
import { actorOf } from '../../../shared/kernel/audit-event.ts';
import type { AlertStore } from '../store.ts';
import { change } from './change.ts';

/** Adds a note to the timeline of an alert, also of a resolved one. */
export const addNote = (
  { store, clock }: { readonly store: Pick<AlertStore, 'change'>; readonly clock: Clock },
  { caller }: Pick<Request, 'caller'>,
  { id, note }: { readonly id: string; readonly note: string },
): Promise<Alert> => change(store, id, annotation(actorOf(caller), clock.now(), note));
