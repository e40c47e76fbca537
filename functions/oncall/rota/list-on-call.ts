import * as z from 'zod/mini';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { noSuchSchedule, type ScheduleDeps } from './get.ts';
import { onCallBy } from './on-call.ts';
import type { StoredDuty } from './store.ts';

/** The users on call by one schedule. */
export const OnCall = z
  .object({
    scheduleId: z.string(),
    name: z.string(),
    timeZone: z.string(),
    /** Nobody, in a gap. */
    users: z.readonly(z.array(z.string())),
    /** The next hand-off; null where none is near. */
    until: z.nullable(z.string()),
    /** The users on call after it. */
    next: z.nullable(z.readonly(z.array(z.string()))),
  })
  .register(z.globalRegistry, { id: 'OnCall' });
export type OnCall = z.infer<typeof OnCall>;

/** Lists who is on call now, by each schedule or by one. */
export const listOnCall = async (
  { store, clock }: ScheduleDeps,
  { schedule, ...page }: PageRequest & { readonly schedule?: string | undefined },
): Promise<Page<OnCall>> => {
  const at = clock.now();
  const told = async (duty: StoredDuty): Promise<OnCall> => {
    const onDuty = await onCallBy(store, duty, at);
    return {
      scheduleId: duty.scheduleId,
      name: duty.name,
      timeZone: duty.timeZone,
      users: onDuty?.users ?? [],
      until: onDuty?.until === undefined ? null : new Date(onDuty.until).toISOString(),
      next: onDuty?.next ?? null,
    };
  };
  if (schedule !== undefined) {
    const duty = await store.duty(schedule);
    if (!duty) throw noSuchSchedule();
    return { items: [await told(duty)], next: null };
  }
  const { items, next } = await store.duties(page);
  return { items: await Promise.all(items.map(told)), next };
};
