import * as z from 'zod/mini';
import { pathId } from '../../../shared/http/path.ts';
import { defineRoutes } from '../../../shared/http/route.ts';
import { found, page, paged, problems, read, write, written } from '../pagerduty-rest/route-parts.ts';

const id = pathId('whk', 'pagerduty', 'webhook subscription');

const WEBHOOK = {
  id: 'whk_01jd3v8m2k7q4xh2g8vq0p1m9d',
  type: 'webhook_subscription',
  active: true,
  description: 'Rooms of the chat',
  delivery_method: { type: 'http_delivery_method', url: 'https://rooms.example/pagerduty', secret: null },
  events: ['incident.triggered', 'incident.resolved'],
  filter: { type: 'account_reference' },
} as const;

const Answer = z.object({ webhook_subscription: z.looseObject({ id: z.string(), type: z.string() }) });

const answered = (status: 200 | 201, description: string) =>
  ({ status, description, body: Answer, example: { webhook_subscription: WEBHOOK } }) as const;

export const routes = defineRoutes({
  listPagerDutyWebhooks: {
    ...read,
    path: '/api.pagerduty.com/webhook_subscriptions',
    summary: 'List webhook subscriptions by the PagerDuty REST API',
    query: z.looseObject(paged),
    success: {
      status: 200,
      description: 'A page of the list',
      body: page('webhook_subscriptions'),
      example: { webhook_subscriptions: [WEBHOOK], limit: 25, offset: 0, more: false, total: null },
    },
    problems,
  },
  createPagerDutyWebhook: {
    ...write,
    method: 'POST',
    path: '/api.pagerduty.com/webhook_subscriptions',
    summary: 'Create a webhook subscription by the PagerDuty REST API',
    description:
      'The address receives webhooks of version 3, signed in `X-PagerDuty-Signature`. Only this answer shows the secret.',
    success: answered(201, 'The subscription with its secret'),
    problems: { ...written, 400: [...written[400], 'pagerduty.limit'] },
  },
  getPagerDutyWebhook: {
    ...read,
    path: '/api.pagerduty.com/webhook_subscriptions/{id}',
    params: { id },
    summary: 'Read a webhook subscription by the PagerDuty REST API',
    success: answered(200, 'The subscription'),
    problems: found,
  },
  changePagerDutyWebhook: {
    ...write,
    method: 'PUT',
    path: '/api.pagerduty.com/webhook_subscriptions/{id}',
    params: { id },
    summary: 'Change a webhook subscription by the PagerDuty REST API',
    success: answered(200, 'The subscription as it is now'),
    problems: written,
  },
  deletePagerDutyWebhook: {
    ...write,
    method: 'DELETE',
    path: '/api.pagerduty.com/webhook_subscriptions/{id}',
    params: { id },
    summary: 'Delete a webhook subscription by the PagerDuty REST API',
    success: { status: 204, description: 'It is deleted' },
    problems: found,
  },
  enablePagerDutyWebhook: {
    ...write,
    method: 'POST',
    path: '/api.pagerduty.com/webhook_subscriptions/{id}/enable',
    params: { id },
    summary: 'Enable a webhook subscription by the PagerDuty REST API',
    success: answered(200, 'The subscription as it is now'),
    problems: found,
  },
  pingPagerDutyWebhook: {
    ...write,
    method: 'POST',
    path: '/api.pagerduty.com/webhook_subscriptions/{id}/ping',
    params: { id },
    summary: 'Have a ping sent to a webhook subscription by the PagerDuty REST API',
    success: { status: 202, description: 'The ping is sent within a minute' },
    problems: found,
  },
  renewPagerDutyWebhookSecret: {
    ...write,
    method: 'POST',
    path: '/api.pagerduty.com/webhook_subscriptions/{id}/renew_secret',
    params: { id },
    summary: 'Renew the secret of a webhook subscription',
    description: 'PagerDuty has no such route. The former secret signs beside the new one until the next renewal.',
    success: answered(200, 'The subscription with its new secret'),
    problems: found,
  },
});
