import type { Context } from 'aws-lambda';
import { logger } from '../../../shared/aws/observe.ts';
import { tickDeps } from '../deps.ts';
import { tick } from '../rota/tick.ts';

/** Each minute: whose time on call begins, and shifts for the time to come. */
export const handler = async (_event: unknown, context: Context): Promise<void> => {
  const ticked = await tick({ ...tickDeps(), remainingMs: () => context.getRemainingTimeInMillis() });
  if (ticked.failed > 0) throw new Error(`${ticked.failed} schedules could not be looked at; they stay due`);
  if (ticked.started > 0) logger.info('shifts started', ticked);
};
