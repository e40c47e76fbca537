import type { ProblemDocument } from '../../../shared/http/problem.ts';
import type { RefusalShape } from '../../../shared/http/route.ts';
import { notFound, tooMany, unauthenticated } from '../../../shared/kernel/errors.ts';

/** Headers that the SDKs of Opsgenie read from each answer. */
export const RATE_HEADERS = { 'content-type': 'application/json', 'x-ratelimit-state': 'OK' } as const;

/** Messages of Opsgenie, by the code of the problem. */
const MESSAGES: Readonly<Record<string, string>> = {
  'key.unknown': 'Could not authenticate',
  'body.malformed': 'Request body is not parseable. Please check the syntax.',
  'integration.throttled': 'You are making too many requests!',
  'route.not_found': 'No handler found for the request',
};

/** By these clients decide whether to ask again. */
const ERROR_TYPES: Readonly<Record<string, string>> = {
  'request.not_processed': 'RequestNotProcessed',
  'integration.throttled': 'RequestThrottled',
};

/** What was wrong with each field, by its name. */
const errorsOf = ({ errors = [] }: ProblemDocument): Readonly<Record<string, string>> =>
  Object.fromEntries(errors.map(({ pointer, detail }) => [pointer.replace(/^(query)?\//, '') || 'body', detail]));

/** Refusals of the Alert API: always an object, because a client of Opsgenie dies of anything else. */
export const opsgenieRefusal: RefusalShape = (problem) => {
  const errors = errorsOf(problem);
  const status = problem.code === 'query.invalid' ? 422 : problem.status;
  return {
    status,
    headers: {
      ...RATE_HEADERS,
      'x-ratelimit-state': status === 429 ? 'THROTTLED' : 'OK',
      'x-opsgenie-errortype': ERROR_TYPES[problem.code] ?? (status >= 500 ? 'ServerError' : 'ClientError'),
    },
    body: {
      message: MESSAGES[problem.code] ?? problem.detail,
      took: 0,
      requestId: problem.requestId,
      ...(Object.keys(errors).length > 0 && { errors }),
    },
  };
};

export const throttled = (retryAfterSeconds: number) =>
  tooMany('integration.throttled', 'Too many requests of this integration within a minute.', { retryAfterSeconds });

export const noSuchPath = () => notFound('route.not_found', 'There is no such path.');

export const noSuchHeartbeat = (name: string) =>
  notFound('heartbeat.not_found', `Heartbeat with name [${name.slice(0, 128)}] does not exist`);

export const unknownGenieKey = () =>
  unauthenticated(
    'key.unknown',
    'The key is missing, unknown, ended, or of another vendor: send Authorization: GenieKey.',
  );

/** The key in `Authorization: GenieKey …`. */
export const genieKeyIn = (authorization = ''): string | undefined =>
  /^geniekey (\S+)$/i.exec(authorization.trim())?.[1];
