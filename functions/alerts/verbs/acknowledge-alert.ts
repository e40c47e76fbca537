import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { acknowledgement, type Alert } from '../alert.ts';
import { actorOf } from '../../../shared/kernel/audit-event.ts';
import type { AlertStore } from '../store.ts';
import { change } from './change.ts';

/**
 * Acknowledges an open alert: one conditional write. Of two people at once one wins and the other gets 409 with the winner's
 * name. Acknowledging again what the caller acknowledged answers the same.
 */
export const acknowledgeAlert = (
  { store, clock }: { readonly store: Pick<AlertStore, 'change'>; readonly clock: Clock },
  { caller }: Pick<Request, 'caller'>,
  { id, note }: { readonly id: string; readonly note?: string | undefined },
): Promise<Alert> =>
  change(
    store,
    id,
    acknowledgement(actorOf(caller), clock.now(), note),
    (alert) => alert.status === 'acknowledged' && alert.acknowledgedBy === caller.name,
  );
