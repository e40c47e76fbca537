import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { invalid } from '../../../shared/kernel/errors.ts';
import { subscriptionView } from './list-subscriptions.ts';
import type { Subscribe, Subscription } from './subscription.ts';
import { endpointProblem, type EndpointRules } from './endpoint.ts';
import { policyOf, tooWide } from './filter-policy.ts';
import type { SubscriptionStore } from './store.ts';

/**
 * Subscribes an endpoint to alerts. Queues and functions of this account are confirmed at once; e-mail and web endpoints are
 * pending until their owner confirms. Subscribing the same again answers the same subscription.
 */
export const subscribe = async (
  {
    subscriptions,
    rules,
    clock,
  }: { readonly subscriptions: Pick<SubscriptionStore, 'add'>; readonly rules: EndpointRules; readonly clock: Clock },
  { caller }: Pick<Request, 'caller'>,
  { protocol, endpoint, filter = {} }: Subscribe,
): Promise<Subscription> => {
  const problem = endpointProblem(protocol, endpoint, rules);
  if (problem) {
    throw invalid('subscription.endpoint_refused', `The endpoint ${problem}.`, {
      errors: [{ pointer: '/endpoint', detail: problem }],
    });
  }
  const policy = policyOf(filter);
  const width = tooWide(policy);
  if (width) {
    throw invalid('subscription.filter_too_wide', width, { errors: [{ pointer: '/filter', detail: width }] });
  }
  const added = await subscriptions.add({
    protocol,
    endpoint,
    policy: Object.keys(policy).length === 0 ? '' : JSON.stringify(policy),
    createdBy: caller.name,
    createdAt: clock.now(),
  });
  return subscriptionView(added);
};
