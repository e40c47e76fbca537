import { conflict, notFound } from '../../../shared/kernel/errors.ts';
import type { SubscriptionStore } from './store.ts';

/**
 * Deletes a subscription. SNS has no call that deletes an unconfirmed one; that receives no messages, and SNS removes it after
 * two days.
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
      'Nobody has confirmed this subscription, so it cannot be deleted. It receives no messages, and SNS removes it after two days.',
    );
  }
  await subscriptions.remove(found);
};
