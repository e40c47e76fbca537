import { fire, type FireDeps } from './fire.ts';
import { send, type SendDeps } from './send.ts';
import { subjectOf, type DueKey } from './store.ts';
import type { Wake } from './wake-queue.ts';

export type WorkDeps = Omit<FireDeps, 'escalations'> &
  Omit<SendDeps, 'escalations'> & {
    readonly escalations: FireDeps['escalations'] & SendDeps['escalations'];
    readonly wake: Wake;
  };

/** Does what is due: reaches a step, or sends a page. What was called for too early is called for again. */
export const work = async (deps: WorkDeps, key: DueKey): Promise<void> => {
  const { alertId, page } = subjectOf({ part: key.part, item: key.item });
  const now = deps.clock.now();
  if (key.dueAt > now.toISOString()) return deps.wake(key, now);
  await (page === undefined ? fire(deps, alertId) : send(deps, alertId, page));
};
