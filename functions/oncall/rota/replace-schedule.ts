import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { noSuchSchedule, type ScheduleDeps } from './get.ts';
import { reschedule } from './reschedule.ts';
import { scheduleView, type ReplaceSchedule, type Schedule, type StoredSchedule } from './schedule.ts';

/**
 * Puts a whole schedule in place of the version that it follows; its overrides stay. Throws `schedule.changed` where
 * somebody else was faster.
 */
export const replaceSchedule = async (
  { store, clock }: ScheduleDeps,
  caller: Caller,
  origin: Origin,
  id: string,
  { version, ...request }: ReplaceSchedule,
): Promise<Schedule> => {
  const at = clock.now();
  const event = auditEvent(
    { type: 'schedule.changed', actor: actorOf(caller), subject: { kind: 'schedule', id, name: request.name } },
    origin,
    at,
  );
  const replaced = await reschedule(store, id, at, ({ schedule: before }) => {
    if (before.version !== version) {
      throw conflict('schedule.changed', 'Somebody changed this schedule meanwhile. Read it, and change it again.');
    }
    const schedule: StoredSchedule = {
      ...request,
      id,
      version: version + 1,
      createdAt: before.createdAt,
      changedAt: at.toISOString(),
      changedBy: actorOf(caller),
      event,
    };
    return { schedule, beside: [{ schedule }], result: scheduleView(schedule) };
  });
  if (!replaced) throw noSuchSchedule();
  return replaced;
};
