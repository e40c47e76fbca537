import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import { conflict, forbidden, invalid } from '../../../shared/kernel/errors.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import type { UserPermits } from '../../auth/port.ts';
import { SWAP_CHANGED } from '../events.ts';
import { noSuchSchedule, type NamingDeps } from './get.ts';
import { refuseStrangers } from './refuse-strangers.ts';
import type { Wish } from './override.ts';
import { render } from './render.ts';
import type { StoredSchedule } from './schedule.ts';
import { swapView, type RequestSwap, type StoredSwap, type Swap } from './swap.ts';

type Span = Swap['give'];

/**
 * Asks another user to take a shift, perhaps in return for one of theirs. Throws `swap.not_on_duty` unless each is on call for
 * the whole shift that they would give, and `swap.cannot_accept` if the other user may not answer.
 */
export const requestSwap = async (
  deps: NamingDeps & { readonly userPermits: UserPermits },
  { caller, origin }: Request,
  wanted: RequestSwap,
): Promise<Swap> => {
  const { store, clock } = deps;
  const at = clock.now();
  if (caller.kind !== 'user') throw forbidden('swap.person_only', 'Only users swap shifts. Log in as a user.');
  if (wanted.toUserId === caller.id) {
    throw invalid('swap.with_oneself', 'Ask somebody else.', { errors: [{ pointer: '/toUserId', detail: 'is you' }] });
  }
  await refuseStrangers(deps, [['/toUserId', wanted.toUserId]]);
  if (!(await deps.userPermits(wanted.toUserId, 'oncall.swap'))) {
    throw invalid(
      'swap.cannot_accept',
      'This user may not take part in swaps. Ask somebody else, or add an override.',
      {
        errors: [{ pointer: '/toUserId', detail: 'has no permission oncall.swap' }],
      },
    );
  }
  const [schedule, overrides] = await Promise.all([
    store.byId(wanted.scheduleId),
    store.overrides(wanted.scheduleId, at.getTime()),
  ]);
  if (!schedule) throw noSuchSchedule();
  const swap: StoredSwap = {
    id: newId('swp', at),
    kind: SWAP_CHANGED,
    scheduleId: wanted.scheduleId,
    scheduleName: schedule.name,
    timeZone: schedule.timeZone,
    status: 'requested',
    fromUserId: caller.id,
    fromName: caller.name,
    toUserId: wanted.toUserId,
    give: spanOf(wanted.give),
    take: wanted.take && spanOf(wanted.take),
    note: wanted.note,
    requestedAt: at.toISOString(),
    answeredAt: null,
    event: auditEvent(
      {
        type: 'swap.requested',
        actor: actorOf(caller),
        subject: { kind: 'schedule', id: schedule.id, name: schedule.name },
        detail: { user: wanted.toUserId, from: wanted.give.from, to: wanted.give.to },
      },
      origin,
      at,
    ),
  };
  checkSwap(schedule, overrides, swap, at);
  await store.addSwap(swap);
  return swapView(swap);
};

const spanOf = ({ from, to }: Span): Span => ({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });

/** Throws unless both are on call for the shifts that they would give, and none of them is over. */
export const checkSwap = (schedule: StoredSchedule, overrides: readonly Wish[], swap: Swap, at: Date): void => {
  for (const [span, userId] of [[swap.give, swap.fromUserId] as const, [swap.take, swap.toUserId] as const]) {
    if (!span) continue;
    if (span.to <= at.toISOString())
      throw conflict('swap.over', `The shift of ${userId} ended at ${span.to}. Choose a shift that is not over.`);
    const from = Math.max(Date.parse(span.from), Math.floor(at.getTime() / 1000) * 1000);
    const shifts = render(schedule, overrides, { from, to: Date.parse(span.to) });
    const without = shifts.find(({ users }) => !users.includes(userId));
    if (!without) continue;
    throw conflict(
      'swap.not_on_duty',
      `${userId} is not on call from ${new Date(without.from).toISOString()} to ${new Date(without.to).toISOString()}.`,
    );
  }
};
