import { pathParam } from '../../../shared/http/path.ts';
import { Cursor, Limit, pageOf } from '../../../shared/http/list.ts';
import { defineRoutes } from '../../../shared/http/route.ts';
import * as z from 'zod/mini';
import { noSuchEvent } from './actions.ts';
import { EventsOfAlert, OUTCOMES } from './events-of-alert.ts';
import { EventReceipt } from './receipt.ts';

/** An id as an event of a webhook gets it. */
export const EXAMPLE_EVENT_ID = 'evt_01jd3v8m2k0123456789abcdefghijklmn-trigger-01jd3v8m2k7q4x-1abc_AbCdEfGh.7';

const Instant = z.optional(z.iso.datetime({ offset: true }));
const text = (most: number) => z.optional(z.string().check(z.minLength(1), z.maxLength(most)));

export const routes = defineRoutes({
  listEvents: {
    method: 'GET',
    path: '/api/events',
    summary: 'Search accepted and rejected events of the last days',
    description:
      'By integration or source, key, alert, outcome and time. Events of one alert come together, unresolved alerts first, each part newest first, in the order in which they opened. Without `from` ' +
      'and `to` these are the alerts that opened since the day three days ago, in UTC; a span has at most 31 days. `key` needs `integration` or `source`. Of an alert or a key, the events are those ' +
      'of its timeline; otherwise the first and the latest of each alert. `outcome=rejected` lists the latest five that each integration refused, and why; of one `integration` with a mapping, all that are stored to be replayed. A page may be short although more ' +
      'follow: the list ends where `next` is null.',
    permission: 'monitoring.alert.read',
    query: z.strictObject({
      integration: text(64),
      source: text(128),
      key: text(512),
      alert: text(64),
      outcome: z.optional(z.enum(OUTCOMES)),
      from: Instant,
      to: Instant,
      limit: Limit,
      cursor: Cursor,
    }),
    success: {
      status: 200,
      description: 'A page of alerts with their events',
      body: pageOf(EventsOfAlert),
      example: {
        items: [
          {
            alert: {
              id: 'alr_01jd3v8m2k7q4x0123456789abcdefghijklmn',
              title: 'Disk full',
              status: 'open',
              source: 'pagerduty:checkout',
              dedupKey: 'db-1/disk',
              count: 1,
              openedAt: '2026-11-21T03:00:00.000Z',
            },
            integration: 'itg_01jd3v8m2k7q4xh2g8vq0p1m9d',
            events: [{ id: EXAMPLE_EVENT_ID, at: '2026-11-21T03:00:00.000Z', effect: 'opened', why: null }],
          },
        ],
        next: null,
      },
    },
    problems: { 400: ['query.invalid', 'cursor.invalid'], 404: ['integration.not_found'] },
  },
  getEvent: {
    method: 'GET',
    path: '/api/events/{id}',
    params: { id: pathParam(/^evt_[\w.-]{1,2000}$/, noSuchEvent) },
    summary: 'Get what became of an accepted event',
    description:
      'The id is in the header `Tocsin-Event-Id` of the answer to every event, is the `requestId` of Opsgenie, and the `eventId` of an event of a webhook. The event is in ' +
      'its alert before its sender is answered, or waits while the table of alerts refuses writes. The receipt says what it did, which silence, rule and policy ' +
      'applied, to which incident the alert belongs, and who was paged, or why not. A request with several events has one id, whose receipt lists them.',
    permission: 'monitoring.alert.read',
    success: {
      status: 200,
      description: 'What became of it',
      body: EventReceipt,
      example: {
        id: EXAMPLE_EVENT_ID,
        action: 'trigger',
        acceptedAt: '2026-11-21T03:00:00.000Z',
        state: 'applied',
        effect: 'opened',
        alert: {
          id: 'alr_01jd3v8m2k7q4x0123456789abcdefghijklmn',
          title: 'Disk full',
          status: 'open',
          source: 'pagerduty:checkout',
          dedupKey: 'db-1/disk',
          count: 1,
          openedAt: '2026-11-21T03:00:00.000Z',
        },
        silence: null,
        routing: {
          policyId: 'default',
          policyVersion: 1,
          policyFrom: 'catch_all',
          rules: [],
          suppressed: false,
          urgency: 'high',
        },
        incident: null,
        escalation: 'escalating',
        pages: [
          {
            userId: 'usr_01jd3v8m2k7q4xh2g8vq0p1m9d',
            targetId: 'sch_01jd3v8m2k7q4xh2g8vq0p1m9d',
            channel: 'sms',
            status: 'sent',
            reason: null,
            plannedAt: '2026-11-21T03:00:00.200Z',
            sentAt: '2026-11-21T03:00:00.400Z',
            deliveredAt: null,
            attempts: 1,
            provider: 'sns',
            providerId: '0b0ec4a4-7d5e-5a1a-9f0c-3c1f6f0f2d11',
            round: 0,
            loop: 0,
            step: 0,
          },
        ],
        morePages: false,
        whyNobody: null,
        story: [
          { at: '2026-11-21T03:00:00.000Z', step: 'received', text: 'Accepted: trigger.' },
          { at: '2026-11-21T03:00:00.000Z', step: 'opened', text: 'It opened the alert.' },
        ],
        events: [],
        change: null,
      },
    },
    problems: { 404: ['event.not_found'] },
  },
});
