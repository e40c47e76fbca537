import type { Request } from '../../../shared/kernel/caller.ts';
import { replaced } from '../kept.ts';
import { noSuchSchedule, type NamingDeps } from './get.ts';
import { refuseStrangers, usersIn } from './refuse-strangers.ts';
import { reschedule } from './reschedule.ts';
import { scheduleView, type ReplaceSchedule, type Schedule } from './schedule.ts';

/**
 * Puts a whole schedule in place of the version that it follows; its overrides stay. Throws `schedule.changed` where
 * somebody else was faster.
 */
export const replaceSchedule = async (
  deps: NamingDeps,
  { caller, origin }: Request,
  { id, version, ...wanted }: ReplaceSchedule & { readonly id: string },
): Promise<Schedule> => {
  const { store, clock } = deps;
  const at = clock.now();
  await refuseStrangers(deps, usersIn(wanted.layers));
  const result = await reschedule(store, id, at, ({ schedule: before }) => {
    const schedule = replaced('schedule', before, version, wanted, { caller, origin, at });
    return { schedule, beside: [{ schedule }], result: scheduleView(schedule) };
  });
  if (!result) throw noSuchSchedule();
  return result;
};
