import * as z from 'zod/mini';
import { Cursor, Limit } from '../../../shared/http/list.ts';
import { pathId } from '../../../shared/http/path.ts';
import { defineRoutes } from '../../../shared/http/route.ts';
import { Asked, AskResponder } from '../pages/ask-responder.ts';
import { EscalationView, Pages } from './view.ts';

const alertId = pathId('alr', 'alert');

const ESCALATION = {
  alertId: 'alr_01jd3v8m2kabcd0123456789abcdefghijklmn',
  policyId: 'default',
  policyVersion: 1,
  status: 'escalating',
  urgency: 'high' as const,
  round: 0,
  loop: 0,
  step: 1,
  nextAt: '2026-11-21T03:05:00.000Z',
  waits: null,
};

const PAGE = {
  round: 0,
  loop: 0,
  step: 0,
  targetId: 'sch_01jd3v8m2k7q4xh2g8vq0p1m9d',
  userId: 'usr_01jd3v8m2k7q4xh2g8vq0p1m9d',
  channel: 'sms',
  contactId: 'con_01jd3v8m2k7q4xh2g8vq0p1m9d',
  status: 'sent',
  reason: null,
  reasonCode: null,
  plannedAt: '2026-11-21T03:00:00.000Z',
  sentAt: '2026-11-21T03:00:00.400Z',
  deliveredAt: null,
  attempts: 1,
  provider: 'sns',
  providerId: '0b0ec4a4-7d5e-5a1a-9f0c-3c1f6f0f2d11',
};

export const routes = defineRoutes({
  listPages: {
    method: 'GET',
    path: '/api/monitoring/alerts/{id}/pages',
    params: { id: alertId },
    summary: 'List the pages of an alert: to whom, when and by which channel, or why not',
    permission: 'monitoring.read',
    narrower: 'monitoring.alert.read',
    query: z.strictObject({ limit: Limit, cursor: Cursor }),
    success: {
      status: 200,
      description: 'The escalation and its pages, in the order of the steps',
      body: Pages,
      example: {
        escalation: ESCALATION,
        items: [PAGE],
        next: null,
      },
    },
    problems: { 400: ['cursor.invalid'], 404: ['escalation.not_found'] },
  },
  escalateAlert: {
    method: 'POST',
    path: '/api/monitoring/alerts/{id}/escalate',
    params: { id: alertId },
    summary: 'Have the next step of an escalation reached at once',
    description: 'The timeline of the alert says who asked for it.',
    permission: 'monitoring.alert.acknowledge',
    success: { status: 200, description: 'The escalation', body: EscalationView, example: ESCALATION },
    problems: {
      404: ['escalation.not_found', 'alert.not_found'],
      409: ['escalation.not_escalating', 'escalation.changed', 'alert.changed'],
    },
  },
  askResponder: {
    method: 'POST',
    path: '/api/monitoring/alerts/{id}/responders',
    params: { id: alertId },
    summary: 'Page one more person for an alert, or hand it over to them',
    description:
      'At once, by their rules for high urgency but without delays, also if somebody has acknowledged the alert. The escalation ' +
      'continues as it was. A repeat within five minutes pages nobody twice, and answers with the outcome of the pages; a later ' +
      'one pages again.',
    permission: 'monitoring.alert.acknowledge',
    body: AskResponder,
    example: { userId: 'usr_01jd3v8m2k7q4xh2g8vq0p1m9d', reassign: true },
    success: { status: 200, description: 'The pages', body: Asked, example: { items: [PAGE] } },
    problems: {
      404: ['escalation.not_found', 'alert.not_found'],
      409: ['escalation.ended', 'alert.resolved', 'alert.changed'],
      422: ['responder.unreachable'],
    },
  },
});
