import * as z from 'zod/mini';
import { Recurrence } from '../../../shared/calendar/recurrence.ts';
import { pathId } from '../../../shared/http/path.ts';
import { defineRoutes } from '../../../shared/http/route.ts';
import { CreateRecurringSilence, RecurringSilenceView, ReplaceRecurringSilence, Span } from './recurring-silence.ts';

const id = pathId('rsl', 'recurring_silence', 'recurring silence');

const READ = { permission: 'monitoring.read', narrower: 'monitoring.alert.read' } as const;
const WRITE = { permission: 'monitoring.alert.acknowledge' } as const;

const DEFINITION = {
  matchers: [{ name: 'service', value: 'billing', isRegex: false, isEqual: true }],
  recurrence: {
    rule: 'FREQ=MONTHLY;BYDAY=-1SU',
    timeZone: 'Europe/Berlin',
    startsAt: '2026-11-29T02:00',
    durationMinutes: 180,
    except: ['2026-12-27'],
  },
  comment: 'The invoices of the month.',
};
const SPANS = [
  { startsAt: '2026-11-29T01:00:00.000Z', endsAt: '2026-11-29T04:00:00.000Z' },
  { startsAt: '2027-01-31T01:00:00.000Z', endsAt: '2027-01-31T04:00:00.000Z' },
];
const EXAMPLE = {
  id: 'rsl_01jd3v8m2k7q4xh2g8vq0p1m9d',
  ...DEFINITION,
  createdBy: 'ana',
  updatedAt: '2026-11-21T03:00:00.000Z',
  version: 1,
  next: SPANS,
};

const recurring = (description: string, status: 200 | 201 = 200) =>
  ({ status, description, body: RecurringSilenceView, example: EXAMPLE }) as const;

export const routes = defineRoutes({
  listRecurringSilences: {
    method: 'GET',
    path: '/api/monitoring/recurring-silences',
    summary: 'List recurring silences with their next ten times, the one that comes next first',
    ...READ,
    success: {
      status: 200,
      description: 'The recurring silences, at most a hundred',
      body: z.object({ items: z.array(RecurringSilenceView) }),
      example: { items: [EXAMPLE] },
    },
  },
  createRecurringSilence: {
    method: 'POST',
    path: '/api/monitoring/recurring-silences',
    summary: 'Silence the alerts that match at times that recur',
    description:
      '`rule` is a rule of RFC 5545 without `RRULE:`, with FREQ (DAILY, WEEKLY, MONTHLY, YEARLY), INTERVAL, BYDAY, BYMONTHDAY, BYMONTH, ' +
      'BYSETPOS, COUNT, UNTIL and WKST. `startsAt` is the first time that counts, by the clocks of `timeZone`, and each time begins at that ' +
      'time of the day. A time that the clocks leave out begins as they jump over it. On the days of `except` it does not begin. Each ' +
      'time becomes an ordinary silence two days before it begins, which is listed with the others and can be ended or moved by itself.',
    ...WRITE,
    body: CreateRecurringSilence,
    example: DEFINITION,
    success: recurring('The recurring silence', 201),
    problems: { 400: ['silence.invalid'], 403: ['auth.proof_required'], 409: ['recurring_silence.limit'] },
  },
  previewRecurrence: {
    method: 'POST',
    path: '/api/monitoring/recurring-silences/preview',
    summary: 'Show the next ten times of a recurrence',
    description: 'Nothing is stored.',
    ...READ,
    body: z.strictObject({ recurrence: Recurrence }),
    example: { recurrence: DEFINITION.recurrence },
    success: {
      status: 200,
      description: 'The next times, ten at most',
      body: z.object({ items: z.array(Span) }),
      example: { items: SPANS },
    },
  },
  readRecurringSilence: {
    method: 'GET',
    path: '/api/monitoring/recurring-silences/{id}',
    params: { id },
    summary: 'Get a recurring silence with its next ten times',
    ...READ,
    success: recurring('The recurring silence'),
    problems: { 404: ['recurring_silence.not_found'] },
  },
  replaceRecurringSilence: {
    method: 'PUT',
    path: '/api/monitoring/recurring-silences/{id}',
    params: { id },
    summary: 'Replace what a recurring silence silences, and when',
    description: 'It holds for the times that have not begun. One that is active stays as it is.',
    ...WRITE,
    body: ReplaceRecurringSilence,
    example: { version: 1, ...DEFINITION },
    success: recurring('The recurring silence'),
    problems: {
      400: ['silence.invalid'],
      403: ['auth.proof_required'],
      404: ['recurring_silence.not_found'],
      409: ['recurring_silence.changed'],
    },
  },
  deleteRecurringSilence: {
    method: 'DELETE',
    path: '/api/monitoring/recurring-silences/{id}',
    params: { id },
    summary: 'Delete a recurring silence, and end the one of its times that is active',
    ...WRITE,
    success: { status: 204, description: 'The recurring silence is deleted' },
    problems: { 404: ['recurring_silence.not_found'], 409: ['recurring_silence.changed'] },
  },
});
