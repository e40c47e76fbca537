import type { Context } from 'aws-lambda';
import { logger } from '../../../shared/aws/observe.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { blocks, segments } from '../deps/metrics.ts';
import { settings } from '../deps/stores.ts';
import { closeHours } from '../metrics/close-hours.ts';

/** Each hour: makes the metrics of hours that are over into blocks. */
export const handler = async (_event: unknown, context: Context): Promise<void> => {
  const hours = await closeHours({
    clock: systemClock,
    segments: segments(),
    blocks: blocks(),
    retention: async () => (await settings()()).retention,
    remainingMs: () => context.getRemainingTimeInMillis(),
  });
  if (hours > 0) logger.info('hours closed', { hours });
};
