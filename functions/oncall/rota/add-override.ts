import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import { conflict, invalid } from '../../../shared/kernel/errors.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { noSuchSchedule, type NamingDeps } from './get.ts';
import { MAX_OVERRIDES, overrideView, type AddOverride, type Override, type StoredOverride } from './override.ts';
import { refuseStrangers, usersIn } from './refuse-strangers.ts';
import { reschedule } from './reschedule.ts';

/** Puts a user on call, or takes one off, for a time. It stays in force when the schedule changes. */
export const addOverride = async (
  deps: NamingDeps,
  { caller, origin }: Request,
  { id: scheduleId, ...wanted }: AddOverride & { readonly id: string },
): Promise<Override> => {
  const { store, clock } = deps;
  const at = clock.now();
  if (Date.parse(wanted.to) <= at.getTime()) {
    throw invalid('override.over', 'The override would end in the past. Choose a later end.', {
      errors: [{ pointer: '/to', detail: 'is in the past' }],
    });
  }
  // People who have left may be taken out.
  if (wanted.kind !== 'remove') await refuseStrangers(deps, [['/userId', wanted.userId]]);
  const id = newId('ovr', at);
  const added = await reschedule(store, scheduleId, at, async ({ schedule, overrides, duty }) => {
    const named = new Set([...usersIn(schedule.layers).map(([, id]) => id), ...overrides.map(({ userId }) => userId)]);
    // People who have left may be relieved wherever the schedule still names them.
    const { insteadOf } = wanted;
    if (insteadOf !== null && !named.has(insteadOf)) await refuseStrangers(deps, [['/insteadOf', insteadOf]]);
    if (overrides.length >= MAX_OVERRIDES) {
      throw conflict(
        'override.limit',
        `The schedule has ${MAX_OVERRIDES} overrides already. Change its layers instead.`,
      );
    }
    const override: StoredOverride = {
      ...wanted,
      id,
      scheduleId,
      made: duty.revision + 1,
      from: new Date(wanted.from).toISOString(),
      to: new Date(wanted.to).toISOString(),
      createdAt: at.toISOString(),
      createdBy: actorOf(caller),
      event: auditEvent(
        {
          type: 'override.added',
          actor: actorOf(caller),
          subject: { kind: 'schedule', id: scheduleId, name: schedule.name },
          detail: {
            override: id,
            kind: wanted.kind,
            user: wanted.userId,
            ...(wanted.insteadOf && { insteadOf: wanted.insteadOf }),
            from: wanted.from,
            to: wanted.to,
          },
        },
        origin,
        at,
      ),
    };
    return { overrides: [...overrides, override], beside: [{ override }], result: overrideView(override) };
  });
  if (!added) throw noSuchSchedule();
  return added;
};
