import { logger } from '../../../shared/aws/observe.ts';
import { isTransient } from '../../../shared/aws/transient.ts';
import { Refused } from '../../../shared/channels/channel.ts';
import type { PagingSecret } from '../../../shared/channels/paging-secret.ts';
import type { post } from '../../../shared/channels/post.ts';
import type { Ranges } from '../../../shared/http/address.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { mapLimit, settleLimit } from '../../../shared/kernel/map-limit.ts';
import type { AlertMessage } from '../../alerts/events.ts';
import { arounds, type AroundDeps } from '../pagerduty-rest/around.ts';
import { serviceOf, teamsOf, type Around } from '../pagerduty-rest/incident.ts';
import { eventOf, headersOf, TYPE_OF, type Outbound } from './payload.ts';
import type { Pending, WebhookStore } from './store.ts';
import type { StoredWebhook } from './subscription.ts';

export interface SendDeps {
  readonly clock: Clock;
  readonly webhooks: Pick<
    WebhookStore,
    | 'listWebhooks'
    | 'isWaiting'
    | 'addPending'
    | 'listPending'
    | 'countPending'
    | 'putOff'
    | 'removePending'
    | 'noteFailure'
  >;
  readonly secret: () => Promise<PagingSecret>;
  readonly allowed: Ranges;
  readonly post: typeof post;
}

export interface DeliverDeps extends SendDeps, AroundDeps {
  /** Address of the console, with a slash at its end. */
  readonly publicUrl: string;
}

const AT_ONCE = 10;
const MINUTE_MS = 60_000;
/** How long after each attempt the next one is made; after the last of them each hour. */
const WAITS_MINUTES = [0.5, 1, 2, 5, 10, 30] as const;
const HOUR_MINUTES = 60;
/** What a receiver did not take for so long is given up, as PagerDuty does. */
const TRIED_FOR_MS = 48 * 60 * MINUTE_MS;

/** When an event is tried again after so many attempts. */
export const nextAfter = (attempts: number, now: Date): Date =>
  new Date(now.getTime() + (WAITS_MINUTES[attempts - 1] ?? HOUR_MINUTES) * MINUTE_MS);

/** Whether a failure may pass: the receiver was not reached, is too busy, or failed itself. A refusal such as 404 stays one. */
const mayPass = (error: unknown): boolean => !(error instanceof Refused) || isTransient(error);

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 300);

const statusOf = (error: unknown): number | null => (error instanceof Refused ? error.$metadata.httpStatusCode : null);

type Outcome = 'sent' | 'given_up' | { readonly nextAt: string };

/**
 * Sends an event for the nth time. A failure is noted at its webhook at once, with the time of the next attempt, or without one where the event is
 * refused for good.
 */
const attempt = async (
  { clock, webhooks, secret, allowed, post: send }: SendDeps,
  webhook: StoredWebhook,
  { id, body, since }: Pick<Outbound, 'id' | 'body'> & { readonly since: Date },
  nth: number,
): Promise<Outcome> => {
  const { key } = await secret();
  try {
    await send(webhook.url, headersOf(webhook, body, key), body, allowed);
    return 'sent';
  } catch (error) {
    const now = clock.now();
    const isOver = !mayPass(error) || now.getTime() - since.getTime() >= TRIED_FOR_MS;
    const nextAt = isOver ? null : nextAfter(nth, now).toISOString();
    if (isOver) logger.warn('an event was given up', { webhook: webhook.id, event: id, error: error as Error });
    const failure = { at: now.toISOString(), eventId: id, reason: reasonOf(error), status: statusOf(error) };
    // For people: an event is stored and sent again whether this is written or not.
    await webhooks
      .noteFailure(webhook.id, { ...failure, attempt: nth, nextAt })
      .catch((cause: unknown) =>
        logger.warn('a failure was not noted', { webhook: webhook.id, error: cause as Error }),
      );
    return nextAt === null ? 'given_up' : { nextAt };
  }
};

