import * as z from 'zod/mini';
import { Cursor, Limit, pageOf } from '../../../shared/http/list.ts';
import { pathParam, pathToken } from '../../../shared/http/path.ts';
import { defineRoutes } from '../../../shared/http/route.ts';
import { idPattern } from '../../../shared/kernel/ids.ts';
import { pageId } from '../pages/routes.ts';
import { refusalPage } from './html.ts';
import { noSuchSubscriber, Subscriber, TOKEN_CHARS, unknownSubscription, WebhookUrl } from './subscriber.ts';

const HTML = 'text/html; charset=utf-8';
const PUBLIC = { requestsPerSecond: 10, burst: 20 };

const SUBSCRIBER = {
  id: 'sbr_01jd3v8m2k7q4xh2g8vq0p1m9d',
  channel: 'email',
  to: 'reader@example.com',
  state: 'confirmed',
  reason: null,
  requestedAt: '2026-11-21T03:00:00.000Z',
  confirmedAt: '2026-11-21T03:05:00.000Z',
} as const;

const subscriberId = pathParam(idPattern('sbr'), noSuchSubscriber);

const followed = {
  params: {
    id: pageId,
    subscriber: pathParam(idPattern('sbr'), unknownSubscription),
    key: pathToken(TOKEN_CHARS, unknownSubscription),
  },
  permission: 'public',
  tolerant: true,
  refusal: refusalPage,
  throttle: { requestsPerSecond: 50, burst: 100 },
  success: { status: 200, description: 'The page', contentType: HTML, example: '<!doctype html>…' },
  problems: { 404: ['subscription.unknown'] },
} as const;

export const routes = defineRoutes({
  subscribeToStatus: {
    method: 'POST',
    path: '/api/status/pages/{id}/subscribers',
    params: { id: pageId },
    summary: 'Ask for the updates of a public status page by e-mail',
    description:
      'JSON or a form with `email`. A mail asks the address to confirm. The answer is the same for every address, also for one that is ' +
      'subscribed or was asked a moment ago. Within an hour one source has ten addresses asked.',
    permission: 'public',
    textBody: true,
    maxBodyBytes: 4_096,
    throttle: PUBLIC,
    success: {
      status: 202,
      description: 'The request was taken; browsers get a page that says so',
      body: z.object({ detail: z.string() }),
      example: { detail: 'A mail to this address asks to confirm, unless the address is subscribed already.' },
    },
    problems: { 400: ['subscriber.address'], 404: ['status_page.not_found'] },
  },
  listStatusSubscribers: {
    method: 'GET',
    path: '/api/status/subscribers/{id}',
    params: { id: pageId },
    summary: 'List the subscribers of a status page',
    permission: 'status.write',
    query: z.strictObject({ limit: Limit, cursor: Cursor }),
    success: {
      status: 200,
      description: 'A page of the list',
      body: pageOf(Subscriber),
      example: { items: [SUBSCRIBER], next: null },
    },
    problems: { 400: ['cursor.invalid'], 404: ['status_page.not_found'] },
  },
  removeStatusSubscriber: {
    method: 'DELETE',
    path: '/api/status/subscribers/{id}/{subscriber}',
    params: { id: pageId, subscriber: subscriberId },
    summary: 'End a subscription to a status page',
    permission: 'status.write',
    success: { status: 204, description: 'The subscription is ended' },
    problems: { 404: ['subscriber.not_found'] },
  },
  addStatusWebhook: {
    method: 'POST',
    path: '/api/status/pages/{id}/webhooks',
    answersSecret: true,
    params: { id: pageId },
    summary: 'Send the updates of a status page to a webhook',
    description:
      'Each update is posted as `tocsin.page/1` with the type `status`, signed as the webhooks of contacts are. The answer has the secret. After ' +
      'five updates that were refused, or a 410, the webhook is suspended; the same request starts it again.',
    permission: 'status.write',
    body: z.strictObject({ url: WebhookUrl }),
    example: { url: 'https://hooks.example.com/status' },
    success: {
      status: 201,
      description: 'The subscriber, and the secret of its signatures',
      body: z.extend(Subscriber, { secret: z.string() }),
      example: {
        ...SUBSCRIBER,
        channel: 'webhook',
        to: 'https://hooks.example.com/status',
        secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      },
    },
    problems: { 400: ['subscriber.address'], 404: ['status_page.not_found'], 409: ['subscriber.limit'] },
  },
  showStatusConfirmation: {
    ...followed,
    method: 'GET',
    path: '/api/status/pages/{id}/subscribers/{subscriber}/confirm/{key}',
    summary: 'Show what the link to confirm a subscription would do; changes nothing',
  },
  confirmStatusSubscription: {
    ...followed,
    method: 'POST',
    path: '/api/status/pages/{id}/subscribers/{subscriber}/confirm/{key}',
    summary: 'Confirm a subscription by the link in its mail',
    textBody: true,
    maxBodyBytes: 4_096,
  },
  showStatusUnsubscription: {
    ...followed,
    method: 'GET',
    path: '/api/status/pages/{id}/subscribers/{subscriber}/unsubscribe/{key}',
    summary: 'Show what the link to unsubscribe would do; changes nothing',
  },
  unsubscribeFromStatus: {
    ...followed,
    method: 'POST',
    path: '/api/status/pages/{id}/subscribers/{subscriber}/unsubscribe/{key}',
    summary: 'Unsubscribe by the link in a mail',
    description: 'Also the one click of mail programs (RFC 8058). The address is forgotten.',
    textBody: true,
    maxBodyBytes: 4_096,
  },
});
