import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { unacknowledgement, type Alert } from '../alert.ts';
import { actorOf } from '../../../shared/kernel/audit-event.ts';
import type { AlertStore } from '../store.ts';
import { change } from './change.ts';

/** Reopens an acknowledged alert. */
export const unacknowledgeAlert = (
  { store, clock }: { readonly store: Pick<AlertStore, 'change'>; readonly clock: Clock },
  { caller }: Pick<Request, 'caller'>,
  { id, note }: { readonly id: string; readonly note?: string | undefined },
): Promise<Alert> => change(store, id, unacknowledgement(actorOf(caller), clock.now(), note));
