import * as z from 'zod/mini';
import { pathParam } from '../../../shared/http/path.ts';
import type { KeyedRequest } from '../../../shared/http/route.ts';
import type { Problem } from '../../../shared/kernel/errors.ts';
import { genieKeyIn, opsgenieRefusal } from './refusal.ts';

/* What all routes of Opsgenie's API have in common. */

const MAX_BODY_BYTES = 256 * 1024;

/** The limit of the whole API. Each integration has one of its own. */
const throttle = { requestsPerSecond: 500, burst: 1000 };

const common = {
  vendorRoot: '/v2',
  permission: 'public',
  presentedKey: ({ header }: KeyedRequest) => genieKeyIn(header('authorization')),
  tolerant: true,
  refusal: opsgenieRefusal,
  throttle,
} as const;

export const read = { ...common, method: 'GET' } as const;
export const write = { ...common, method: 'POST', textBody: true, maxBodyBytes: MAX_BODY_BYTES } as const;

export const text = z.optional(z.string());

/** An identifier in a path, which may have slashes. */
export const identifierOf = (refusal: () => Problem) => pathParam(/^[^\0]{1,2048}$/s, refusal);

/** The refusals of every route. */
export const problems = {
  401: ['key.unknown'],
  429: ['integration.throttled'],
  503: ['store.unavailable', 'key.unavailable'],
} as const;

/** The refusals of a route that takes a body. */
export const written = {
  ...problems,
  400: ['body.malformed'],
  413: ['body.too_large'],
  422: ['opsgenie.invalid'],
} as const;

/** An answer with `data`, the seconds that it took, and the id of the request. */
export const answered = <T extends z.core.$ZodType>(data: T) =>
  z.object({ data, took: z.number(), requestId: z.string() });
