import { conflict, notFound } from '../../../shared/kernel/errors.ts';
import type { SubscriptionStore } from './store.ts';

/**
 * Ends a subscription. One that nobody has confirmed yet cannot be ended, SNS has no call for it; it gets no messages, and
 * goes by itself after two days.
 */
export const unsubscribe = async (
  { subscriptions }: { readonly subscriptions: Pick<SubscriptionStore, 'byId' | 'remove'> },
  { id }: { readonly id: string },
): Promise<void> => {
  const found = await subscriptions.byId(id);
  if (!found) throw notFound('subscription.not_found', 'There is no subscription with this id.');
  if (found.pending) {
    throw conflict(
      'subscription.pending',
      'Nobody has confirmed this subscription, so there is nothing to end: it gets no messages, and SNS forgets it after two days.',
    );
  }
  await subscriptions.remove(found);
};
