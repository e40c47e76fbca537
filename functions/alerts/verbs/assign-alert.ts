import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { assignment, type Alert } from '../alert.ts';
import { actorOf } from '../../../shared/kernel/audit-event.ts';
import type { AlertStore } from '../store.ts';
import { changeSeen } from './change.ts';

/** Names the person who works on an alert; null removes the name. */
export const assignAlert = (
  { store, clock }: { readonly store: Pick<AlertStore, 'change' | 'byId'>; readonly clock: Clock },
  { caller }: Pick<Request, 'caller'>,
  { id, assignee, note }: { readonly id: string; readonly assignee: string | null; readonly note?: string | undefined },
): Promise<Alert> => changeSeen(store, id, (alert) => assignment(alert, actorOf(caller), clock.now(), assignee, note));
