import type { Clock } from '../../../shared/kernel/clock.ts';
import { notFound } from '../../../shared/kernel/errors.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { asMade, overrideView, type Override } from './override.ts';
import { scheduleView, type Schedule } from './schedule.ts';
import type { ScheduleStore } from './store.ts';
import { swapView, type Swap } from './swap.ts';

/** What the verbs need that are about schedules. */
export interface ScheduleDeps {
  readonly store: ScheduleStore;
  readonly clock: Clock;
}

/** The same with the stores that tell who is on call. */
export interface NamingDeps extends ScheduleDeps {
  readonly isUser: (id: string) => Promise<boolean>;
}

export const noSuchSchedule = () => notFound('schedule.not_found', 'There is no schedule with this id.');

export const getSchedule = async ({ store }: ScheduleDeps, { id }: { readonly id: string }): Promise<Schedule> => {
  const schedule = await store.byId(id);
  if (!schedule) throw noSuchSchedule();
  return scheduleView(schedule);
};

/** The schedules, oldest first. */
export const listSchedules = async ({ store }: ScheduleDeps, page: PageRequest): Promise<Page<Schedule>> => {
  const { items, next } = await store.schedules(page);
  return { items: items.map(scheduleView), next };
};

/** The overrides of a schedule that are not over, in the order in which they apply: of two at once the later counts. */
export const listOverrides = async (
  { store, clock }: ScheduleDeps,
  { id }: { readonly id: string },
): Promise<Page<Override>> => {
  if (!(await store.byId(id))) throw noSuchSchedule();
  const overrides = await store.overrides(id, clock.now().getTime());
  return { items: overrides.toSorted(asMade).map(overrideView), next: null };
};

/** Requests to swap, newest first. */
export const listSwaps = async ({ store }: ScheduleDeps, page: PageRequest): Promise<Page<Swap>> => {
  const { items, next } = await store.swaps(page);
  return { items: items.map(swapView), next };
};
