import { logger } from '../../shared/aws/observe.ts';
import { followersBy, type AlertMessage, type Concern, type FollowersOf } from '../alerts/events.ts';

type FindConcern = (batch: readonly AlertMessage[]) => Promise<Concern>;

export interface FollowersDeps {
  readonly pagingConcern: FindConcern;
  readonly incidentsConcern: FindConcern;
  readonly webhooksConcern: FindConcern;
}

/**
 * Finds the followers of the transitions of a batch. Where it cannot be read whether they concern a context, they do: the context
 * finds out itself.
 */
export const findFollowers = async (
  { pagingConcern, incidentsConcern, webhooksConcern }: FollowersDeps,
  batch: readonly AlertMessage[],
): Promise<FollowersOf> => {
  const [paging, incidents, webhooks] = await Promise.all([
    orAll('paging', () => pagingConcern(batch)),
    orAll('incidents', () => incidentsConcern(batch)),
    orAll('webhooks', () => webhooksConcern(batch)),
  ]);
  return followersBy(paging, incidents, webhooks);
};

const orAll = async (context: string, find: () => Promise<Concern>): Promise<Concern> => {
  try {
    return await find();
  } catch (error) {
    logger.warn('every transition of the batch goes to a context', { context, error: error as Error });
    return () => true;
  }
};
