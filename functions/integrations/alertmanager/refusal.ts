import { wholeDetail, type ProblemDocument } from '../../../shared/http/problem.ts';
import type { RefusalShape } from '../../../shared/http/route.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const challenge = ({ status }: ProblemDocument): Readonly<Record<string, string>> =>
  status === 401 ? { 'www-authenticate': 'Basic realm="tocsin"' } : {};

/** Refusals as Alertmanager's API v2 answers them: a JSON string with the reason. */
export const alertmanagerRefusal: RefusalShape = (problem) => ({
  status: problem.status,
  headers: { ...JSON_TYPE, ...challenge(problem) },
  body: JSON.stringify(wholeDetail(problem)),
});

/**
 * Refusals for a sender of webhooks, which reads the status and logs the rest: a small JSON object. Where a part of the message was taken, it has
 * the id of that, and what became of each event.
 */
export const webhookRefusal: RefusalShape = ({ status, code, detail, errors, eventId, events }) => ({
  status,
  headers: JSON_TYPE,
  body: {
    status: 'error',
    code,
    error: detail,
    ...(errors && { errors }),
    ...(typeof eventId === 'string' && { eventId }),
    ...(Array.isArray(events) && { events }),
  },
});
