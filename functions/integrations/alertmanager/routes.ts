import * as z from 'zod/mini';
import { pathToken } from '../../../shared/http/path.ts';
import { defineRoutes } from '../../../shared/http/route.ts';
import { PushedAlerts, WebhookMessage } from './messages.ts';
import { presentedKey } from '../presented-key.ts';
import { alertmanagerRefusal, webhookRefusal } from './refusal.ts';
import { unknownKey } from '../source.ts';

/** Room for the largest batches that are seen, and below what Lambda takes (6 MB) once the body is quoted as JSON. */
const MAX_BATCH_BYTES = 4 * 1024 * 1024;

/** The limit of the whole API: the product promises 1,000 requests a second, and 5,000 in bursts. */
const throttle = { requestsPerSecond: 1000, burst: 5000 };

const AuthNote = 'Authorise with a machine key that has the permission `integrations.ingest`';

/** Of `tsk_`, an id and a secret. */
const MACHINE_KEY_CHARS = 73;

export const routes = defineRoutes({
  takeAlertmanagerWebhook: {
    method: 'POST',
    path: '/api/integrations/{key}/alertmanager',
    params: { key: pathToken(MACHINE_KEY_CHARS, unknownKey) },
    summary: 'Receive the webhook of an Alertmanager (version 4)',
    description:
      `${AuthNote}, in the path. The fingerprint of an alert is its deduplication key: firing opens or repeats it, resolved ` +
      'resolves it. The answer is 2xx after every alert is stored, 4xx where no repetition helps (the valid alerts of the ' +
      'message are stored all the same), and 5xx where the message must be sent again.',
    permission: 'public',
    presentedKey: ({ params }) => params['key'],
    tolerant: true,
    refusal: webhookRefusal,
    maxBodyBytes: MAX_BATCH_BYTES,
    body: WebhookMessage,
    example: {
      version: '4',
      groupKey: '{}:{alertname="SiteDown"}',
      truncatedAlerts: 0,
      status: 'firing',
      receiver: 'tocsin',
      externalURL: 'http://alertmanager.example:9093',
      alerts: [
        {
          status: 'firing',
          labels: { alertname: 'SiteDown', instance: 'https://shop.example/health', severity: 'critical' },
          annotations: { summary: 'shop.example is down' },
          startsAt: '2026-11-21T00:24:38.632Z',
          endsAt: '0001-01-01T00:00:00Z',
          generatorURL: 'http://prometheus.example:9090/graph',
          fingerprint: '7fc9467f0a4fb342',
        },
      ],
    },
    success: {
      status: 200,
      description: 'Every alert of the message is stored',
      body: z.object({ status: z.literal('success'), firing: z.int(), resolved: z.int(), truncated: z.int() }),
      example: { status: 'success', firing: 1, resolved: 0, truncated: 0 },
    },
    problems: {
      400: ['alerts.invalid'],
      401: ['key.unknown'],
      403: ['key.forbidden'],
      413: ['alerts.too_many'],
      503: ['store.unavailable', 'key.unavailable'],
    },
    throttle,
  },
  pushAlerts: {
    method: 'POST',
    path: '/api/v2/alerts',
    summary: 'Receive alerts from a Prometheus, as its Alertmanager',
    description:
      `${AuthNote}, as bearer or as the password of basic authentication. The labels identify an alert. It resolves when ` +
      '`endsAt` has passed, or five minutes after the last push without one. Where some alerts are invalid, the valid ones are ' +
      'stored all the same, and the answer is 400 with a JSON string, as Alertmanager gives it.',
    permission: 'public',
    presentedKey: ({ header }) => presentedKey(header('authorization')),
    tolerant: true,
    refusal: alertmanagerRefusal,
    maxBodyBytes: MAX_BATCH_BYTES,
    body: PushedAlerts,
    example: [
      {
        labels: { alertname: 'SiteDown', instance: 'https://shop.example/health', severity: 'critical' },
        annotations: { summary: 'shop.example is down' },
        startsAt: '2026-11-21T00:24:38.632Z',
        endsAt: '2026-11-21T00:28:38.632Z',
        generatorURL: 'http://prometheus.example:9090/graph',
      },
    ],
    success: { status: 200, description: 'Every alert is stored' },
    problems: {
      400: ['alerts.invalid'],
      401: ['key.unknown'],
      403: ['key.forbidden'],
      413: ['alerts.too_many'],
      503: ['store.unavailable', 'key.unavailable'],
    },
    throttle,
  },
});
