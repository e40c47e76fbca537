import type { ErrorKind, FieldError, Problem } from '../kernel/errors.ts';

/** An RFC 9457 problem document, as every route of our own answers a refusal. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: string;
  readonly requestId: string;
  readonly errors?: readonly FieldError[];
  readonly [extension: string]: unknown;
}

/** The one place where a kind of error gets its HTTP status and its title. */
export const STATUS_OF: Readonly<Record<ErrorKind, readonly [status: number, title: string]>> = {
  invalid: [400, 'The request is not valid'],
  unauthenticated: [401, 'Who is calling is not known'],
  forbidden: [403, 'The caller may not do this'],
  not_found: [404, 'There is no such thing'],
  method_not_allowed: [405, 'This method is not offered here'],
  conflict: [409, 'The state of things stands against it'],
  too_large: [413, 'The request is too large'],
  unsupported_media_type: [415, 'The content type is not supported'],
  unprocessable: [422, 'The request makes no sense'],
  too_many: [429, 'Too many requests'],
  unavailable: [503, 'Not available right now'],
};

export const PROBLEM_JSON = 'application/problem+json';

/** On every answer, also those of the gateway: no browser guesses a type, and none comes back without TLS. */
export const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
} as const;

/** Where a code is explained: a stable address that ends in the code. */
export const problemType = (code: string): string => `https://tocsin.dev/problems/${code}`;

/** The document of a refusal. Pure: tells nothing but what the problem carries for the caller. */
export const problemDocument = (problem: Problem, instance: string, requestId: string): ProblemDocument => {
  const [status, title] = STATUS_OF[problem.kind];
  const { errors, extensions } = problem.extras;
  return {
    ...extensions,
    type: problemType(problem.code),
    title,
    status,
    detail: problem.message,
    instance,
    code: problem.code,
    requestId,
    ...(errors && { errors }),
  };
};

/** What is answered when nobody knows what went wrong. The cause is in the log, under the request id, and only there. */
export const muteProblem = (instance: string, requestId: string): ProblemDocument => ({
  type: problemType('internal'),
  title: 'Something went wrong on our side',
  status: 500,
  detail: 'The request failed on our side. Try again; when it fails again, tell an operator the requestId.',
  instance,
  code: 'internal',
  requestId,
});
