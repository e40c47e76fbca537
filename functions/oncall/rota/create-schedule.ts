import type { Request } from '../../../shared/kernel/caller.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { made } from '../kept.ts';
import { dutyOf } from './duty.ts';
import type { NamingDeps } from './get.ts';
import { refuseStrangers, usersIn } from './refuse-strangers.ts';
import { scheduleView, type CreateSchedule, type Schedule } from './schedule.ts';

/** Creates a schedule. It decides from now on who is on call. */
export const createSchedule = async (
  deps: NamingDeps,
  { caller, origin }: Request,
  wanted: CreateSchedule,
): Promise<Schedule> => {
  const { store, clock } = deps;
  const at = clock.now();
  await refuseStrangers(deps, usersIn(wanted.layers));
  const id = newId('sch', at);
  const schedule = made('schedule', id, wanted, { caller, origin, at });
  const { name, timeZone } = schedule;
  await store.save({ ...dutyOf(schedule, [], [], at), scheduleId: id, name, timeZone, revision: 1 }, [{ schedule }]);
  return scheduleView(schedule);
};
