import { settleLimit } from '../../../shared/kernel/map-limit.ts';
import type { EscalationStore } from './store.ts';
import { work, type WorkDeps } from './work.ts';

export interface TickDeps extends Omit<WorkDeps, 'escalations'> {
  readonly escalations: WorkDeps['escalations'] & Pick<EscalationStore, 'due'>;
  /** How long the function may still run. */
  readonly remainingMs: () => number;
}

export interface Ticked {
  readonly done: number;
  /** Entries of `done` that had been due for more than a minute: their wake-up was lost. */
  readonly healed: number;
  readonly failed: number;
}

const PAGE = 100;
const MAX_PAGES = 20;
const AT_ONCE = 10;
const HEALED_AFTER_MS = 60_000;
/** The longest time that a provider takes to answer. Work that begins later would be cut off and lose its outcome. */
const LONGEST_MS = 30_000;

/**
 * Each minute: does the work that is due and was not done, even if its wake-up was lost. Work that fails, or that there is no
 * time for, stays due for the next tick.
 */
export const tick = async (deps: TickDeps): Promise<Ticked> => {
  const ticked = { done: 0, healed: 0, failed: 0 };
  for (let i = 0; i < MAX_PAGES && ticked.failed === 0 && deps.remainingMs() > LONGEST_MS; i++) {
    const now = deps.clock.now();
    const late = new Date(now.getTime() - HEALED_AFTER_MS).toISOString();
    const due = await deps.escalations.due(now, PAGE);
    const ended = await settleLimit(due, AT_ONCE, async (key) => {
      if (deps.remainingMs() <= LONGEST_MS) return false;
      await work(deps, key);
      return true;
    });
    ticked.done += ended.filter((each) => each.status === 'fulfilled' && each.value).length;
    ticked.failed += ended.filter(({ status }) => status === 'rejected').length;
    ticked.healed += due.filter(({ dueAt }) => dueAt < late).length;
    if (due.length < PAGE) break;
  }
  return ticked;
};
