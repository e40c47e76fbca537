import { logger } from '../../../shared/aws/observe.ts';
import { evaluateDeps } from '../deps/rules.ts';
import { evaluate } from '../rules/evaluate.ts';

/** Each minute: all rules, also those of metrics that have stopped. */
export const handler = async (): Promise<void> => {
  const deps = evaluateDeps();
  const { judged, changed } = await evaluate(deps, await deps.rules());
  if (changed > 0) logger.info('rules judged', { judged, changed });
};
