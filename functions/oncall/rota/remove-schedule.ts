import type { Request } from '../../../shared/kernel/caller.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { inUse } from '../../../shared/kernel/named.ts';
import type { NamedPolicies } from '../policies/named.ts';
import { eventOf } from '../kept.ts';
import { noSuchSchedule, type ScheduleDeps } from './get.ts';

/**
 * Deletes a schedule: nobody is on call by it any more, and its calendar links end. Throws `schedule.in_use` while policies
 * page it, and names them.
 */
export const removeSchedule = async (
  { store, clock, policies }: ScheduleDeps & { readonly policies: Pick<NamedPolicies, 'naming'> },
  { caller, origin }: Request,
  { id }: { readonly id: string },
): Promise<void> => {
  const [schedule, duty, naming] = await Promise.all([store.byId(id), store.dutyNow(id), policies.naming(id)]);
  if (!schedule || !duty) throw noSuchSchedule();
  if (naming.length > 0) throw inUse('schedule', naming);
  const event = eventOf('schedule', 'deleted', schedule, { caller, origin, at: clock.now() });
  if (!(await store.remove(id, duty.revision, event))) {
    throw conflict('schedule.busy', 'Somebody is changing this schedule. Try again.');
  }
};
