import type { Context } from 'aws-lambda';
import { logger } from '../../../shared/aws/observe.ts';
import { tickDeps } from '../deps.ts';
import { tick } from '../tick.ts';

/** Each minute: expiries and snoozes. */
export const handler = async (_event: unknown, context: Context): Promise<void> => {
  const done = await tick({ ...tickDeps(), remainingMs: () => context.getRemainingTimeInMillis() });
  if (done.changed + done.rearmed > 0) logger.info('tick', { ...done });
};
