import { dutyOf, onDutyAt, type OnDuty } from './duty.ts';
import type { ScheduleStore, StoredDuty } from './store.ts';

type Store = Pick<ScheduleStore, 'duty' | 'byId' | 'overrides'>;

/**
 * Finds who is on call by a schedule: one read of half a unit. Undefined for an unknown schedule. If the stored shifts do not reach
 * the instant, it is computed from the schedule.
 */
export const onCall = async (store: Store, scheduleId: string, at: Date): Promise<OnDuty | undefined> => {
  const duty = await store.duty(scheduleId);
  return duty && onCallBy(store, duty, at);
};

export const onCallBy = async (store: Store, duty: StoredDuty, at: Date): Promise<OnDuty | undefined> => {
  const found = onDutyAt(duty, at.getTime());
  if (found) return found;
  const [schedule, overrides] = await Promise.all([
    store.byId(duty.scheduleId),
    store.overrides(duty.scheduleId, at.getTime()),
  ]);
  return schedule && onDutyAt(dutyOf(schedule, overrides, [], at), at.getTime());
};
