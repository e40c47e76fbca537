import type { ProblemDocument } from '../../../shared/http/problem.ts';
import type { RefusalShape } from '../../../shared/http/route.ts';
import { forbidden, invalid, notFound, tooMany, unauthenticated } from '../../../shared/kernel/errors.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

/** Numbers and messages of PagerDuty's errors, by the code of the problem. */
const ERRORS: Readonly<Record<string, readonly [code: number, message: string]>> = {
  'alert.resolved': [1001, 'Incident Already Resolved'],
  'alert.not_acknowledged': [1005, 'Cannot Unacknowledge Incident'],
  'pagerduty.assignee': [1007, 'Assignee Not Found'],
  'pagerduty.requester': [1008, 'Requester User Not Found'],
  'pagerduty.service': [1006, 'Service Not Found'],
  'key.unknown': [2006, 'Unauthorized'],
  'key.forbidden': [2010, 'Access Denied'],
  'key.throttled': [2020, 'Rate Limit Exceeded'],
};

/** The same by the status, for all other codes. */
const BY_STATUS: Readonly<Record<number, readonly [code: number, message: string]>> = {
  400: [2001, 'Invalid Input Provided'],
  401: [2006, 'Unauthorized'],
  403: [2010, 'Access Denied'],
  404: [2100, 'Not Found'],
  405: [2100, 'Method Not Allowed'],
  413: [2001, 'Request Entity Too Large'],
  429: [2020, 'Rate Limit Exceeded'],
};

const errorsOf = ({ errors = [], detail }: ProblemDocument): readonly string[] =>
  errors.length === 0
    ? [detail]
    : errors.map(({ pointer, detail: what }) => `${pointer.replace(/^(query)?\//, '')} ${what}`.trim());

/** What a conflict with the present state is in PagerDuty's API. */
const statusOf = ({ status }: ProblemDocument): number => (status === 409 || status === 422 ? 400 : status);

/** Refusals of the REST API: `{"error": {"message", "code", "errors"}}`. Clients read them as `application/json` alone. */
export const restRefusal: RefusalShape = (problem) => {
  if (problem.code === 'pagerduty.no_user') return { status: 400, headers: JSON_TYPE, body: { error: problem.detail } };
  const status = statusOf(problem);
  const [code, message] = ERRORS[problem.code] ?? BY_STATUS[status] ?? [2000, 'Internal Server Error'];
  const { limit, resetSeconds } = problem as { readonly limit?: number; readonly resetSeconds?: number };
  return {
    status,
    headers: {
      ...JSON_TYPE,
      ...(status === 429 && {
        'ratelimit-limit': String(limit ?? 0),
        'ratelimit-remaining': '0',
        'ratelimit-reset': String(resetSeconds ?? 60),
      }),
    },
    body: { error: { message, code, errors: errorsOf(problem) } },
  };
};

export const wrong = (...errors: readonly string[]) =>
  invalid('pagerduty.invalid', errors.join(' '), { errors: errors.map((detail) => ({ pointer: '', detail })) });

export const noSuch = (what: string) => notFound('pagerduty.not_found', `There is no such ${what}.`);

export const noSuchRequester = (from: string) =>
  invalid('pagerduty.requester', `From names no user: ${from.slice(0, 100)}.`);

export const noSuchAssignee = () => invalid('pagerduty.assignee', 'An assignee is no user.');

export const noSuchService = () => invalid('pagerduty.service', 'There is no such service.');

export const unknownToken = () =>
  unauthenticated('key.unknown', 'The key is missing, unknown, revoked or expired: send Authorization: Token token=….');

export const mayNot = (permission: string) =>
  forbidden('key.forbidden', `The key lacks the permission ${permission}. Use a key that has it.`);

export const throttled = (limit: number, resetSeconds: number) =>
  tooMany('key.throttled', 'Too many requests of this key within a minute.', {
    retryAfterSeconds: resetSeconds,
    extensions: { limit, resetSeconds },
  });

/** Clients for Python know a key of an account by these words, and that `error` is a text here. */
export const noUser = () =>
  invalid('pagerduty.no_user', 'There is no user: an account-level access token calls. Use the token of a user.');
