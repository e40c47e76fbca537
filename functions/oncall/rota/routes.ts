import * as z from 'zod/mini';
import { Cursor, Limit, pageOf } from '../../../shared/http/list.ts';
import { pathId, pathParam } from '../../../shared/http/path.ts';
import { defineRoutes } from '../../../shared/http/route.ts';
import { Id } from '../vocabulary.ts';
import { AddFeed, FEED_KEY_FORM, FeedView, noSuchFeed } from './feed.ts';
import { OnCall } from './list-on-call.ts';
import { AddOverride, Instant, Override } from './override.ts';
import { Difference, PreviewSchedule } from './preview-schedule.ts';
import { CreateSchedule, ReplaceSchedule, Schedule } from './schedule.ts';
import { Rendered } from './list-shifts.ts';
import { RequestSwap, Swap } from './swap.ts';

const scheduleId = pathId('sch', 'schedule');
const feedKey = pathParam(FEED_KEY_FORM, noSuchFeed);
const swapId = pathId('swp', 'swap', 'request');

const ANA = 'usr_01jd3v8m2k7q4xh2g8vq0p1m9d';
const BEN = 'usr_01jd3v8m2k7q4xh2g8vq0p1m9e';
const BY = { kind: 'user', id: ANA, name: 'ana' };
const ID = 'sch_01jd3v8m2k7q4xh2g8vq0p1m9d';
const NOW = '2026-11-21T03:00:00.000Z';

const SCHEDULE = {
  name: 'Payments, first line',
  description: '',
  timeZone: 'Europe/Berlin',
  layers: [
    {
      name: 'Weeks',
      users: [ANA, BEN],
      rotation: { type: 'weekly' },
      handOff: '09:00',
      start: '2026-11-16',
      end: null,
      restrictions: [],
    },
  ],
};
const A_SCHEDULE = { id: ID, ...SCHEDULE, version: 1, createdAt: NOW, changedAt: NOW, changedBy: BY };

const OVERRIDE = {
  kind: 'replace',
  userId: BEN,
  insteadOf: ANA,
  from: '2026-11-21T17:00:00.000Z',
  to: '2026-11-22T08:00:00.000Z',
  note: 'Dentist',
};
const AN_OVERRIDE = { id: 'ovr_01jd3v8m2k7q4xh2g8vq0p1m9d', ...OVERRIDE, createdAt: NOW, createdBy: BY };

const SHIFTS = [{ from: NOW, to: '2026-11-23T08:00:00.000Z', users: [ANA] }];
const RENDERED = {
  shifts: SHIFTS,
  gaps: [],
  load: [{ userId: ANA, shifts: 1, hours: 53, nightHours: 18, weekendHours: 46, nights: 3, share: 1 }],
  fairness: 1,
};

const SWAP = {
  scheduleId: ID,
  toUserId: BEN,
  give: { from: '2026-11-21T17:00:00.000Z', to: '2026-11-22T08:00:00.000Z' },
  take: null,
  note: 'Could you?',
};
const A_SWAP = {
  id: 'swp_01jd3v8m2k7q4xh2g8vq0p1m9d',
  scheduleId: ID,
  status: 'requested',
  fromUserId: ANA,
  toUserId: BEN,
  give: SWAP.give,
  take: null,
  note: SWAP.note,
  requestedAt: NOW,
  answeredAt: null,
} as const;

const A_FEED = { id: 'ical_01jd3v8m2k7q4xh2g8vq0p1m9d', userId: null, createdAt: NOW, createdBy: BY };
const FEED_KEY = `${A_FEED.id}.9mS4Yw0t2yqJc1Xw`;

const answerOf = (description: string, status: 'accepted' | 'declined' | 'cancelled') =>
  ({ status: 200, description, body: Swap, example: { ...A_SWAP, status, answeredAt: NOW } }) as const;

export const CALENDAR = 'text/calendar; charset=utf-8';

