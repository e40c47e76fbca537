import type { RefusalShape } from '../../../shared/http/route.ts';

/** Refusals as Alertmanager's API v2 answers them: a JSON string with the reason. */
export const alertmanagerRefusal: RefusalShape = ({ status, detail, errors = [] }) => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(
    [detail, errors.map((error) => `${error.pointer || 'body'} ${error.detail}`).join('; ')].filter(Boolean).join(' '),
  ),
});
