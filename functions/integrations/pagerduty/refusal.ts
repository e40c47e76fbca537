import type { ProblemDocument } from '../../../shared/http/problem.ts';
import type { RefusalShape } from '../../../shared/http/route.ts';
import { invalid, tooMany } from '../../../shared/kernel/errors.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

/** The `status` of a refusal as PagerDuty words it, by the code of the problem. */
const WORDS: Readonly<Record<string, readonly [status: string, message: string]>> = {
  'pagerduty.unrecognized': ['Unrecognized object', 'Event object format is unrecognized'],
  'pagerduty.invalid': ['invalid event', 'Event object is invalid'],
  'pagerduty.key': ['invalid event', 'Invalid routing key'],
  'integration.throttled': ['throttle exceeded', 'Requests for this integration key arrive too quickly. Retry later.'],
  'body.too_large': ['invalid event', 'Event object is too large'],
};

const wordsOf = ({ code, status, detail }: ProblemDocument): readonly [status: string, message: string] =>
  WORDS[code] ?? [status >= 500 ? 'error' : 'invalid event', detail];

/** Refusals of the Events API, version 2: an object with `errors` as texts. */
export const pagerDutyRefusal: RefusalShape = (problem) => {
  const [status, message] = wordsOf(problem);
  const errors = problem.errors?.map(({ detail }) => detail) ?? [problem.detail];
  return { status: problem.status, headers: JSON_TYPE, body: { status, message, errors } };
};

/** The same of version 1, whose clients know a limit by 403. */
export const pagerDutyV1Refusal: RefusalShape = (problem) => ({
  ...pagerDutyRefusal(problem),
  status: problem.status === 429 ? 403 : problem.status,
});

export const unrecognized = () =>
  invalid('pagerduty.unrecognized', 'The body is not a JSON object.', {
    errors: [{ pointer: '', detail: 'JSON parse error' }],
  });

export const invalidEvent = (errors: readonly string[]) =>
  invalid('pagerduty.invalid', 'The event is invalid.', {
    errors: errors.map((detail) => ({ pointer: '', detail })),
  });

export const invalidKey = () =>
  invalid('pagerduty.key', 'The key belongs to no enabled integration of PagerDuty.', {
    errors: [{ pointer: '', detail: 'Invalid routing key' }],
  });

export const throttled = (retryAfterSeconds: number) =>
  tooMany('integration.throttled', 'Too many events of this integration within a minute.', { retryAfterSeconds });
