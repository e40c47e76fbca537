import type { ProblemType } from '../../shared/http/openapi.ts';

/** What a caller does about a refusal with a status. The `detail` of the document says more. */
const ADVICE: Readonly<Record<number, string>> = {
  400: 'Correct the request. The member `errors` of the document points to each field.',
  401: 'Log in again, or send a valid token or key in the header Authorization.',
  403: 'Ask an administrator for a role with the permission that the detail names.',
  404: 'Check the id and the path. The thing may have been deleted.',
  405: 'Use one of the methods in the header Allow.',
  409: 'Read the present state again, and repeat the change on it.',
  413: 'Send less in one request.',
  415: 'Send one of the content types of the route.',
  422: 'Choose another value; the detail says which are possible.',
  429: 'Wait for the seconds in the header Retry-After, and send fewer requests.',
  500: 'Send the request again. If it fails again, give an operator the requestId.',
  503: 'Send the request again after the seconds in the header Retry-After.',
};

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => ESCAPES[char] ?? '');

/** `incident.not_found` gives `Incident not found`. */
const named = (code: string): string => {
  const words = code.replaceAll(/[._]/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** The pages of this context share a style sheet, and load nothing else but the viewer. */
export const documentOf = (title: string, body: string, base: string, script = ''): string =>
  '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">' +
  `<meta name="color-scheme" content="light dark"><title>${escaped(title)}</title><link rel="icon" href="data:,">` +
  `<link rel="stylesheet" href="${base}docs/docs.css">${script}</head><body>${body}</body></html>`;

/** The page that explains a problem type: what it means, what to do, and the routes that answer with it. */
export const problemPage = ({ code, status, title, routes }: ProblemType): string => {
  const listed = routes
    .map(({ method, path, summary }) => `<li><code>${method} ${escaped(path)}</code><br>${escaped(summary)}</li>`)
    .join('');
  return documentOf(
    `${named(code)} · Tocsin`,
    `<main><p class="kind">${status} · ${escaped(title)}</p><h1>${escaped(named(code))}</h1><p><code>${escaped(code)}</code></p>` +
      `<p>${escaped(ADVICE[status] ?? 'The detail of the document says what to do.').replaceAll(/`([^`]+)`/g, '<code>$1</code>')}</p>` +
      (listed === '' ? '' : `<h2>Routes that answer with it</h2><ul>${listed}</ul>`) +
      '<p><a href="../docs">The whole contract</a></p></main>',
    '../',
  );
};
