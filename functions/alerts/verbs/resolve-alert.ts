import type { Caller } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { actorOf, resolution, type Alert } from '../alert.ts';
import { change } from './change.ts';
import type { AlertStore } from '../store.ts';

/** Ends an alert: one conditional write. Resolving again what the caller resolved answers the same. */
export const resolve = (
  { store, clock }: { readonly store: Pick<AlertStore, 'change'>; readonly clock: Clock },
  caller: Caller,
  { id, note }: { readonly id: string; readonly note?: string | undefined },
): Promise<Alert> =>
  change(
    store,
    id,
    resolution(actorOf(caller), clock.now(), note),
    (alert) => alert.status === 'resolved' && alert.resolvedBy === caller.name,
  );
