import * as z from 'zod/mini';
import { defineRoutes } from '../../../shared/http/route.ts';
import { pagerDutyRefusal, pagerDutyV1Refusal } from './refusal.ts';

/** PagerDuty takes as much, and Alertmanager cuts its events only there. */
const MAX_EVENT_BYTES = 512 * 1024;

/** The limit of the whole API. Each integration has one of its own. */
const throttle = { requestsPerSecond: 1000, burst: 5000 };

const event = {
  method: 'POST',
  permission: 'public',
  keyInBody: true,
  textBody: true,
  tolerant: true,
  maxBodyBytes: MAX_EVENT_BYTES,
  throttle,
} as const;

const problems = {
  400: ['pagerduty.unrecognized', 'pagerduty.invalid', 'pagerduty.key'],
  413: ['body.too_large'],
  503: ['store.unavailable', 'key.unavailable'],
} as const;

export const routes = defineRoutes({
  takePagerDutyEvent: {
    ...event,
    path: '/v2/enqueue',
    summary: 'Receive an event of the PagerDuty Events API v2',
    description:
      'Authorise with the key of an integration, as `routing_key` in the body or in the header `X-Routing-Key`. `trigger` opens or ' +
      'repeats the alert of its `dedup_key`; `acknowledge` and `resolve` go to the open alert of theirs, and change nothing where none ' +
      'is open. Refusals have the shape of PagerDuty.',
    refusal: pagerDutyRefusal,
    success: {
      status: 202,
      description: 'The event is stored',
      body: z.object({ status: z.literal('success'), message: z.string(), dedup_key: z.string() }),
      example: { status: 'success', message: 'Event processed', dedup_key: 'db-1/disk' },
    },
    problems: { ...problems, 429: ['integration.throttled'] },
  },
  takePagerDutyChange: {
    ...event,
    path: '/v2/change/enqueue',
    summary: 'Receive a change event of the PagerDuty Events API v2',
    description: 'Authorised as an event. It is stored for 90 days, opens no alert and notifies nobody.',
    refusal: pagerDutyRefusal,
    success: {
      status: 202,
      description: 'The change is stored',
      body: z.object({ status: z.literal('success'), message: z.string() }),
      example: { status: 'success', message: 'Change event processed' },
    },
    problems: { ...problems, 429: ['integration.throttled'] },
  },
  takePagerDutyEventV1: {
    ...event,
    path: '/generic/2010-04-15/create_event.json',
    summary: 'Receive an event of the PagerDuty Events API v1',
    description:
      'Authorise with the key of an integration, as `service_key` in the body. It names no severity, so the integration does.',
    refusal: pagerDutyV1Refusal,
    success: {
      status: 200,
      description: 'The event is stored',
      body: z.object({ status: z.literal('success'), message: z.string(), incident_key: z.string() }),
      example: { status: 'success', message: 'Event processed', incident_key: 'db-1/disk' },
    },
    problems: { ...problems, 403: ['integration.throttled'] },
  },
});
