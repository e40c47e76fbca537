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
  readonly subscribers: Pick<SubscriberStore, 'byId' | 'save' | 'count' | 'counted'>;
  readonly email: Channel | undefined;
  readonly secret: () => Promise<PagingSecret>;
  readonly publicUrl: string;
}

/**
 * Paging sends by the same account, and SES stops an account whose mails bounce too often. So strangers can have us write to few addresses
 * in an hour, and to none for the rest of the day once some of those bounced. One source can use up only a part of that, so that it does
 * not take the form away from all others.
 */
const MOST_AN_HOUR = 60;
const MOST_A_PAGE = 30;
const MOST_A_SOURCE = 10;
export const MOST_BOUNCES_A_DAY = 10;

export const hourOf = (at: Date): string => at.toISOString().slice(0, 13);
export const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

const mayAsk = async (
  { subscribers }: Pick<AskDeps, 'subscribers'>,
  { page, source }: Extract<Job, { kind: 'subscribe' }>,
  at: Date,
): Promise<boolean> =>
  (await subscribers.counted('bounces', dayOf(at))) < MOST_BOUNCES_A_DAY &&
  (source === undefined || (await subscribers.count(`source#${source}`, hourOf(at), at, MOST_A_SOURCE))) &&
  (await subscribers.count(`page#${page}`, hourOf(at), at, MOST_A_PAGE)) &&
  (await subscribers.count('all', hourOf(at), at, MOST_AN_HOUR));

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
  if (!(await mayAsk(deps, job, at))) {
    logger.warn('too many requests to subscribe, or too many that bounced', { page: job.page });
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
