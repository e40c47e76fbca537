import type { Channel } from '../../../shared/channels/channel.ts';
import type { PagingSecret } from '../../../shared/channels/paging-secret.ts';
import { logger } from '../../../shared/aws/observe.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import type { PageStore } from '../pages/store.ts';
import type { Job } from './job.ts';
import { subscriptionUrl } from './message.ts';
import type { SubscriberStore } from './store.ts';
import { asked, subscriberId } from './subscriber.ts';

export interface AskDeps {
  readonly clock: Clock;
  readonly pages: Pick<PageStore, 'byId'>;
  readonly subscribers: Pick<SubscriberStore, 'byId' | 'save' | 'countRequest'>;
  readonly email: Channel | undefined;
  readonly secret: () => Promise<PagingSecret>;
  readonly publicUrl: string;
}

/** Nobody can have a page write to more strangers than these, in an hour. */
const MOST_A_PAGE = 300;
const MOST_A_SOURCE = 20;

/**
 * Asks an address whether it wants the updates of a page. An address that has confirmed, or was asked a moment ago, gets nothing. The
 * request is stored before the mail is sent, so a message that comes twice asks once.
 */
export const askToConfirm = async (deps: AskDeps, job: Extract<Job, { kind: 'subscribe' }>): Promise<void> => {
  const { clock, pages, subscribers, email } = deps;
  const page = await pages.byId(job.page);
  if (!page || page.deleted || page.access === 'private' || !email) return;
  const at = clock.now();
  const next = asked(await subscribers.byId(job.page, subscriberId(job.page, 'email', job.to)), job, at);
  if (!next) return;
  const mayAsk =
    (await subscribers.countRequest(`source#${job.source}`, at, MOST_A_SOURCE)) &&
    (await subscribers.countRequest(`page#${job.page}`, at, MOST_A_PAGE));
  if (!mayAsk) {
    logger.warn('too many requests to subscribe', { page: job.page });
    return;
  }
  if (!(await subscribers.save(next))) return;
  const { key } = await deps.secret();
  const confirmUrl = subscriptionUrl(deps.publicUrl, key, 'confirm', next);
  await email.send(
    {
      to: next.to,
      contactId: next.id,
      text:
        `${page.name}: confirm your subscription\n\n` +
        `Somebody, hopefully you, asked for the status updates of ${page.name} at this address. Confirm it within two days:\n${confirmUrl}\n\n` +
        'You get nothing else if you do not confirm.',
      data: { type: 'status' },
    },
    { idempotencyKey: `${next.id}#${next.requestedAt}` },
  );
};
