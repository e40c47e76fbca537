import { streamReactor, type PoisonDeps } from '../../../shared/aws/stream.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { wakeDeps } from '../deps.ts';
import type { DueKey } from '../escalations/store.ts';
import { DUE } from '../table.ts';
import type { Wake } from '../escalations/wake-queue.ts';

/** Has whatever was written to be due looked at then, to the second. */
export const waker = (deps: () => PoisonDeps & { readonly clock: Clock; readonly wake: Wake }) =>
  streamReactor<DueKey & { readonly due: string }>(deps, async ({ before, after }) => {
    if (after?.due !== DUE || (before?.due === DUE && after.dueAt === before.dueAt)) return;
    await deps().wake(after as DueKey, deps().clock.now());
  });

export const handler = waker(wakeDeps);
