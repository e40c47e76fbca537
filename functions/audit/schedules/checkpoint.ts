import type { Context } from 'aws-lambda';
import { logger } from '../../../shared/aws/observe.ts';
import { addCheckpoints, type AddCheckpointsDeps } from '../chain/add-checkpoints.ts';
import { checkpointDeps } from '../deps.ts';

/** Each hour: closes the hours that can be closed. */
export const checkpoint =
  (deps: () => Omit<AddCheckpointsDeps, 'remainingMs'>) =>
  async (_event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> => {
    const added = await addCheckpoints({ ...deps(), remainingMs: () => context.getRemainingTimeInMillis() });
    if (added > 1) logger.info('hours of the audit trail were closed late', { added });
  };

export const handler = checkpoint(checkpointDeps);
