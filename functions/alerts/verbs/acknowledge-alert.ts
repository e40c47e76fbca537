import type { Caller } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { acknowledgement, actorOf, type Alert } from '../alert.ts';
import { change } from './change.ts';
import type { AlertStore } from '../store.ts';

/**
 * Takes an open alert on: one conditional write. Of two people at once one wins, the other is told 409 who it was; who
 * has it already gets it again.
 */
export const acknowledge = (
  { store, clock }: { readonly store: Pick<AlertStore, 'change'>; readonly clock: Clock },
  caller: Caller,
  { id, note }: { readonly id: string; readonly note?: string | undefined },
): Promise<Alert> =>
  change(
    store,
    id,
    acknowledgement(actorOf(caller), clock.now(), note),
    (alert) => alert.status === 'acknowledged' && alert.acknowledgedBy === caller.name,
  );
