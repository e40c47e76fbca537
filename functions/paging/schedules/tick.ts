import type { Context } from 'aws-lambda';
import { countMetric, logger } from '../../../shared/aws/observe.ts';
import { watchdogDeps, workDeps } from '../deps.ts';
import { tick } from '../escalations/tick.ts';
import { keepWatch } from '../watchdog/keep-watch.ts';

/** Each minute: does what is due and was not done, and keeps the watchdog quiet while pages can be sent. */
export const handler = async (_event: unknown, context: Context): Promise<void> => {
  const ticked = await tick({ ...workDeps(), remainingMs: () => context.getRemainingTimeInMillis() });
  countMetric('WakeUpsHealed', ticked.healed);
  if (ticked.healed + ticked.failed > 0) logger.warn('wake-ups were lost', { ...ticked });
  await keepWatch(watchdogDeps());
};
