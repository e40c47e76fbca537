import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { resolution, type Alert } from '../alert.ts';
import { actorOf } from '../../../shared/kernel/audit-event.ts';
import type { AlertStore } from '../store.ts';
import { change } from './change.ts';

/** Resolves an alert: one conditional write. Resolving again what the caller resolved answers the same. */
export const resolveAlert = (
  { store, clock }: { readonly store: Pick<AlertStore, 'change'>; readonly clock: Clock },
  { caller }: Pick<Request, 'caller'>,
  { id, note }: { readonly id: string; readonly note?: string | undefined },
): Promise<Alert> =>
  change(
    store,
    id,
    resolution(actorOf(caller), clock.now(), note),
    (alert) => alert.status === 'resolved' && alert.resolvedBy === caller.name,
  );
