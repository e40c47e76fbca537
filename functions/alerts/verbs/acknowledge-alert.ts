import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { acknowledgement, type Alert } from '../alert.ts';
import { actorOf } from '../../../shared/kernel/audit-event.ts';
import type { AlertStore } from '../store.ts';
import { change, changeOnce } from './change.ts';

/**
 * Acknowledges an open alert: one conditional write. Of two people at once one wins and the other gets 409 with the winner's
 * name. Acknowledging again what the caller acknowledged answers the same. With a `key` it is acknowledged once, however often the request
 * is handed in.
 */
export const acknowledgeAlert = (
  { store, clock }: { readonly store: Pick<AlertStore, 'change' | 'byId'>; readonly clock: Clock },
  { caller }: Pick<Request, 'caller'>,
  { id, note, key }: { readonly id: string; readonly note?: string | undefined; readonly key?: string },
): Promise<Alert> => {
  const wanted = acknowledgement(actorOf(caller), clock.now(), note);
  const isDone = (alert: Alert): boolean => alert.status === 'acknowledged' && alert.acknowledgedBy === caller.name;
  return key === undefined ? change(store, id, wanted, isDone) : changeOnce(store, id, wanted, key, isDone);
};
