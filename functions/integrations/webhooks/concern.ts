import type { Clock } from '../../../shared/kernel/clock.ts';
import { lastKnown } from '../../../shared/kernel/last-known.ts';
import type { Concern } from '../../alerts/events.ts';
import { TYPE_OF } from './payload.ts';
import type { WebhookStore } from './store.ts';
import type { StoredWebhook } from './subscription.ts';

const FRESH_MS = 20_000;

/** Finds which transitions webhooks want. What was read is believed for 20 s, and for an hour while it cannot be read. */
export const webhooksConcern = ({
  clock,
  webhooks,
}: {
  readonly clock: Clock;
  readonly webhooks: Pick<WebhookStore, 'listWebhooks'>;
}): (() => Promise<Concern>) => {
  const known = lastKnown<readonly StoredWebhook[]>({ clock, freshMs: FRESH_MS });
  return async () => {
    const active = (await known('', () => webhooks.listWebhooks())).filter((webhook) => webhook.active);
    const wanted = new Set(active.flatMap(({ events }) => events));
    return ({ transition }) => wanted.has(TYPE_OF[transition]);
  };
};
