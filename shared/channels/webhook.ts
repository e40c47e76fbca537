import { createHmac } from 'node:crypto';
import type { Ranges } from '../http/address.ts';
import type { Clock } from '../kernel/clock.ts';
import type { PagingSecret } from './paging-secret.ts';
import { bodyOf, type Channel } from './channel.ts';
import { post } from './post.ts';

/** The secret of a webhook in one of its generations: derived, so that it lies nowhere. */
export const webhookSecret = (key: string, contactId: string, generation: number): string =>
  `whsec_${createHmac('sha256', key).update(`webhook#${contactId}#${generation}`).digest('base64')}`;

/** The two secrets that are live: the present one, and the one before it until the next renewal. */
const liveSecrets = (key: string, contactId: string, generation: number): string[] =>
  [generation, generation - 1].filter((each) => each >= 0).map((each) => webhookSecret(key, contactId, each));

/**
 * The headers of a signed message after https://www.standardwebhooks.com: its id, the second it was sent at, and a signature
 * (HMAC-SHA256) of both and the body by each live secret; the receiver needs one of them.
 */
const signed = (id: string, at: Date, body: string, secrets: readonly string[]): Readonly<Record<string, string>> => {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
};

/** A webhook, signed. Its `webhook-id` is the same in every attempt, so that the receiver knows what it has had already. */
export const webhookChannel = ({
  clock,
  secret,
  allowed,
  request = post,
}: {
  readonly clock: Clock;
  readonly secret: () => Promise<PagingSecret>;
  readonly allowed: Ranges;
  readonly request?: typeof post;
}): Channel => ({
  knowsKeys: true,
  send: async (message, { idempotencyKey }) => {
    const { key } = await secret();
    const secrets = liveSecrets(key, message.contactId, message.secretGeneration ?? 0);
    const body = bodyOf(message, idempotencyKey);
    const headers = signed(idempotencyKey, clock.now(), body, secrets);
    await request(message.to, { 'content-type': 'application/json', ...headers }, body, allowed);
    return { provider: 'webhook', providerId: idempotencyKey };
  },
});
