import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { dutyOf } from './duty.ts';
import type { ScheduleDeps } from './get.ts';
import { scheduleView, type CreateSchedule, type Schedule, type StoredSchedule } from './schedule.ts';

/** Makes a schedule. From now on it tells who is on call. */
export const createSchedule = async (
  { store, clock }: ScheduleDeps,
  caller: Caller,
  origin: Origin,
  request: CreateSchedule,
): Promise<Schedule> => {
  const at = clock.now();
  const id = newId('sch', at);
  const schedule: StoredSchedule = {
    ...request,
    id,
    version: 1,
    createdAt: at.toISOString(),
    changedAt: at.toISOString(),
    changedBy: actorOf(caller),
    event: auditEvent(
      { type: 'schedule.created', actor: actorOf(caller), subject: { kind: 'schedule', id, name: request.name } },
      origin,
      at,
    ),
  };
  const { name, timeZone } = schedule;
  await store.save({ ...dutyOf(schedule, [], [], at), scheduleId: id, name, timeZone, revision: 1 }, [{ schedule }]);
  return scheduleView(schedule);
};
