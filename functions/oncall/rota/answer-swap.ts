import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Caller, Request } from '../../../shared/kernel/caller.ts';
import { conflict, forbidden, notFound, type Problem } from '../../../shared/kernel/errors.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { noSuchSchedule, type ScheduleDeps } from './get.ts';
import type { StoredOverride } from './override.ts';
import { checkSwap } from './request-swap.ts';
import { reschedule } from './reschedule.ts';
import { swapView, type StoredSwap, type Swap, type SwapStatus } from './swap.ts';

/** The user who answers: the one who asked, or the one who was asked. */
type Side = 'fromUserId' | 'toUserId';

const answered = (swap: Swap): Problem =>
  conflict('swap.answered', `This request was ${swap.status} at ${swap.answeredAt}.`, { extensions: { swap } });

/** The open request. Throws unless the caller may answer it. */
const asked = async ({ store }: ScheduleDeps, id: string, whose: Side, caller: Caller) => {
  const swap = await store.swapById(id);
  if (!swap) throw notFound('swap.not_found', 'There is no request with this id.');
  if (swap[whose] !== caller.id) {
    throw forbidden('swap.not_yours', `Only the user who ${whose === 'toUserId' ? 'was asked' : 'asked'} may do this.`);
  }
  if (swap.status !== 'requested') throw answered(swapView(swap));
  return swap;
};

const answeredBy = (swap: StoredSwap, status: SwapStatus, { caller, origin }: Request, at: Date): StoredSwap => ({
  ...swap,
  status,
  answeredAt: at.toISOString(),
  event: auditEvent(
    {
      type: `swap.${status}`,
      actor: actorOf(caller),
      subject: { kind: 'schedule', id: swap.scheduleId, name: swap.scheduleId },
      detail: { swap: swap.id },
    },
    origin,
    at,
  ),
});

/** Accepts: the user who was asked takes the shift and, if one was offered in return, gives theirs. */
export const acceptSwap = async (
  deps: ScheduleDeps,
  request: Request,
  { id }: { readonly id: string },
): Promise<Swap> => {
  const { caller, origin } = request;
  const at = deps.clock.now();
  const { scheduleId } = await asked(deps, id, 'toUserId', caller);
  const accepted = await reschedule(deps.store, scheduleId, at, async ({ schedule, overrides, duty }) => {
    const swap = answeredBy(await asked(deps, id, 'toUserId', caller), 'accepted', request, at);
    checkSwap(schedule, overrides, swap, at);
    const relief = (span: Swap['give'], userId: string, insteadOf: string): StoredOverride => ({
      id: newId('ovr', at),
      scheduleId,
      made: duty.revision + 1,
      kind: 'replace',
      userId,
      insteadOf,
      ...span,
      note: swap.note,
      createdAt: at.toISOString(),
      createdBy: actorOf(caller),
      event: auditEvent(
        {
          type: 'override.added',
          actor: actorOf(caller),
          subject: { kind: 'schedule', id: scheduleId, name: schedule.name },
          detail: { swap: id, kind: 'replace', user: userId, insteadOf, ...span },
        },
        origin,
        at,
      ),
    });
    const reliefs = [
      relief(swap.give, swap.toUserId, swap.fromUserId),
      ...(swap.take ? [relief(swap.take, swap.fromUserId, swap.toUserId)] : []),
    ];
    return {
      overrides: [...overrides, ...reliefs],
      beside: [{ swap }, ...reliefs.map((override) => ({ override }))],
      result: swapView(swap),
    };
  });
  if (!accepted) throw noSuchSchedule();
  return accepted;
};

/** Leaves everything as it is. */
export const declineSwap = (deps: ScheduleDeps, request: Request, { id }: { readonly id: string }): Promise<Swap> =>
  end(deps, request, id, 'toUserId', 'declined');

/** Cancels the caller's own request. */
export const cancelSwap = (deps: ScheduleDeps, request: Request, { id }: { readonly id: string }): Promise<Swap> =>
  end(deps, request, id, 'fromUserId', 'cancelled');

const end = async (
  deps: ScheduleDeps,
  request: Request,
  id: string,
  whose: Side,
  status: SwapStatus,
): Promise<Swap> => {
  const swap = answeredBy(await asked(deps, id, whose, request.caller), status, request, deps.clock.now());
  if (await deps.store.answerSwap(swap)) return swapView(swap);
  const present = await deps.store.swapById(id);
  throw answered(swapView(present ?? swap));
};
