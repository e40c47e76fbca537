import { unavailable, type ErrorKind, type FieldError, type Problem } from '../kernel/errors.ts';

/** An RFC 9457 problem document: the answer of our own routes to a request that they refuse. */
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

/** The one table that gives a kind of error its HTTP status and its title. */
export const STATUS_OF: Readonly<Record<ErrorKind, readonly [status: number, title: string]>> = {
  invalid: [400, 'The request is invalid'],
  unauthenticated: [401, 'The caller is not authenticated'],
  forbidden: [403, 'The caller is not allowed to do this'],
  not_found: [404, 'Not found'],
  method_not_allowed: [405, 'The path does not accept this method'],
  conflict: [409, 'Conflicts with the current state'],
  too_large: [413, 'The request is too large'],
  unsupported_media_type: [415, 'The content type is not supported'],
  unprocessable: [422, 'The request cannot be processed'],
  too_many: [429, 'Too many requests'],
  unavailable: [503, 'Temporarily unavailable'],
};

/** The title of an answer to an unknown error. */
export const INTERNAL_TITLE = 'Internal error';

export const PROBLEM_JSON = 'application/problem+json';

/** On every answer, also of the gateway: browsers guess no type, and return only with TLS. */
export const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
} as const;

/** The page that explains a code: an address on the same host that ends in the code (RFC 9457 takes a reference). */
export const problemType = (code: string): string => `/api/problems/${code}`;

/** The document of a refusal. It contains only what the problem carries for the caller. */
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

const RETRY_AFTER_SECONDS = 5;

/** The refusal of a request that the database does not answer at this moment. */
export const storeUnavailable = (cause: unknown): Problem =>
  unavailable(
    'store.unavailable',
    'The database does not answer at this moment. Try again after the seconds in Retry-After.',
    { retryAfterSeconds: RETRY_AFTER_SECONDS, cause },
  );

/** The detail with all that is wrong in one text, for the refusals of vendors that have no list of errors. */
export const wholeDetail = ({ detail, errors = [] }: Pick<ProblemDocument, 'detail' | 'errors'>): string =>
  [detail, errors.map((error) => `${error.pointer || 'The body'} ${error.detail}`).join('; ')]
    .filter(Boolean)
    .join(' ');

/** The answer to an unknown error. Only the log has the cause, under the request id. */
export const muteProblem = (instance: string, requestId: string): ProblemDocument => ({
  type: problemType('internal'),
  title: INTERNAL_TITLE,
  status: 500,
  detail:
    'The request failed because of an internal error. Try again. If it fails again, send the requestId to an operator.',
  instance,
  code: 'internal',
  requestId,
});
