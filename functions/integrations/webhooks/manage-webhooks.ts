import type { PagingSecret } from '../../../shared/channels/paging-secret.ts';
import { webhookSecret } from '../../../shared/channels/webhook.ts';
import type { Ranges } from '../../../shared/http/address.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { OVERTAKEN, untilWritten } from '../../../shared/kernel/until-written.ts';
import { deletedVersion, savedVersion } from '../../../shared/kernel/versions.ts';
import { pagingIn, sliceUnder, type Query } from '../pagerduty-rest/paging.ts';
import { noSuch } from '../pagerduty-rest/refusal.ts';
import { pingOf } from './payload.ts';
import type { WebhookStore } from './store.ts';
import {
  assertFilter,
  MAX_WEBHOOKS,
  settingsIn,
  webhookView,
  type Filterable,
  type StoredWebhook,
  type WebhookSettings,
} from './subscription.ts';

export interface ManageDeps {
  readonly clock: Clock;
  readonly webhooks: Pick<WebhookStore, 'listWebhooks' | 'webhookById' | 'saveWebhook' | 'addPending'>;
  readonly secret: () => Promise<PagingSecret>;
  readonly allowed: Ranges;
  readonly organisation: () => Filterable;
}

type Fields = Readonly<Record<string, unknown>>;

const named = (settings: WebhookSettings) => ({
  ...settings,
  name: settings.description || new URL(settings.url).hostname,
});

const found = async ({ webhooks }: Pick<ManageDeps, 'webhooks'>, id: string): Promise<StoredWebhook> => {
  const webhook = await webhooks.webhookById(id);
  if (!webhook) throw noSuch('webhook subscription');
  return webhook;
};

/** Creates a webhook, whose secret only this answer shows. */
export const createWebhook = async (deps: ManageDeps, { caller, origin }: Request, fields: Fields) => {
  const { clock, webhooks, secret, allowed } = deps;
  const settings = settingsIn(fields, allowed);
  await assertFilter(settings.filter, deps.organisation());
  if ((await webhooks.listWebhooks()).length >= MAX_WEBHOOKS) {
    throw conflict('pagerduty.limit', `There are ${MAX_WEBHOOKS} webhook subscriptions already. Delete one first.`);
  }
  const at = clock.now();
  const id = newId('whk', at);
  const webhook: StoredWebhook = {
    ...savedVersion('webhook', id, undefined, named(settings), { caller, origin, at }),
    generation: 0,
    createdAt: at.toISOString(),
  };
  const { key } = await secret();
  await webhooks.saveWebhook(webhook);
  return { webhook_subscription: webhookView(webhook, webhookSecret(key, id, 0)) };
};

const changed = (
  deps: ManageDeps,
  { caller, origin }: Request,
  id: string,
  change: (before: StoredWebhook) => Partial<WebhookSettings> & Partial<Pick<StoredWebhook, 'generation'>>,
): Promise<StoredWebhook> =>
  untilWritten(async () => {
    const before = await found(deps, id);
    const after = { ...before, ...change(before) };
    const next = {
      ...savedVersion('webhook', id, before, { ...after, ...named(after) }, { caller, origin, at: deps.clock.now() }),
    };
    return (await deps.webhooks.saveWebhook(next)) ? next : OVERTAKEN;
  });

export const updateWebhook = async (deps: ManageDeps, request: Request, id: string, fields: Fields) => {
  const wanted = settingsIn(fields, deps.allowed, await found(deps, id));
  // What a subscription filters by already may be gone since, and the rest of it can be changed all the same.
  if (fields['filter'] !== undefined) await assertFilter(wanted.filter, deps.organisation());
  return {
    webhook_subscription: webhookView(
      await changed(deps, request, id, (before) => settingsIn(fields, deps.allowed, before)),
    ),
  };
};

/** Makes the next secret, which only this answer shows. The one before it signs beside it until the next renewal. */
export const renewWebhookSecret = async (deps: ManageDeps, request: Request, id: string) => {
  const webhook = await changed(deps, request, id, ({ generation }) => ({ generation: generation + 1 }));
  const { key } = await deps.secret();
  return { webhook_subscription: webhookView(webhook, webhookSecret(key, id, webhook.generation)) };
};

export const enableWebhook = async (deps: ManageDeps, request: Request, id: string) => ({
  webhook_subscription: webhookView(await changed(deps, request, id, () => ({ active: true }))),
});

export const deleteWebhook = (deps: ManageDeps, { caller, origin }: Request, id: string): Promise<void> =>
  untilWritten(async () => {
    const last = await found(deps, id);
    const gone = deletedVersion('webhook', last, { caller, origin, at: deps.clock.now() });
    return (await deps.webhooks.saveWebhook(gone)) ? undefined : OVERTAKEN;
  });

export const listWebhooks = async ({ webhooks }: Pick<ManageDeps, 'webhooks'>, query: Query) =>
  sliceUnder(
    'webhook_subscriptions',
    pagingIn(query),
    (await webhooks.listWebhooks()).map((webhook) => webhookView(webhook)),
  );

export const getWebhook = async (deps: Pick<ManageDeps, 'webhooks'>, id: string) => ({
  webhook_subscription: webhookView(await found(deps, id)),
});

/** Has a ping sent within a minute. */
export const pingWebhook = async (deps: ManageDeps, id: string): Promise<void> => {
  await found(deps, id);
  const at = deps.clock.now();
  const { id: eventId, body } = pingOf(id, at);
  const now = at.toISOString();
  await deps.webhooks.addPending({
    webhookId: id,
    subject: `ping-${eventId}`,
    sequence: 1,
    eventId,
    body,
    attempts: 0,
    since: now,
    nextAt: now,
  });
};
