import type { Context } from 'aws-lambda';
import { logger } from '../../../shared/aws/observe.ts';
import { closeHoursDeps } from '../deps/metrics.ts';
import { closeHours } from '../metrics/close-hours.ts';

/** Each hour: what is kept of the metrics of hours that are over. */
export const handler = async (_event: unknown, context: Context): Promise<void> => {
  const hours = await closeHours({ ...closeHoursDeps(), remainingMs: () => context.getRemainingTimeInMillis() });
  if (hours > 0) logger.info('hours closed', { hours });
};
