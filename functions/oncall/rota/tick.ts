import type { Clock } from '../../../shared/kernel/clock.ts';
import { SHIFT_ENDED, SHIFT_STARTED, type ShiftEnded, type ShiftStarted } from '../events.ts';
import { dutyOf, onDutyAt } from './duty.ts';
import { reschedule } from './reschedule.ts';
import type { Beside, ScheduleStore } from './store.ts';
import { settleLimit } from '../../../shared/kernel/map-limit.ts';

export interface TickDeps {
  readonly store: Pick<ScheduleStore, 'due' | 'dutyNow' | 'byId' | 'overrides' | 'save'>;
  readonly clock: Clock;
  /** Milliseconds that the tick may still take. */
  readonly remainingMs: () => number;
}

const PAGE = 100;
const AT_ONCE = 10;
const RESERVE_MS = 5_000;

/**
 * Each minute: finds the shifts that have begun or ended, writes one event for each (events.ts), and computes the next shifts
 * of the schedules that were due. Each schedule is one conditional transaction, so a tick that runs twice, late or beside
 * another repeats no event. A schedule that it does not reach, or that fails, stays due for the next tick.
 */
export const tick = async ({
  store,
  clock,
  remainingMs,
}: TickDeps): Promise<{ looked: number; started: number; failed: number }> => {
  const done = { looked: 0, started: 0, failed: 0 };
  for (;;) {
    const now = clock.now();
    const ids = await store.due(now, PAGE);
    const settled = await settleLimit(ids, AT_ONCE, (id) => look(store, id, now));
    const failed = settled.filter(({ status }) => status === 'rejected').length;
    done.looked += settled.length - failed;
    done.failed += failed;
    for (const each of settled) if (each.status === 'fulfilled') done.started += each.value;
    if (ids.length < PAGE || failed === ids.length || remainingMs() < RESERVE_MS) return done;
  }
};

/** Checks one schedule, and returns the number of shifts that began. */
const look = async (store: TickDeps['store'], id: string, now: Date): Promise<number> => {
  const started = await reschedule(store, id, now, ({ schedule, overrides, duty }) => {
    if (duty.dueAt > now.toISOString()) return undefined;
    const onDuty = onDutyAt(dutyOf(schedule, overrides, [], now), now.getTime());
    const users = onDuty?.users ?? [];
    const about = {
      scheduleId: id,
      scheduleName: schedule.name,
      timeZone: schedule.timeZone,
      at: now.toISOString(),
    };
    const until = onDuty?.until !== undefined && { until: new Date(onDuty.until).toISOString() };
    const started = users
      .filter((user) => !duty.told.includes(user))
      .map((userId): ShiftStarted => ({ kind: SHIFT_STARTED, ...about, userId, ...until }));
    const ended = duty.told
      .filter((user) => !users.includes(user))
      .map((userId): ShiftEnded => ({ kind: SHIFT_ENDED, ...about, userId, now: users }));
    const beside = [...started, ...ended].map((handOff): Beside => ({ handOff }));
    return { told: users, beside, result: started.length };
  });
  return started ?? 0;
};
