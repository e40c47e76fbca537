import * as z from 'zod/mini';
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AuditEvent } from '../../../shared/kernel/audit-event.ts';
import { notFound } from '../../../shared/kernel/errors.ts';
import { sha256 } from '../../../shared/kernel/ids.ts';

/** A page has at most so many subscribers by webhook. */
export const MAX_WEBHOOKS = 50;

const HOUR_MS = 3_600_000;

/** A link to confirm is valid for so long. */
export const CONFIRM_MS = 48 * HOUR_MS;

/** The same address is asked again after so long, and so often a day at most. */
export const ASK_AGAIN_MS = HOUR_MS / 6;
export const MAX_ASKS_A_DAY = 5;

/** A subscriber that refused so many updates in a row is suspended. */
export const MAX_FAILURES = 5;

/** RFC 5321 limits an address to 254 characters. What is no address is found by the mail that never arrives. */
export const EmailAddress = z
  .string()
  .check(
    z.trim(),
    z.maxLength(254),
    z.regex(
      /^[^\s@<>()[\],;:\\"]{1,64}@(?:[^\s@<>()[\],;:\\".]+\.)+[^\s@<>()[\],;:\\".]+$/,
      'must be an e-mail address',
    ),
  );

export const WebhookUrl = z.string().check(
  z.maxLength(2_048),
  z.refine((text) => /^https?:\/\//i.test(text) && URL.canParse(text), 'must be a URL that begins with https://'),
);

const Channel = z.enum(['email', 'webhook']);
type Channel = z.infer<typeof Channel>;
const State = z.enum(['pending', 'confirmed', 'suspended']);

/** A subscriber, as editors of the page see it. */
export const Subscriber = z
  .object({
    id: z.string(),
    channel: Channel,
    to: z.string(),
    state: State,
    /** Why it is suspended. */
    reason: z.nullable(z.string()),
    requestedAt: z.iso.datetime(),
    confirmedAt: z.nullable(z.iso.datetime()),
  })
  .register(z.globalRegistry, { id: 'StatusSubscriber' });
export type Subscriber = z.infer<typeof Subscriber>;

export interface StoredSubscriber extends Subscriber {
  readonly page: string;
  /** When it was asked to confirm last, and how often on that day. */
  readonly askedAt: string;
  readonly asks: number;
  /** Updates that it refused in a row. */
  readonly failures: number;
  readonly version: number;
  /** Where an editor made it. */
  readonly event?: AuditEvent;
}

/** The id of a subscriber: the same address has one on each page. */
export const subscriberId = (page: string, channel: Channel, to: string): string =>
  `sbr_${sha256('status-subscriber', page, channel, channel === 'email' ? to.toLowerCase() : to).slice(0, 26)}`;

export const subscriberView = ({
  id,
  channel,
  to,
  state,
  reason,
  requestedAt,
  confirmedAt,
}: StoredSubscriber): Subscriber => ({ id, channel, to, state, reason, requestedAt, confirmedAt });

/**
 * A subscriber who has asked now, and is asked to confirm. Undefined where it has confirmed, was asked too often, or is suspended: an address
 * that bounced is not written to again because a stranger asks. An editor may delete it first.
 */
export const asked = (
  before: StoredSubscriber | undefined,
  { page, to }: { readonly page: string; readonly to: string },
  at: Date,
): StoredSubscriber | undefined => {
  if (before && before.state !== 'pending') return undefined;
  const now = at.toISOString();
  const isSameDay = before?.askedAt.slice(0, 10) === now.slice(0, 10);
  const asks = isSameDay ? before.asks + 1 : 1;
  if (before && (at.getTime() - Date.parse(before.askedAt) < ASK_AGAIN_MS || asks > MAX_ASKS_A_DAY)) return undefined;
  return {
    id: subscriberId(page, 'email', to),
    page,
    channel: 'email',
    to,
    state: 'pending',
    reason: null,
    requestedAt: now,
    confirmedAt: null,
    askedAt: now,
    asks,
    failures: 0,
    version: (before?.version ?? 0) + 1,
  };
};

export const suspended = (subscriber: StoredSubscriber, reason: string): StoredSubscriber => ({
  ...subscriber,
  state: 'suspended',
  reason,
  version: subscriber.version + 1,
});

/** The subscriber after a definite outcome of an update. */
export const afterOutcome = (subscriber: StoredSubscriber, isSent: boolean): StoredSubscriber => {
  const failures = isSent ? 0 : subscriber.failures + 1;
  const next = { ...subscriber, failures };
  return failures >= MAX_FAILURES
    ? suspended(next, `It refused ${failures} updates in a row.`)
    : { ...next, version: subscriber.version + 1 };
};

/** Characters of a token in a link: an HMAC-SHA256 as base64url. */
export const TOKEN_CHARS = 43;

/**
 * The token of a link, derived by the key of the stage, so that it is stored nowhere. That to confirm holds for one request. That to
 * unsubscribe holds as long as the subscription.
 */
export const linkToken = (
  key: string,
  purpose: 'confirm' | 'unsubscribe',
  { page, id, requestedAt }: Pick<StoredSubscriber, 'page' | 'id' | 'requestedAt'>,
): string =>
  createHmac('sha256', key)
    .update(JSON.stringify(['status-subscriber', purpose, page, id, purpose === 'confirm' ? requestedAt : '']))
    .digest('base64url');

export const isToken = (wanted: string, sent: string): boolean =>
  wanted.length === sent.length && timingSafeEqual(Buffer.from(wanted), Buffer.from(sent));

export const unknownSubscription = () =>
  notFound(
    'subscription.unknown',
    'This link is unknown or expired. Subscribe again on the status page, or unsubscribe by the link in the latest message.',
  );

export const noSuchSubscriber = () =>
  notFound('subscriber.not_found', 'The status page has no subscriber with this id. List them again.');
