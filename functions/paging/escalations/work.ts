import type { CallDeps } from '../pages/call.ts';
import { fire, type FireDeps } from './fire.ts';
import { ringAgain, type RingAgainDeps } from './ring-again.ts';
import { send, type SendDeps } from '../pages/send.ts';
import { namedBy, type DueKey } from '../ledger.ts';
import type { Wake } from './wake-queue.ts';

export type WorkDeps = Omit<FireDeps, 'escalations'> &
  Omit<SendDeps, 'escalations'> &
  Omit<RingAgainDeps, 'escalations'> & {
    readonly escalations: FireDeps['escalations'] &
      SendDeps['escalations'] &
      RingAgainDeps['escalations'] &
      CallDeps['escalations'];
    readonly wake: Wake;
  };

/**
 * Does the work of a due entry: reaches a step, ends an acknowledgement, or sends a page. An entry that is woken too early is
 * woken again.
 */
export const work = async (deps: WorkDeps, key: DueKey): Promise<void> => {
  const { subject, page } = namedBy({ part: key.part, item: key.item });
  const now = deps.clock.now();
  if (key.dueAt > now.toISOString()) return deps.wake(key, now);
  if (page !== undefined) {
    await send(deps, { subject, key: page });
    return;
  }
  const escalation = await fire(deps, subject.id);
  if (escalation?.status === 'held') await ringAgain(deps, escalation);
};
