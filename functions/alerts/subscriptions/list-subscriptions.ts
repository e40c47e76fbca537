import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { maskedEndpoint, type Subscription } from './subscription.ts';
import { filterOf } from './filter-policy.ts';
import type { KeptSubscription, SubscriptionStore } from './store.ts';

/** A subscription as clients see it. */
export const subscriptionView = (kept: KeptSubscription): Subscription => ({
  id: kept.id,
  protocol: kept.protocol,
  endpoint: maskedEndpoint(kept.protocol, kept.endpoint),
  state: kept.pending ? 'pending' : 'confirmed',
  filter: kept.policy === undefined ? null : filterOf(kept.policy),
  createdBy: kept.createdBy,
  createdAt: kept.createdAt,
});

/** Who is told of what happens to alerts, in the order of SNS; also subscriptions that were made elsewhere. */
export const listSubscriptions = async (
  { subscriptions }: { readonly subscriptions: Pick<SubscriptionStore, 'list'> },
  page: PageRequest,
): Promise<Page<Subscription>> => {
  const { items, next } = await subscriptions.list(page);
  return { items: items.map(subscriptionView), next };
};
