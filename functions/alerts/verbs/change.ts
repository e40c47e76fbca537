import { notFound } from '../../../shared/kernel/errors.ts';
import { OVERTAKEN, untilWritten } from '../../../shared/kernel/until-written.ts';
import { once, refusalOf, viewOf, type Alert, type Change, type StoredAlert } from '../alert.ts';
import type { AlertStore } from '../store.ts';

/** The refusal of an id that names no alert. */
export const noSuchAlert = () => notFound('alert.not_found', 'There is no alert with this id.');

/**
 * Carries out a change without reading first. A lost race throws 409 with the alert as it is. `settled` recognises an alert that
 * is already as the caller wants it, so that a client whose answer was lost may simply ask again.
 */
export const change = async (
  store: Pick<AlertStore, 'change'>,
  id: string,
  wanted: Change,
  settled: (alert: StoredAlert) => boolean = () => false,
): Promise<Alert> => {
  const { done, alert } = await store.change(id, wanted);
  if (!alert) throw noSuchAlert();
  if (!done && !settled(alert)) throw refusalOf(wanted, alert);
  return viewOf(alert);
};

/**
 * Carries out a change that depends on the present alert: reads, decides, writes, and begins again when another writer was
 * faster. `decide` answers undefined for an alert that is already as the caller wants it.
 */
export const changeSeen = (
  store: Pick<AlertStore, 'change' | 'byId'>,
  id: string,
  decide: (alert: StoredAlert) => Change | undefined,
): Promise<Alert> =>
  untilWritten(async () => {
    const seen = await store.byId(id);
    if (!seen) throw noSuchAlert();
    const wanted = decide(seen);
    if (!wanted) return viewOf(seen);
    const { done, alert } = await store.change(id, wanted);
    if (done && alert) return viewOf(alert);
    if (alert && decide(alert) === undefined) return viewOf(alert);
    if (alert && !wanted.from.includes(alert.status)) throw refusalOf(wanted, alert);
    return OVERTAKEN;
  });

/**
 * Carries out the change that `key` names once for its alert, however often it is handed in, at once or late: also where a write arrives
 * after others have changed the alert again.
 */
export const changeOnce = (
  store: Pick<AlertStore, 'change' | 'byId'>,
  id: string,
  wanted: Change,
  key: string,
  settled: (alert: StoredAlert) => boolean = () => false,
): Promise<Alert> => changeSeen(store, id, (alert) => (settled(alert) ? undefined : once(alert, wanted, key)));
