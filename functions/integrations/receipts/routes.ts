import { pathParam } from '../../../shared/http/path.ts';
import { defineRoutes } from '../../../shared/http/route.ts';
import { EventStatus, noSuchEvent } from './get-event.ts';

/** An id as an event of a webhook gets it. */
export const EXAMPLE_EVENT_ID = 'evt_01jd3v8m2k0123456789abcdefghijklmn-trigger-01jd3v8m2k7q4x-1abc_AbCdEfGh.7';

export const routes = defineRoutes({
  getEvent: {
    method: 'GET',
    path: '/api/events/{id}',
    params: { id: pathParam(/^evt_[\w.-]{1,124}$/, noSuchEvent) },
    summary: 'Get what became of an accepted event',
    description:
      'The id is in the header `Tocsin-Event-Id` of the answer to an event of PagerDuty, is the `requestId` of Opsgenie, and the `eventId` of an event of a webhook. The event is in ' +
      'its alert before its sender is answered, or waits while the table of alerts refuses writes.',
    permission: 'monitoring.alert.read',
    success: {
      status: 200,
      description: 'What became of it',
      body: EventStatus,
      example: {
        id: EXAMPLE_EVENT_ID,
        action: 'trigger',
        acceptedAt: '2026-11-21T03:00:00.000Z',
        state: 'applied',
        alert: {
          id: 'alr_01jd3v8m2k7q4x0123456789abcdefghijklmn',
          title: 'Disk full',
          status: 'open',
          source: 'pagerduty:checkout',
          dedupKey: 'db-1/disk',
        },
      },
    },
    problems: { 404: ['event.not_found'] },
  },
});
