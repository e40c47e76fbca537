import type { PagingSecret } from '../../../shared/channels/paging-secret.ts';
import { urlProblem } from '../../../shared/channels/url-problem.ts';
import { webhookSecret } from '../../../shared/channels/webhook.ts';
import type { Ranges } from '../../../shared/http/address.ts';
import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict, invalid } from '../../../shared/kernel/errors.ts';
import type { Page } from '../../../shared/kernel/page.ts';
import { findPage } from '../pages/find-page.ts';
import type { PageStore } from '../pages/store.ts';
import type { SubscriberStore } from './store.ts';
import {
  MAX_WEBHOOKS,
  noSuchSubscriber,
  subscriberId,
  subscriberView,
  type StoredSubscriber,
  type Subscriber,
} from './subscriber.ts';

interface Deps {
  readonly clock: Clock;
  readonly pages: Pick<PageStore, 'byId'>;
  readonly subscribers: Pick<SubscriberStore, 'byId' | 'list' | 'save' | 'remove'>;
  readonly secret: () => Promise<PagingSecret>;
  /** Addresses that webhooks may reach apart from the open internet. */
  readonly allowed: Ranges;
}

/** The subscribers of a page. */
export const listSubscribers = async (
  deps: Pick<Deps, 'pages' | 'subscribers'>,
  { page, limit, cursor }: { readonly page: string; readonly limit: number; readonly cursor?: string | undefined },
): Promise<Page<Subscriber>> => {
  await findPage(deps, page);
  const { items, next } = await deps.subscribers.list(page, { limit, cursor });
  return { items: items.map(subscriberView), next };
};

/** Ends a subscription. Throws `subscriber.not_found`. */
export const removeSubscriber = async (
  deps: Pick<Deps, 'subscribers'>,
  { page, id }: { readonly page: string; readonly id: string },
): Promise<void> => {
  if (!(await deps.subscribers.byId(page, id))) throw noSuchSubscriber();
  await deps.subscribers.remove({ page, id });
};

/**
 * Subscribes a webhook, whose secret is shown once and again for the same URL. Only editors may: a stranger could have us post to
 * others. Throws `subscriber.address` and `subscriber.limit`.
 */
export const addWebhook = async (
  deps: Deps,
  { caller, origin }: Request,
  { page, url }: { readonly page: string; readonly url: string },
): Promise<Subscriber & { readonly secret: string }> => {
  await findPage(deps, page);
  const problem = urlProblem(url, deps.allowed);
  if (problem !== undefined) {
    throw invalid('subscriber.address', `The URL ${problem}. Send another one.`, {
      errors: [{ pointer: '/url', detail: problem }],
    });
  }
  const id = subscriberId(page, 'webhook', url);
  const present = await deps.subscribers.byId(page, id);
  if (!present) {
    const { items } = await deps.subscribers.list(page, { limit: 100 });
    if (items.filter(({ channel }) => channel === 'webhook').length >= MAX_WEBHOOKS) {
      throw conflict('subscriber.limit', `A status page has at most ${MAX_WEBHOOKS} webhooks. Delete one first.`);
    }
  }
  const at = deps.clock.now();
  const now = at.toISOString();
  const next: StoredSubscriber = {
    id,
    page,
    channel: 'webhook',
    to: url,
    state: 'confirmed',
    reason: null,
    requestedAt: now,
    confirmedAt: now,
    askedAt: now,
    asks: 0,
    failures: 0,
    version: (present?.version ?? 0) + 1,
    event: auditEvent(
      {
        type: 'status_webhook.added',
        actor: actorOf(caller),
        subject: { kind: 'status_webhook', id, name: new URL(url).host },
        detail: { page },
      },
      origin,
      at,
    ),
  };
  await deps.subscribers.save(next);
  const { key } = await deps.secret();
  return { ...subscriberView(next), secret: webhookSecret(key, id, 0) };
};
