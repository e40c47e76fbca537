import { Refused, type Channel } from '../../../shared/channels/channel.ts';
import { isUnanswered } from '../../../shared/channels/no-answer.ts';
import type { PagingSecret } from '../../../shared/channels/paging-secret.ts';
import { isTransient } from '../../../shared/aws/transient.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { OVERTAKEN, untilWritten } from '../../../shared/kernel/until-written.ts';
import type { NoticeStore } from '../notices/store.ts';
import type { PageStore } from '../pages/store.ts';
import type { Job } from './job.ts';
import { updateMessage } from './message.ts';
import type { SubscriberStore } from './store.ts';
import { afterOutcome, suspended, type StoredSubscriber } from './subscriber.ts';

export interface DeliverDeps {
  readonly clock: Clock;
  readonly pages: Pick<PageStore, 'byId'>;
  readonly notices: Pick<NoticeStore, 'byId'>;
  readonly subscribers: Pick<SubscriberStore, 'byId' | 'save' | 'claim' | 'settle'>;
  readonly email: Channel | undefined;
  readonly webhook: Channel;
  readonly secret: () => Promise<PagingSecret>;
  readonly publicUrl: string;
}

/** A receiver that cannot be reached is tried so often, as far apart as the queue holds a message back. */
const MAX_ATTEMPTS = 4;
/** A sender that has not answered by then has died. */
const LEASE_MS = 300_000;

const saved = (
  { subscribers }: Pick<DeliverDeps, 'subscribers'>,
  { page, id }: StoredSubscriber,
  change: (subscriber: StoredSubscriber) => StoredSubscriber,
): Promise<void> =>
  untilWritten(async () => {
    const present = await subscribers.byId(page, id);
    if (!present) return undefined;
    return (await subscribers.save(change(present))) ? undefined : OVERTAKEN;
  });

/** True where the receiver says that nothing is to be sent there any more. */
const isGone = ({ $metadata }: Refused): boolean => $metadata.httpStatusCode === 410;

/**
 * Sends one update to one subscriber, once: it is claimed in a ledger first. A mail whose outcome is unknown is not repeated, since the
 * update is on the page as well; a webhook is, since its receiver knows it by its id. Rejects where it is to be tried again.
 */
export const deliver = async (deps: DeliverDeps, job: Extract<Job, { kind: 'deliver' }>): Promise<void> => {
  const { clock, pages, notices, subscribers } = deps;
  const [page, notice, subscriber] = await Promise.all([
    pages.byId(job.page),
    notices.byId(job.page, job.notice),
    subscribers.byId(job.page, job.subscriber),
  ]);
  const update = notice?.updates.find(({ number }) => number === job.number);
  if (!page || page.deleted || !notice || notice.withdrawn || !update || subscriber?.state !== 'confirmed') return;
  // A page that was made again has none of the subscribers of the one before, and mails of a private page are for nobody.
  const isForeign = subscriber.requestedAt < page.createdAt;
  if (isForeign || (page.access === 'private' && subscriber.channel === 'email')) return;
  const channel = deps[subscriber.channel];
  if (!channel) return;
  const of = { subscriber: subscriber.id, notice: notice.id, number: update.number };
  const at = clock.now();
  const claimed = await subscribers.claim(of, at, channel.knowsKeys && new Date(at.getTime() - LEASE_MS));
  if (!claimed) return;
  const { key } = await deps.secret();
  try {
    const message = updateMessage(page, notice, update, subscriber, { publicUrl: deps.publicUrl, key });
    await channel.send(message, { idempotencyKey: `${of.subscriber}#${of.notice}#${of.number}` });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (isUnanswered(error) && !channel.knowsKeys) return subscribers.settle(of, 'unconfirmed', reason);
    // SES refuses a call for reasons of ours, and reports those of the recipient as a bounce: the queue tries again, then an alarm rings.
    const isOurs = subscriber.channel === 'email';
    const isLater = isTransient(error) || isUnanswered(error);
    if (isOurs || (isLater && claimed.attempts < MAX_ATTEMPTS)) {
      await subscribers.settle(of, 'retry', reason);
      throw error;
    }
    await subscribers.settle(of, 'refused', reason);
    // Only what the receiver itself answers counts against it.
    if (!(error instanceof Refused)) return;
    return saved(deps, subscriber, (present) =>
      isGone(error) ? suspended(present, 'The receiver says that it is gone.') : afterOutcome(present, false),
    );
  }
  await subscribers.settle(of, 'sent', '');
  if (subscriber.failures > 0) await saved(deps, subscriber, (present) => afterOutcome(present, true));
};
