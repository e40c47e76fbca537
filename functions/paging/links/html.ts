import { reply, type RefusalShape, type ReplyWithMark } from '../../../shared/http/route.ts';
import type { Opened } from './open.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => ESCAPES[char] ?? '');

const STYLE =
  'body{font:18px/1.5 system-ui,sans-serif;max-width:34rem;margin:0 auto;padding:1.5rem;color:#1c1c1c;background:#fff}' +
  'h1{font-size:1.4rem;overflow-wrap:anywhere}button{font:inherit;font-weight:600;width:100%;padding:1rem;border:0;' +
  'border-radius:.5rem;background:#b3261e;color:#fff}small{color:#555}' +
  '@media(prefers-color-scheme:dark){body{color:#eee;background:#111}small{color:#aaa}}';

/** Nothing is loaded, nothing runs, nobody may frame it, and the address, which is a key, is told to nobody. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex',
};

const page = (title: string, body: string): string =>
  '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">' +
  `<title>${escaped(title)}</title><style>${STYLE}</style></head><body>${body}</body></html>`;

const LABELS = { acknowledge: 'Acknowledge', resolve: 'Resolve' } as const;

/** The page of a link, for a phone, without script: one button where there is something to do. */
export const linkPage = ({ title, severity, service, person, says, offers }: Opened): ReplyWithMark =>
  reply({
    status: 200,
    headers: HEADERS,
    body: page(
      title,
      `<p><small>${escaped(severity.toUpperCase())}${service === null ? '' : ` · ${escaped(service)}`}</small></p>` +
        `<h1>${escaped(title)}</h1><p role="status">${escaped(says)}</p>` +
        (offers ? `<form method="post"><button type="submit">${LABELS[offers]}</button></form>` : '') +
        `<p><small>Sent to ${escaped(person)}.</small></p>`,
    ),
  });

/** A refusal for somebody who looks at a page. */
export const refusalPage: RefusalShape = ({ status, title, detail, requestId }) => ({
  status,
  headers: HEADERS,
  body: page(
    title,
    `<h1>${escaped(title)}</h1><p role="status">${escaped(detail)}</p><p><small>${escaped(requestId)}</small></p>`,
  ),
});
