import type { Context } from 'aws-lambda';
import { logger } from '../../../shared/aws/observe.ts';
import { tickDeps } from '../deps.ts';
import { ringAfterSilences } from '../silences/ring-after.ts';
import { changeDueAlerts } from '../verbs/change-due-alerts.ts';

/** Each minute: expiries, and the ends of snoozes and silences. */
export const handler = async (_event: unknown, context: Context): Promise<void> => {
  const deps = { ...tickDeps(), remainingMs: () => context.getRemainingTimeInMillis() };
  const done = await changeDueAlerts(deps);
  const rung = await ringAfterSilences(deps);
  if (done.changed + done.rearmed + rung > 0) logger.info('tick', { ...done, rung });
};
