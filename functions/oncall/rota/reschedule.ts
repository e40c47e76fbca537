import { conflict } from '../../../shared/kernel/errors.ts';
import { OVERTAKEN, untilWritten } from '../../../shared/kernel/until-written.ts';
import { dutyOf } from './duty.ts';
import { noSuchSchedule } from './get.ts';
import type { StoredOverride } from './override.ts';
import type { StoredSchedule } from './schedule.ts';
import type { Beside, ScheduleStore, StoredDuty } from './store.ts';

/** A schedule as it is at one moment; of its overrides those that are not over. */
export interface Known {
  readonly schedule: StoredSchedule;
  readonly overrides: readonly StoredOverride[];
  readonly duty: StoredDuty;
}

/** The changes of a schedule. A field that is left out stays. */
export interface Rescheduling<T> {
  readonly schedule?: StoredSchedule;
  readonly overrides?: readonly StoredOverride[];
  readonly told?: readonly string[];
  readonly beside: readonly Beside[];
  readonly result: T;
}

/**
 * Changes a schedule or its overrides together with their shifts, from one consistent read. If another writer was faster, it
 * reads and decides again. A decision of undefined changes nothing and returns undefined.
 */
export const reschedule = async <T>(
  store: Pick<ScheduleStore, 'dutyNow' | 'byId' | 'overrides' | 'save'>,
  id: string,
  at: Date,
  decide: (known: Known) => Rescheduling<T> | undefined | Promise<Rescheduling<T> | undefined>,
): Promise<T | undefined> => {
  return untilWritten(
    async () => {
      // First of all: whatever is read after it and changes, moves its revision.
      const duty = await store.dutyNow(id);
      const [schedule, overrides] = await Promise.all([store.byId(id), store.overrides(id, at.getTime())]);
      if (!schedule || !duty) throw noSuchSchedule();
      const wanted = await decide({ schedule, overrides, duty });
      if (!wanted) return undefined;
      const next = wanted.schedule ?? schedule;
      const saved = await store.save(
        {
          ...dutyOf(next, wanted.overrides ?? overrides, wanted.told ?? duty.told, at),
          scheduleId: id,
          name: next.name,
          timeZone: next.timeZone,
          revision: duty.revision + 1,
        },
        wanted.beside,
      );
      if (saved) return wanted.result;
      return OVERTAKEN;
    },
    () => conflict('schedule.busy', 'Several callers are changing this schedule. Try again.'),
  );
};
