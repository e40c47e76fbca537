import type { Caller } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { actorOf, unacknowledgement, type Alert } from '../alert.ts';
import { change } from './change.ts';
import type { AlertStore } from '../store.ts';

/** Puts an acknowledged alert back to open. */
export const unacknowledge = (
  { store, clock }: { readonly store: Pick<AlertStore, 'change'>; readonly clock: Clock },
  caller: Caller,
  { id, note }: { readonly id: string; readonly note?: string | undefined },
): Promise<Alert> => change(store, id, unacknowledgement(actorOf(caller), clock.now(), note));
