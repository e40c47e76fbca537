import { logger } from '../../../shared/aws/observe.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { evaluation, rulesInForce } from '../deps/rules.ts';
import { budgets, history, overview, runs, settings } from '../deps/stores.ts';
import { evaluateRules } from '../rules/evaluate-rules.ts';
import { logUnjudged } from '../rules/log-unjudged.ts';
import { brokenServicesIn } from '../overview/overall.ts';
import { watchBudgets } from '../sla/watch-budgets.ts';

const judgeRules = async (): Promise<void> => {
  const { judged, changed } = logUnjudged(await evaluateRules(evaluation(), await rulesInForce()()));
  if (changed > 0) logger.info('rules judged', { judged, changed });
};

const judgeBudgets = async (): Promise<void> => {
  const { looked, changed } = await watchBudgets({
    clock: systemClock,
    history: history(),
    runs: runs(),
    budgets: budgets(),
    brokenServices: async () => brokenServicesIn((await overview().look()).broken),
    settings: settings(),
  });
  if (changed > 0) logger.info('error budgets judged', { looked, changed });
};

/** Each minute: all rules, also those of metrics that have stopped, and error budgets. Neither waits for the other. */
export const handler = async (): Promise<void> => {
  const done = await Promise.allSettled([judgeRules(), judgeBudgets()]);
  const failed = done.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
};
