import { pathId } from '../../../shared/http/path.ts';
import { defineRoutes } from '../../../shared/http/route.ts';
import { Rules, SaveRules } from './notification-rules.ts';

const RULES = {
  high: [
    { contactId: 'con_01jd3v8m2k7q4xh2g8vq0p1m9d', delayMinutes: 0 },
    { contactId: 'con_01jd3v8m2k7q4xh2g8vq0p1m9e', delayMinutes: 2 },
  ],
  low: [{ contactId: 'con_01jd3v8m2k7q4xh2g8vq0p1m9e', delayMinutes: 0 }],
  quietHours: { from: '22:00', to: '07:00', timeZone: 'Europe/Berlin' },
};

export const routes = defineRoutes({
  getNotificationRules: {
    method: 'GET',
    path: '/api/users/{id}/notification-rules',
    params: { id: pathId('usr', 'user') },
    summary: 'Show when and where a user is paged',
    description:
      'One’s own, or with identity.user.write those of a user who may do no more than the caller. Version 0: everywhere, at once.',
    permission: 'any',
    success: { status: 200, description: 'The rules', body: Rules, example: { ...RULES, version: 1 } },
    problems: { 403: ['auth.escalation'], 404: ['user.not_found'] },
  },
  saveNotificationRules: {
    method: 'PUT',
    path: '/api/users/{id}/notification-rules',
    params: { id: pathId('usr', 'user') },
    summary: 'Say when and where a user is paged',
    description:
      'For alerts of high urgency (critical, error) and of low (warning, info): which contacts, and how many minutes after a step is ' +
      'reached. In quiet hours, by the clock of the person’s zone, what is of low urgency waits until they end. Where none of the ' +
      'contacts for what is urgent is left, all that are verified are paged at once.',
    permission: 'any',
    body: SaveRules,
    example: { ...RULES, version: 0 },
    success: { status: 200, description: 'The rules', body: Rules, example: { ...RULES, version: 1 } },
    problems: { 400: ['rules.contact'], 403: ['auth.escalation'], 404: ['user.not_found'], 409: ['rules.changed'] },
  },
});
