import type { Caller } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { actorOf, assignment, type Alert } from '../alert.ts';
import { changeSeen } from './change.ts';
import type { AlertStore } from '../store.ts';

/** Says who looks after an alert; null takes the name off. */
export const assign = (
  { store, clock }: { readonly store: Pick<AlertStore, 'change' | 'byId'>; readonly clock: Clock },
  caller: Caller,
  request: { readonly id: string; readonly assignee: string | null; readonly note?: string | undefined },
): Promise<Alert> =>
  changeSeen(store, request.id, (alert) =>
    assignment(alert, actorOf(caller), clock.now(), request.assignee, request.note),
  );
