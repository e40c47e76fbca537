import { streamReactor, type PoisonDeps } from '../../../shared/aws/stream.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { wakeDeps } from '../deps.ts';
import type { StoredPage } from '../pages/page.ts';
import type { DueKey } from '../ledger.ts';
import { pageMessageIn, type Tell } from '../pages/page-reports.ts';
import type { Wake } from '../escalations/wake-queue.ts';

/** Wakes each due entry at its second, and reports the outcomes of pages. */
export const waker = (deps: () => PoisonDeps & { readonly clock: Clock; readonly wake: Wake; readonly tell: Tell }) =>
  streamReactor<DueKey & StoredPage>(deps, async (written) => {
    const { before, after } = written;
    if (after?.dueAt !== undefined && after.dueAt !== before?.dueAt) {
      await deps().wake(after as DueKey, deps().clock.now());
    }
    const message = pageMessageIn(written);
    if (message) await deps().tell(message);
  });

export const handler = waker(wakeDeps);
