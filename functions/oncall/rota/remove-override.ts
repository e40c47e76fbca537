import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import { notFound } from '../../../shared/kernel/errors.ts';
import type { ScheduleDeps } from './get.ts';
import { reschedule } from './reschedule.ts';

/** Takes back an override that is not over. */
export const removeOverride = async (
  { store, clock }: ScheduleDeps,
  { caller, origin }: Request,
  { id: scheduleId, override: id }: { readonly id: string; readonly override: string },
): Promise<void> => {
  const at = clock.now();
  await reschedule(store, scheduleId, at, ({ schedule, overrides }) => {
    const override = overrides.find((each) => each.id === id);
    if (!override) throw notFound('override.not_found', 'There is no such override of this schedule, or it is over.');
    const event = auditEvent(
      {
        type: 'override.removed',
        actor: actorOf(caller),
        subject: { kind: 'schedule', id: scheduleId, name: schedule.name },
        detail: { override: id, kind: override.kind, user: override.userId, from: override.from, to: override.to },
      },
      origin,
      at,
    );
    return {
      overrides: overrides.filter((each) => each !== override),
      beside: [{ withoutOverride: override, event }],
      result: undefined,
    };
  });
};
