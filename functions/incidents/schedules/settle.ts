import { logger } from '../../../shared/aws/observe.ts';
import { addUpDays, type AddUpDeps } from '../analytics/add-up-days.ts';
import { addUpDeps } from '../deps.ts';

/** Each hour: adds up the days that are over. */
export const settler = (deps: () => AddUpDeps) => async (): Promise<void> => {
  const days = await addUpDays(deps());
  if (days > 0) logger.info('days added up', { days });
};

export const handler = settler(addUpDeps);
