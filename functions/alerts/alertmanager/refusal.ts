import { wholeDetail } from '../../../shared/http/problem.ts';
import type { RefusalShape } from '../../../shared/http/route.ts';

/** Refusals as Alertmanager's API v2 answers them: a JSON string with the reason. */
export const alertmanagerRefusal: RefusalShape = (problem) => ({
  status: problem.status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(wholeDetail(problem)),
});
