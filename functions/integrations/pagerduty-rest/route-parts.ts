import * as z from 'zod/mini';
import type { KeyedRequest } from '../../../shared/http/route.ts';
import { restRefusal } from './refusal.ts';
import { tokenIn } from './requester.ts';

/* What the routes of PagerDuty's REST API have in common. */

const MAX_BODY_BYTES = 256 * 1024;

/** The limit of the whole API. Each key has one of its own. */
const throttle = { requestsPerSecond: 500, burst: 1000 };

const common = {
  vendorRoot: '/api.pagerduty.com',
  permission: 'public',
  presentedKey: ({ header }: KeyedRequest) => tokenIn(header('authorization')),
  tolerant: true,
  refusal: restRefusal,
  throttle,
} as const;

export const read = { ...common, method: 'GET' } as const;
export const write = { ...common, textBody: true, maxBodyBytes: MAX_BODY_BYTES } as const;

export const problems = {
  400: ['pagerduty.invalid'],
  401: ['key.unknown'],
  403: ['key.forbidden'],
  429: ['key.throttled'],
  503: ['store.unavailable', 'key.unavailable'],
} as const;
export const found = { ...problems, 404: ['pagerduty.not_found'] } as const;
export const written = {
  ...found,
  400: [
    'pagerduty.invalid',
    'pagerduty.requester',
    'pagerduty.assignee',
    'pagerduty.service',
    'pagerduty.open',
    'alert.resolved',
    'alert.changed',
    'body.malformed',
    'snooze.out_of_range',
  ],
  413: ['body.too_large'],
} as const;

/** Sent once, or once for each value. A client that turns pages adds `limit` and `offset` to those that are there: the last counts. */
export const texts = z.optional(z.union([z.string(), z.array(z.string())]));

/** The parameters of classic paging. */
export const paged = { limit: texts, offset: texts, total: texts };

/** A page of a list, with the fields of classic paging. */
export const page = (name: string): z.ZodMiniType<object> =>
  z.looseObject({
    [name]: z.readonly(z.array(z.looseObject({}))),
    limit: z.int(),
    offset: z.int(),
    more: z.boolean(),
    total: z.nullable(z.int()),
  });
