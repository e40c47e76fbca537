import type { RefusalShape } from '../../../shared/http/route.ts';

/** As Alertmanager's API v2 refuses: a JSON string that says why. */
export const alertmanagerRefusal: RefusalShape = ({ status, detail, errors = [] }) => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(
    [detail, errors.map((error) => `${error.pointer || 'body'} ${error.detail}`).join('; ')].filter(Boolean).join(' '),
  ),
});
