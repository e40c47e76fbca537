import { countMetric, logger } from '../../../shared/aws/observe.ts';
import type { Evaluated } from './evaluate-rules.ts';

/** Logs and counts the rules that could not be judged; each of them has also raised an alert. */
export const logUnjudged = (evaluated: Evaluated): Evaluated => {
  const { unjudged } = evaluated;
  if (unjudged.length === 0) return evaluated;
  logger.error('rules could not be judged', { unjudged: unjudged.slice(0, 20), count: unjudged.length });
  countMetric('RulesNotJudged', unjudged.length);
  return evaluated;
};
