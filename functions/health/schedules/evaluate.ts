import { logger } from '../../../shared/aws/observe.ts';
import { evaluateDeps } from '../deps/rules.ts';
import { budgetDeps } from '../deps/sla.ts';
import { complainOf } from '../rules/complain.ts';
import { evaluate } from '../rules/evaluate.ts';
import { watchBudgets } from '../sla/watch-budgets.ts';

const judgeRules = async (): Promise<void> => {
  const deps = evaluateDeps();
  const { judged, changed } = complainOf(await evaluate(deps, await deps.rules()));
  if (changed > 0) logger.info('rules judged', { judged, changed });
};

const judgeBudgets = async (): Promise<void> => {
  const { looked, changed } = await watchBudgets(budgetDeps());
  if (changed > 0) logger.info('error budgets judged', { looked, changed });
};

/** Each minute: all rules, also those of metrics that have stopped, and error budgets. Neither waits for the other. */
export const handler = async (): Promise<void> => {
  const done = await Promise.allSettled([judgeRules(), judgeBudgets()]);
  const failed = done.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
};
