import { createHash } from 'node:crypto';
import { reply, type RefusalShape, type ReplyWithMark } from '../../../shared/http/route.ts';
import { escaped } from '../rendering/escape.ts';

const STYLE =
  ':root{color-scheme:light dark}body{margin:0;font:1.0625rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:#16181d;background:#fff}' +
  'main{max-width:34rem;margin:0 auto;padding:3rem 1.25rem;overflow-wrap:anywhere}h1{font-size:1.375rem;line-height:1.3;margin:0 0 .75rem}p{margin:0 0 1rem}' +
  'button{font:inherit;font-weight:600;padding:.75rem 1.5rem;border:0;border-radius:.5rem;color:#fff;background:#0b57d0;cursor:pointer}' +
  '@media(prefers-color-scheme:dark){body{color:#eceef2;background:#14161a}button{color:#062e6f;background:#a8c7fa}}';

/** Nothing is loaded and nothing runs. The address is a key, so no referrer carries it. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex',
};

const page = (title: string, body: string): string =>
  '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">' +
  `<link rel="icon" href="data:,"><title>${escaped(title)}</title><style>${STYLE}</style></head><body><main><h1 dir="auto">${escaped(title)}</h1>${body}</main></body></html>`;

/** A page that says one thing, with a button where there is something to do. The button posts to the same address. */
export const saying = (
  title: string,
  text: string,
  { button, status = 200 }: { readonly button?: string; readonly status?: number } = {},
): ReplyWithMark =>
  reply({
    status,
    headers: HEADERS,
    body: page(
      title,
      `<p role="status">${escaped(text)}</p>${button === undefined ? '' : `<form method="post"><button type="submit">${button}</button></form>`}`,
    ),
  });

/** A refusal for a person who looks at a page. */
export const refusalPage: RefusalShape = ({ status, title, detail }) => ({
  status,
  headers: HEADERS,
  body: page(status === 404 ? 'This link does not work' : title, `<p role="status">${escaped(detail)}</p>`),
});
