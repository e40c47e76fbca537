import type { PageStore } from '../pages/store.ts';
import { announce, forget } from './announce.ts';
import { askToConfirm, type AskDeps } from './ask-to-confirm.ts';
import { deliver, type DeliverDeps } from './deliver.ts';
import type { Job, Jobs } from './job.ts';
import type { SubscriberStore } from './store.ts';
import { feedbackIn, takeBounce } from './take-bounce.ts';

export type JobDeps = Omit<AskDeps & DeliverDeps, 'pages' | 'subscribers'> & {
  readonly pages: Pick<PageStore, 'byId' | 'list'>;
  readonly subscribers: SubscriberStore;
  readonly jobs: Jobs;
};

/** Does a job of the queue, or takes what SES says of a mail. Throws for anything else. */
export const doJob = async (deps: JobDeps, received: unknown): Promise<void> => {
  const feedback = feedbackIn(received);
  if (feedback) return takeBounce(deps, feedback);
  const job = received as Job;
  switch (job.kind) {
    case 'subscribe':
      return askToConfirm(deps, job);
    case 'forget':
      return forget(deps, job);
    case 'announce':
      return announce(deps, job);
    case 'deliver':
      return deliver(deps, job);
    default:
      throw new Error('Not a job for subscribers');
  }
};