const isMeant = ({ active, events, filter }: StoredWebhook, message: AlertMessage, around: Around): boolean => {
  if (!active || !events.includes(TYPE_OF[message.transition])) return false;
  if (filter.type === 'service_reference') return serviceOf(around).id === filter.id;
  return filter.type === 'account_reference' || teamsOf(message.alert, around).some(({ id }) => id === filter.id);
};

/**
 * Sends the event of a transition to each webhook that wants it. What a receiver does not take is stored, and later events of the same
 * incident are stored behind it, so that each receiver gets them in their order. Rejects where an event could neither be sent nor stored:
 * then the transition is handed in again, and receivers know by the id what they have had.
 */
export const deliver = async (deps: DeliverDeps, message: AlertMessage): Promise<void> => {
  const { clock, webhooks, publicUrl } = deps;
  const all = (await webhooks.listWebhooks()).filter(
    ({ active, events }) => active && events.includes(TYPE_OF[message.transition]),
  );
  if (all.length === 0) return;
  const around = await arounds(deps).one(message.alert);
  const event = eventOf(message, around, publicUrl);
  const now = clock.now();
  await mapLimit(
    all.filter((webhook) => isMeant(webhook, message, around)),
    AT_ONCE,
    async (webhook) => {
      const subject = { webhookId: webhook.id, subject: message.alert.id };
      const isBehind = await webhooks.isWaiting(subject);
      const outcome = isBehind ? undefined : await attempt(deps, webhook, { ...event, since: now }, 1);
      if (outcome === 'sent' || outcome === 'given_up') return;
      const pending: Pending = {
        ...subject,
        sequence: message.sequence,
        eventId: event.id,
        body: event.body,
        attempts: outcome ? 1 : 0,
        since: now.toISOString(),
        nextAt: outcome ? outcome.nextAt : now.toISOString(),
      };
      await webhooks.addPending(pending);
    },
  );
};

/** A run looks at so many events of each webhook. So one that takes nothing for days keeps no other from its events. */
const MOST_PENDING = 200;

/** Sends the events of one incident to one webhook, in their order, up to the first that is not taken. */
const sendInOrder = async (
  deps: SendDeps,
  webhook: StoredWebhook,
  waiting: readonly Pending[],
  hasTime: () => boolean,
): Promise<void> => {
  const { clock, webhooks } = deps;
  for (const pending of waiting) {
    if (!webhook.active) {
      await webhooks.removePending(pending);
      continue;
    }
    if (pending.nextAt > clock.now().toISOString() || !hasTime()) return;
    const { eventId: id, body, since } = pending;
    const attempts = pending.attempts + 1;
    const outcome = await attempt(deps, webhook, { id, body, since: new Date(since) }, attempts);
    if (typeof outcome === 'object') {
      await webhooks.putOff(pending, { attempts, nextAt: outcome.nextAt });
      return;
    }
    await webhooks.removePending(pending);
  }
};

/**
 * Sends what waits and is due. What fails on the way waits for the next run, and what waits for a deleted webhook expires. Answers how many events
 * waited as it began.
 */
export const retryDue = async (deps: SendDeps, hasTime: () => boolean): Promise<number> => {
  const { webhooks } = deps;
  const waiting = await mapLimit(await webhooks.listWebhooks(), AT_ONCE, async (webhook) => ({
    webhook,
    pending: await webhooks.listPending(webhook.id, MOST_PENDING),
  }));
  // A list that is full may be a part of those that wait.
  const counts = await mapLimit(waiting, AT_ONCE, ({ webhook, pending }) =>
    pending.length < MOST_PENDING ? Promise.resolve(pending.length) : webhooks.countPending(webhook.id),
  );
  const groups = waiting.flatMap(({ webhook, pending }) =>
    [...Map.groupBy(pending, ({ subject }) => subject).values()].map((events) => ({ webhook, events })),
  );
  const ended = await settleLimit(groups, AT_ONCE, ({ webhook, events }) =>
    sendInOrder(deps, webhook, events, hasTime),
  );
  for (const each of ended) {
    if (each.status === 'rejected') logger.warn('events wait on', { error: each.reason as Error });
  }
  return counts.reduce((sum, each) => sum + each, 0);
};
