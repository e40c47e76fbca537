import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { resolution, type Alert } from '../alert.ts';
import { actorOf } from '../../../shared/kernel/audit-event.ts';
import type { AlertStore } from '../store.ts';
import { change, changeOnce } from './change.ts';

/**
 * Resolves an alert: one conditional write. Resolving again what the caller resolved answers the same. With a `key` it is resolved once,
 * however often the request is handed in.
 */
export const resolveAlert = (
  { store, clock }: { readonly store: Pick<AlertStore, 'change' | 'byId'>; readonly clock: Clock },
  { caller }: Pick<Request, 'caller'>,
  { id, note, key }: { readonly id: string; readonly note?: string | undefined; readonly key?: string },
): Promise<Alert> => {
  const wanted = resolution(actorOf(caller), clock.now(), note);
  const isDone = (alert: Alert): boolean => alert.status === 'resolved' && alert.resolvedBy === caller.name;
  return key === undefined ? change(store, id, wanted, isDone) : changeOnce(store, id, wanted, key, isDone);
};
