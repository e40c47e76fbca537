import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { eventOf } from '../kept.ts';
import { noSuchSchedule, type ScheduleDeps } from './get.ts';

/** Deletes a schedule: nobody is on call by it any more, and its calendar links end. */
export const removeSchedule = async (
  { store, clock }: ScheduleDeps,
  caller: Caller,
  origin: Origin,
  id: string,
): Promise<void> => {
  const [schedule, duty] = await Promise.all([store.byId(id), store.dutyNow(id)]);
  if (!schedule || !duty) throw noSuchSchedule();
  const event = eventOf('schedule', 'deleted', schedule, { caller, origin, at: clock.now() });
  if (!(await store.remove(id, duty.revision, event))) {
    throw conflict('schedule.busy', 'Somebody changes this schedule at this moment. Try again.');
  }
};
