import { streamBatchReactor, type PoisonDeps } from '../../../shared/aws/stream.ts';
import { logger } from '../../../shared/aws/observe.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { tellDeps } from '../deps/tell.ts';
import { unpacked } from '../metrics/segment.ts';
import { isTurnToMerge, type MetricStore } from '../metrics/store.ts';
import type { KnownState } from '../monitors/state.ts';
import { tell, tellGone, type TellDeps } from '../monitors/tell.ts';
import { isFiring } from '../rules/instance.ts';
import { complainOf } from '../rules/complain.ts';
import { evaluate } from '../rules/evaluate.ts';
import { needsOf } from '../rules/rule.ts';
import type { KnownInstance } from '../rules/store.ts';
import { tellRule, type TellRuleDeps } from '../rules/tell.ts';
import { wakeFor, type WakeDeps } from '../rules/wake.ts';
import type { BudgetState } from '../sla/budget.ts';
import { tellBudget } from '../sla/tell.ts';
import { BUDGET_KIND, RULE_KIND, SEGMENT_PREFIX, STATE_KIND } from '../table.ts';

type Deps = PoisonDeps &
  TellDeps &
  TellRuleDeps &
  WakeDeps & {
    readonly metrics: Pick<MetricStore, 'mergeSlot'>;
    readonly clock: Clock;
  };

interface Item {
  readonly part: string;
  readonly item: string;
  readonly kind?: string;
  readonly sequence?: number;
  readonly body?: Uint8Array;
}

/**
 * Reads the health table's stream: metrics that came in are held against the rules that look at them, and the alerts are told
 * when a monitor, an instance of a rule or an error budget changes, or is deleted. Everything that a batch brought of metrics
 * is in the table when its first record is read, so a rule is judged once for the batch.
 */
export const teller = (deps: () => Deps) =>
  streamBatchReactor<Item>(deps, () => {
    const judged = new Set<string>();
    return async ({ before, after }) => {
      const { kind } = after ?? before ?? {};
      if (after?.body && after.part?.startsWith(SEGMENT_PREFIX)) {
        await judgeNow(deps(), after.body, judged);
        await mergeNow(deps(), after.part, after.item ?? '');
      } else if (kind === STATE_KIND) await tellMonitor(deps(), before, after);
      else if (kind === RULE_KIND) await tellInstance(deps(), before, after);
      else if (kind === BUDGET_KIND && after)
        await tellBudget(deps(), before as BudgetState | undefined, after as BudgetState);
    };
  });

const judgeNow = async ({ evaluation }: Deps, body: Uint8Array, judged: Set<string>): Promise<void> => {
  const names = new Set(unpacked(body).map(({ name }) => name));
  const rules = await evaluation.rules();
  const concerned = rules.filter(
    ({ id, condition }) => !judged.has(id) && [...needsOf(condition).keys()].some((name) => names.has(name)),
  );
  if (concerned.length === 0) return;
  complainOf(await evaluate(evaluation, concerned));
  for (const { id } of concerned) judged.add(id);
};

/** What is not merged now is read as it is, so a failure is none of the record's: the next turn merges it. */
const mergeNow = async ({ metrics, clock }: Deps, part: string, item: string): Promise<void> => {
  if (!isTurnToMerge(item)) return;
  try {
    const merged = await metrics.mergeSlot(Number(part.slice(SEGMENT_PREFIX.length)), minuteOf(item), clock.now());
    if (merged > 0) logger.info('segments merged', { part, merged });
  } catch (error) {
    logger.warn('segments were not merged', { part, error: error as Error });
  }
};

const minuteOf = (item: string): number => Date.parse(`${item.slice(0, 16)}:00Z`);

type Written = Partial<Item> | undefined;

const tellMonitor = async (deps: Deps, before: Written, after: Written): Promise<void> => {
  const [was, is] = [before as KnownState | undefined, after as KnownState | undefined];
  if (!is) await tellGone(deps, was?.id ?? '');
  else if (is.sequence !== (was?.sequence ?? 0)) await tell(deps, is);
};

const tellInstance = async (deps: Deps, before: Written, after: Written): Promise<void> => {
  const [was, is] = [before as KnownInstance | undefined, after as KnownInstance | undefined];
  if (!is && was && isFiring(was)) await tellRule(deps, { ...was, status: 'ok', reason: 'The rule was deleted.' });
  else if (is && is.sequence !== (was?.sequence ?? 0)) await tellRule(deps, is);
  else if (is && is.status !== was?.status) await wakeFor(deps, is);
};

export const handler = teller(tellDeps);
