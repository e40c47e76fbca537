import { logger } from '../../../shared/aws/observe.ts';
import { settle } from '../analytics/add-up-days.ts';
import { settleDeps } from '../deps.ts';

/** Each hour: adds up the days that are over. */
export const handler = async (): Promise<void> => {
  const days = await settle(settleDeps());
  if (days > 0) logger.info('days added up', { days });
};
