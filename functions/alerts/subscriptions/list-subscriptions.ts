import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { maskedEndpoint, type Subscription } from './subscription.ts';
import { filterOf } from './filter-policy.ts';
import type { StoredSubscription, SubscriptionStore } from './store.ts';

/** A subscription as clients see it. */
export const subscriptionView = (stored: StoredSubscription): Subscription => ({
  id: stored.id,
  protocol: stored.protocol,
  endpoint: maskedEndpoint(stored.protocol, stored.endpoint),
  state: stored.pending ? 'pending' : 'confirmed',
  filter: stored.policy === undefined ? null : filterOf(stored.policy),
  createdBy: stored.createdBy,
  createdAt: stored.createdAt,
});

/** Lists subscriptions in the order of SNS, also those that were made in SNS itself. */
export const listSubscriptions = async (
  { subscriptions }: { readonly subscriptions: Pick<SubscriptionStore, 'list'> },
  page: PageRequest,
): Promise<Page<Subscription>> => {
  const { items, next } = await subscriptions.list(page);
  return { items: items.map(subscriptionView), next };
};
