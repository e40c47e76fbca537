import type { PagingSecret } from '../../../shared/channels/paging-secret.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { OVERTAKEN, untilWritten } from '../../../shared/kernel/until-written.ts';
import type { PageStore } from '../pages/store.ts';
import type { SubscriberStore } from './store.ts';
import { CONFIRM_MS, isToken, linkToken, unknownSubscription, type StoredSubscriber } from './subscriber.ts';

export interface LinkDeps {
  readonly clock: Clock;
  readonly pages: Pick<PageStore, 'byId'>;
  readonly subscribers: Pick<SubscriberStore, 'byId' | 'save' | 'remove'>;
  readonly secret: () => Promise<PagingSecret>;
}

export interface Link {
  readonly page: string;
  readonly subscriber: string;
  readonly key: string;
}

/** What a link leads to: whose page it is, and the subscription. */
interface Found {
  readonly pageName: string;
  readonly subscriber: StoredSubscriber;
}

const nameOf = async ({ pages }: Pick<LinkDeps, 'pages'>, id: string): Promise<string> => {
  const page = await pages.byId(id);
  if (!page || page.deleted) throw unknownSubscription();
  return page.name;
};

/** The subscription that a link to confirm is about. Throws `subscription.unknown`, also where the link is too old. */
export const openConfirmation = async (deps: LinkDeps, { page, subscriber: id, key: sent }: Link): Promise<Found> => {
  const { key } = await deps.secret();
  const subscriber = await deps.subscribers.byId(page, id);
  const isValid =
    subscriber && subscriber.state !== 'suspended' && isToken(linkToken(key, 'confirm', subscriber), sent);
  if (!isValid || Date.parse(subscriber.requestedAt) + CONFIRM_MS < deps.clock.now().getTime()) {
    throw unknownSubscription();
  }
  return { pageName: await nameOf(deps, page), subscriber };
};

/** Confirms a subscription. A repeat changes nothing. */
export const confirm = (deps: LinkDeps, link: Link): Promise<Found> =>
  untilWritten(async () => {
    const found = await openConfirmation(deps, link);
    const { subscriber } = found;
    if (subscriber.state !== 'pending') return found;
    const confirmed: StoredSubscriber = {
      ...subscriber,
      state: 'confirmed',
      confirmedAt: deps.clock.now().toISOString(),
      version: subscriber.version + 1,
    };
    return (await deps.subscribers.save(confirmed)) ? { ...found, subscriber: confirmed } : OVERTAKEN;
  });

/** The name of the page that a link to unsubscribe is about, also after it was followed. Throws `subscription.unknown`. */
export const openUnsubscription = async (
  deps: LinkDeps,
  { page, subscriber: id, key: sent }: Link,
): Promise<{ readonly pageName: string }> => {
  const { key } = await deps.secret();
  if (!isToken(linkToken(key, 'unsubscribe', { page, id, requestedAt: '' }), sent)) throw unknownSubscription();
  return { pageName: await nameOf(deps, page) };
};

/** Ends a subscription, and forgets the address. A repeat changes nothing. */
export const unsubscribe = async (deps: LinkDeps, link: Link): Promise<{ readonly pageName: string }> => {
  const found = await openUnsubscription(deps, link);
  await deps.subscribers.remove({ page: link.page, id: link.subscriber });
  return found;
};
