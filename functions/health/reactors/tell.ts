import { streamReactor, type PoisonDeps } from '../../../shared/aws/stream.ts';
import { tellDeps } from '../deps/tell.ts';
import { unpacked } from '../metrics/segment.ts';
import type { KnownState } from '../monitors/state.ts';
import { tell, tellGone, type TellDeps } from '../monitors/tell.ts';
import { evaluate } from '../rules/evaluate.ts';
import { needsOf } from '../rules/rule.ts';
import type { KnownInstance } from '../rules/store.ts';
import { tellRule, type TellRuleDeps } from '../rules/tell.ts';
import { wakeFor, type WakeDeps } from '../rules/wake.ts';
import type { BudgetState } from '../sla/budget.ts';
import { tellBudget } from '../sla/tell.ts';
import { BUDGET_KIND, RULE_KIND, SEGMENT_PREFIX, STATE_KIND } from '../table.ts';

type Deps = PoisonDeps & TellDeps & TellRuleDeps & WakeDeps;

interface Item {
  readonly part: string;
  readonly kind?: string;
  readonly sequence?: number;
  readonly body?: Uint8Array;
}

/**
 * Reads the health table's stream: metrics that came in are held against the rules that look at them, and the alerts are told
 * when a monitor, an instance of a rule or an error budget changes, or is deleted.
 */
export const teller = (deps: () => Deps) =>
  streamReactor<Item>(deps, async ({ before, after }) => {
    const { kind } = after ?? before ?? {};
    if (after?.body && after.part?.startsWith(SEGMENT_PREFIX)) await judgeNow(deps(), after.body);
    else if (kind === STATE_KIND) await tellMonitor(deps(), before, after);
    else if (kind === RULE_KIND) await tellInstance(deps(), before, after);
    else if (kind === BUDGET_KIND && after)
      await tellBudget(deps(), before as BudgetState | undefined, after as BudgetState);
  });

const judgeNow = async ({ evaluation }: Deps, body: Uint8Array): Promise<void> => {
  const names = new Set(unpacked(body).map(({ name }) => name));
  const rules = await evaluation.rules();
  const concerned = rules.filter(({ condition }) => [...needsOf(condition).keys()].some((name) => names.has(name)));
  if (concerned.length > 0) await evaluate(evaluation, concerned);
};

type Written = Partial<Item> | undefined;

const tellMonitor = async (deps: Deps, before: Written, after: Written): Promise<void> => {
  const [was, is] = [before as KnownState | undefined, after as KnownState | undefined];
  if (!is) await tellGone(deps, was?.id ?? '');
  else if (is.sequence !== (was?.sequence ?? 0)) await tell(deps, is);
};

const tellInstance = async (deps: Deps, before: Written, after: Written): Promise<void> => {
  const [was, is] = [before as KnownInstance | undefined, after as KnownInstance | undefined];
  if (!is && was) await tellRule(deps, { ...was, status: 'ok', reason: 'The rule was deleted.' });
  else if (is && is.sequence !== (was?.sequence ?? 0)) await tellRule(deps, is);
  else if (is && is.status !== was?.status) await wakeFor(deps, is);
};

export const handler = teller(tellDeps);
