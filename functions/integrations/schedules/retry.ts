import type { Context } from 'aws-lambda';
import { logger } from '../../../shared/aws/observe.ts';
import { retryDeps } from '../deps.ts';
import { retryDue } from '../webhooks/deliver.ts';

/** A receiver may take so long to answer. */
const ANSWER_MS = 30_000;

/** Each minute: sends what webhooks did not take, and pings. */
export const handler = async (_event: unknown, context: Context): Promise<void> => {
  const waiting = await retryDue(retryDeps(), () => context.getRemainingTimeInMillis() > ANSWER_MS);
  if (waiting > 0) logger.info('webhooks', { waiting });
};