const read = {
  path: '/api/oncall/schedules/{id}/ical/{key}',
  params: { id: scheduleId, key: feedKey },
  permission: 'public',
  tolerant: true,
  throttle: { requestsPerSecond: 20, burst: 50 },
  success: {
    status: 200,
    description: 'The calendar',
    contentType: CALENDAR,
    example: 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\n…',
  },
  alsoAnswers: [{ status: 304, description: 'The calendar that the client has is the present one' }],
  problems: { 404: ['feed.not_found'] },
} as const;

export const routes = defineRoutes({
  listSchedules: {
    method: 'GET',
    path: '/api/oncall/schedules',
    summary: 'List on-call schedules, oldest first',
    permission: 'oncall.read',
    query: z.strictObject({ limit: Limit, cursor: Cursor }),
    success: {
      status: 200,
      description: 'A page of schedules',
      body: pageOf(Schedule),
      example: { items: [A_SCHEDULE], next: null },
    },
    problems: { 400: ['cursor.invalid'] },
  },
  createSchedule: {
    method: 'POST',
    path: '/api/oncall/schedules',
    summary: 'Say who is on call when',
    description:
      'Layers take turns by the day, the week, the month or any time, handed over on the clocks of the zone; a later layer goes before ' +
      'those above it wherever it has somebody. Restrictions leave hours of the day or the week. A time that comes twice ' +
      'when clocks are put back counts when it comes first; one that is left out, as the clocks jump over it.',
    permission: 'oncall.schedule.write',
    body: CreateSchedule,
    example: SCHEDULE,
    success: { status: 201, description: 'The schedule', body: Schedule, example: A_SCHEDULE },
    problems: { 400: ['user.unknown'] },
  },
  getSchedule: {
    method: 'GET',
    path: '/api/oncall/schedules/{id}',
    params: { id: scheduleId },
    summary: 'Get a schedule',
    permission: 'oncall.read',
    success: { status: 200, description: 'The schedule', body: Schedule, example: A_SCHEDULE },
    problems: { 404: ['schedule.not_found'] },
  },
  replaceSchedule: {
    method: 'PUT',
    path: '/api/oncall/schedules/{id}',
    params: { id: scheduleId },
    summary: 'Replace a schedule; its overrides stay',
    description: 'The whole of it, with the version that it follows.',
    permission: 'oncall.schedule.write',
    body: ReplaceSchedule,
    example: { ...SCHEDULE, version: 1 },
    success: { status: 200, description: 'The schedule', body: Schedule, example: { ...A_SCHEDULE, version: 2 } },
    problems: {
      400: ['user.unknown'],
      404: ['schedule.not_found'],
      409: ['schedule.changed', 'schedule.busy'],
    },
  },
  deleteSchedule: {
    method: 'DELETE',
    path: '/api/oncall/schedules/{id}',
    params: { id: scheduleId },
    summary: 'Delete a schedule that no policy pages, and with it its calendar links',
    permission: 'oncall.schedule.write',
    success: { status: 204, description: 'It is gone' },
    problems: { 404: ['schedule.not_found'], 409: ['schedule.in_use', 'schedule.busy'] },
  },
  listOverrides: {
    method: 'GET',
    path: '/api/oncall/schedules/{id}/overrides',
    params: { id: scheduleId },
    summary: 'List the overrides of a schedule that are not over',
    description: 'In the order in which they apply: of two at once the later counts.',
    permission: 'oncall.read',
    success: {
      status: 200,
      description: 'All of them',
      body: pageOf(Override),
      example: { items: [AN_OVERRIDE], next: null },
    },
    problems: { 404: ['schedule.not_found'] },
  },
  addOverride: {
    method: 'POST',
    path: '/api/oncall/schedules/{id}/overrides',
    params: { id: scheduleId },
    summary: 'Have somebody be on call, or not, for a while',
    description:
      'add: in addition to others. replace: instead of the user in insteadOf, or of everybody. remove: not on call. Overrides are ' +
      'applied in the order in which they were made, and stay when the schedule changes.',
    permission: 'oncall.override.write',
    body: AddOverride,
    example: OVERRIDE,
    success: { status: 201, description: 'The override', body: Override, example: AN_OVERRIDE },
    problems: {
      400: ['override.over', 'user.unknown'],
      404: ['schedule.not_found'],
      409: ['override.limit', 'schedule.busy'],
    },
  },
  deleteOverride: {
    method: 'DELETE',
    path: '/api/oncall/schedules/{id}/overrides/{override}',
    params: { id: scheduleId, override: pathId('ovr', 'override') },
    summary: 'Take back an override that is not over',
    permission: 'oncall.override.write',
    success: { status: 204, description: 'It is gone' },
    problems: { 404: ['schedule.not_found', 'override.not_found'], 409: ['schedule.busy'] },
  },
  listShifts: {
    method: 'GET',
    path: '/api/oncall/schedules/{id}/shifts',
    params: { id: scheduleId },
    summary: 'List the shifts and gaps of a schedule, and the hours of each user',
    description: 'From now and for 14 days where nothing is said, 92 days at most, by the schedule as it is now.',
    permission: 'oncall.read',
    query: z.strictObject({ from: z.optional(Instant), to: z.optional(Instant) }),
    success: {
      status: 200,
      description: 'The schedule as it comes out',
      body: z.extend(Rendered, { from: z.string(), to: z.string(), timeZone: z.string() }),
      example: { from: NOW, to: '2026-11-23T08:00:00.000Z', timeZone: 'Europe/Berlin', ...RENDERED },
    },
    problems: { 400: ['span.invalid'], 404: ['schedule.not_found'] },
  },
  previewSchedule: {
    method: 'POST',
    path: '/api/oncall/schedules/{id}/preview',
    params: { id: scheduleId },
    summary: 'Show who would be paged over the next 14 days, before and after a change',
    description:
      'The change is not made. What is left out of it stays as it is; overrides come on top of those there are.',
    permission: 'oncall.read',
    body: PreviewSchedule,
    example: { layers: [{ ...SCHEDULE.layers[0], users: [BEN] }] },
    success: {
      status: 200,
      description: 'Before, after, and where they differ',
      body: z.object({
        from: z.string(),
        to: z.string(),
        before: Rendered,
        after: Rendered,
        changes: z.array(Difference),
      }),
      example: {
        from: NOW,
        to: '2026-12-05T03:00:00.000Z',
        before: RENDERED,
        after: RENDERED,
        changes: [{ from: NOW, to: '2026-11-23T08:00:00.000Z', before: [ANA], after: [BEN] }],
      },
    },
    problems: { 404: ['schedule.not_found'] },
  },
  listFeeds: {
    method: 'GET',
    path: '/api/oncall/schedules/{id}/ical',
    params: { id: scheduleId },
    summary: 'List the calendar links of a schedule, without their keys',
    permission: 'oncall.schedule.write',
    success: {
      status: 200,
      description: 'All of them',
      body: pageOf(FeedView),
      example: { items: [A_FEED], next: null },
    },
    problems: { 404: ['schedule.not_found'] },
  },
  addFeed: {
    method: 'POST',
    path: '/api/oncall/schedules/{id}/ical',
    answersSecret: true,
    params: { id: scheduleId },
    summary: 'Make a secret link to a calendar of the whole schedule, or of one person',
    description: 'Everybody with the link sees the calendar. Its key is shown once.',
    permission: 'oncall.schedule.write',
    body: AddFeed,
    bodyOptional: true,
    example: { userId: ANA },
    success: {
      status: 201,
      description: 'The link; `path` goes behind the address of this API',
      body: z.extend(FeedView, { key: z.string(), path: z.string() }),
      example: { ...A_FEED, key: FEED_KEY, path: `/api/oncall/schedules/${ID}/ical/${FEED_KEY}` },
    },
    problems: { 400: ['user.unknown'], 404: ['schedule.not_found'], 409: ['feed.limit'] },
  },
  readFeed: {
    ...read,
    method: 'GET',
    summary: 'Read a calendar (RFC 5545): a month back and three ahead',
    description: 'With an entity tag and the time of its last change. Who has it already is answered 304, without it.',
  },
  headFeed: { ...read, method: 'HEAD', summary: 'Ask whether a calendar has changed' },
  deleteFeed: {
    method: 'DELETE',
    path: '/api/oncall/schedules/{id}/ical/{key}',
    params: { id: scheduleId, key: feedKey },
    summary: 'End a calendar link, by its id or its key',
    permission: 'oncall.schedule.write',
    success: { status: 204, description: 'It opens nothing any more' },
    problems: { 404: ['feed.not_found'] },
  },
  listOnCall: {
    method: 'GET',
    path: '/api/oncall/now',
    summary: 'Show who is on call now, by each schedule or by one',
    permission: 'oncall.read',
    query: z.strictObject({ schedule: z.optional(Id), limit: Limit, cursor: Cursor }),
    success: {
      status: 200,
      description: 'A page of schedules with who is on call',
      body: pageOf(OnCall),
      example: {
        items: [
          {
            scheduleId: ID,
            name: SCHEDULE.name,
            timeZone: 'Europe/Berlin',
            users: [ANA],
            until: '2026-11-23T08:00:00.000Z',
            next: [BEN],
          },
        ],
        next: null,
      },
    },
    problems: { 400: ['cursor.invalid'], 404: ['schedule.not_found'] },
  },
  listSwaps: {
    method: 'GET',
    path: '/api/oncall/swaps',
    summary: 'List requests to swap, newest first',
    permission: 'oncall.read',
    query: z.strictObject({ limit: Limit, cursor: Cursor }),
    success: {
      status: 200,
      description: 'A page of requests',
      body: pageOf(Swap),
      example: { items: [A_SWAP], next: null },
    },
    problems: { 400: ['cursor.invalid'] },
  },
  requestSwap: {
    method: 'POST',
    path: '/api/oncall/swaps',
    summary: 'Ask somebody to be on call in your place, perhaps for time of theirs',
    permission: 'oncall.swap',
    body: RequestSwap,
    example: SWAP,
    success: { status: 201, description: 'The request', body: Swap, example: A_SWAP },
    problems: {
      400: ['swap.with_oneself', 'swap.cannot_accept', 'user.unknown'],
      403: ['swap.person_only'],
      404: ['schedule.not_found'],
      409: ['swap.not_on_duty', 'swap.over'],
    },
  },
  acceptSwap: {
    method: 'POST',
    path: '/api/oncall/swaps/{id}/accept',
    params: { id: swapId },
    summary: 'Take over, as you were asked',
    permission: 'oncall.swap',
    success: answerOf('The request, accepted; the schedule has the overrides', 'accepted'),
    problems: {
      403: ['swap.not_yours'],
      404: ['swap.not_found', 'schedule.not_found'],
      409: ['swap.answered', 'swap.not_on_duty', 'swap.over', 'schedule.busy'],
    },
  },
  declineSwap: {
    method: 'POST',
    path: '/api/oncall/swaps/{id}/decline',
    params: { id: swapId },
    summary: 'Decline to take over',
    permission: 'oncall.swap',
    success: answerOf('The request, declined', 'declined'),
    problems: { 403: ['swap.not_yours'], 404: ['swap.not_found'], 409: ['swap.answered'] },
  },
  cancelSwap: {
    method: 'POST',
    path: '/api/oncall/swaps/{id}/cancel',
    params: { id: swapId },
    summary: 'Take back a request of your own',
    permission: 'oncall.swap',
    success: answerOf('The request, cancelled', 'cancelled'),
    problems: { 403: ['swap.not_yours'], 404: ['swap.not_found'], 409: ['swap.answered'] },
  },
});
