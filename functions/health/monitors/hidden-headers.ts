import { invalid } from '../../../shared/kernel/errors.ts';
import type { Check } from './monitor.ts';

/** Shown in place of the value of a header, which may be a secret. Sent back, it keeps the value. */
export const HIDDEN = '(hidden)';

type WithHeaders = Extract<Check, { headers: unknown }>;
const hasHeaders = (check: Check): check is WithHeaders => 'headers' in check;

/** The check as people see it. */
export const shownCheck = (check: Check): Check =>
  hasHeaders(check)
    ? { ...check, headers: Object.fromEntries(Object.keys(check.headers).map((header) => [header, HIDDEN])) }
    : check;

const valueOf = ({ headers }: WithHeaders, name: string): string | undefined =>
  Object.entries(headers).find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1];

/** Whether requests of both go to the same server: of type, scheme, host and port, and of the virtual host that is named. */
const isSameDestination = (sent: WithHeaders, before: WithHeaders): boolean => {
  const host = valueOf(sent, 'host');
  return (
    sent.type === before.type &&
    new URL(sent.url).origin === new URL(before.url).origin &&
    (host === HIDDEN || host === valueOf(before, 'host'))
  );
};

/**
 * The check as it is stored: a hidden value is the one that was there. Throws `monitor.hidden_value`, with a pointer to each
 * header, where there was none or the request would go to another server: a value is a secret between the two.
 */
export const keptCheck = (sent: Check, before?: Check): Check => {
  if (!hasHeaders(sent)) return sent;
  const known = before && hasHeaders(before) && isSameDestination(sent, before) ? before : undefined;
  const headers = Object.entries(sent.headers).map(
    ([header, value]) => [header, value === HIDDEN ? known && valueOf(known, header) : value] as const,
  );
  const missing = headers.flatMap(([header, value]) => (value === undefined ? [header] : []));
  if (missing.length > 0) {
    throw invalid(
      'monitor.hidden_value',
      'A header that is sent as (hidden) keeps its value only while the type of the check, the scheme, host and port of its ' +
        'URL, and its Host header stay the same. Send the values of these headers again.',
      {
        errors: missing.map((header) => ({
          pointer: `/check/headers/${header.replaceAll('~', '~0').replaceAll('/', '~1')}`,
          detail: 'send its value again',
        })),
      },
    );
  }
  return { ...sent, headers: Object.fromEntries(headers) as WithHeaders['headers'] };
};
