import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { edit, viewOf, type Alert, type Editable } from '../alert.ts';
import { actorOf } from '../../../shared/kernel/audit-event.ts';
import type { AlertStore } from '../store.ts';
import { changeSeen } from './change.ts';

/** What a source corrects, and the note that says so; undefined where the alert is as it should be. */
export type Correction = (alert: Alert) => { readonly set: Partial<Editable>; readonly note: string } | undefined;

/** Corrects an alert as `correct` says of the alert as it is now. Nobody is notified, and the timeline has a note. */
export const editAlert = (
  { store, clock }: { readonly store: Pick<AlertStore, 'change' | 'byId'>; readonly clock: Clock },
  { caller }: Pick<Request, 'caller'>,
  { id, correct }: { readonly id: string; readonly correct: Correction },
): Promise<Alert> =>
  changeSeen(store, id, (alert) => {
    const wanted = correct(viewOf(alert));
    return wanted && edit(alert, actorOf(caller), clock.now(), wanted.set, wanted.note);
  });
