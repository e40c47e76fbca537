import { systemCaller } from '../../../shared/kernel/caller.ts';
import { unacknowledgement, type Alert } from '../alert.ts';
import { actorOf } from '../../../shared/kernel/audit-event.ts';
import type { AlertStore } from '../store.ts';

/**
 * Takes an acknowledgement back in the name of a part of Tocsin, while the alert is exactly as it was seen: false where it has
 * changed since.
 */
export const takeBack = async (
  store: Pick<AlertStore, 'change'>,
  alert: Pick<Alert, 'id' | 'version'>,
  by: string,
  note: string,
  at: Date,
): Promise<boolean> => {
  const wanted = unacknowledgement(actorOf(systemCaller(by)), at, note);
  return (await store.change(alert.id, { ...wanted, expecting: alert.version })).done;
};
