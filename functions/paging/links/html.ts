import type { Action } from '../../../shared/channels/channel.ts';
import { reply, type RefusalShape, type ReplyWithMark } from '../../../shared/http/route.ts';
import { outcomeInWords } from './link.ts';
import type { Opened } from './open-link.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => ESCAPES[char] ?? '');

/** Every pair of colours that carries text has a contrast of at least 4.5 to 1, by day and by night. */
const STYLE =
  ':root{color-scheme:light dark;--ink:#1b1b1f;--soft:#55565c;--paper:#fff;--line:#d9d9de;--act:#0b57d0;--on:#fff;' +
  '--critical:#a8071a;--error:#9a3412;--warning:#7a4d00;--info:#0b4f8a;--calm:#14622d}' +
  '@media(prefers-color-scheme:dark){:root{--ink:#ececf1;--soft:#a9abb3;--paper:#111114;--line:#34353b;--act:#a8c7fa;--on:#062e6f;' +
  '--critical:#ff8f8a;--error:#ffa76b;--warning:#f5c451;--info:#9accff;--calm:#7ddc94}}' +
  '*{box-sizing:border-box}' +
  'body{margin:0;font:1.0625rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:var(--ink);background:var(--paper);' +
  '-webkit-text-size-adjust:100%}' +
  'main{--mark:var(--line);display:flex;flex-direction:column;gap:1rem;max-width:34rem;min-height:100vh;min-height:100svh;margin:0 auto;' +
  'padding:1.5rem 1.25rem;padding-bottom:max(1.25rem,env(safe-area-inset-bottom));border-top:.375rem solid var(--mark)}' +
  '.how{color:var(--mark)}.calm .how{color:var(--soft)}.calm .says{font-weight:700}' +
  '.critical{--mark:var(--critical)}.error{--mark:var(--error)}.warning{--mark:var(--warning)}.info{--mark:var(--info)}' +
  '.calm{--mark:var(--calm)}' +
  'p,h1,dl,dd{margin:0}h1{font-size:1.5rem;line-height:1.25}main{overflow-wrap:anywhere}' +
  '.how{display:flex;flex-wrap:wrap;gap:.25rem .75rem;font-weight:700}.how span+span{font-weight:400;color:var(--soft)}' +
  '.what{white-space:pre-line;color:var(--soft)}' +
  'dl{display:grid;align-items:baseline;grid-template-columns:auto minmax(0,1fr);gap:.375rem 1rem}dt{color:var(--soft)}' +
  'a{color:var(--act);display:inline-block;padding:.25rem 0}' +
  '.says{padding:.875rem 1rem;border:1px solid var(--line);border-left:.375rem solid var(--mark);border-radius:.5rem}.says p+p{color:var(--soft)}' +
  '.on{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem}' +
  'form{position:sticky;bottom:0;margin-top:auto;padding:.75rem 0;background:var(--paper)}' +
  'button,.again{font:inherit;font-size:min(1.25rem,7vw);font-weight:700;overflow-wrap:normal;display:block;width:100%;min-height:4rem;padding:1rem;border:0;' +
  'border-radius:.75rem;background:var(--act);color:var(--on);text-align:center;text-decoration:none;cursor:pointer;touch-action:manipulation}' +
  ':focus-visible{outline:.1875rem solid var(--ink);outline-offset:.1875rem}' +
  'small{color:var(--soft);font-size:.9375rem}dd small{display:block}';

/** Nothing is loaded, nothing runs, and nobody may frame it. The address is a key, so no referrer carries it. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex',
};

/** An empty icon: without it a browser asks the API for one. */
const page = (title: string, mark: string, body: string): string =>
  '<!doctype html><html lang="en"><head><meta charset="utf-8">' +
  '<meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover">' +
  '<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">' +
  `<title>${escaped(title)}</title><style>${STYLE}</style></head>` +
  `<body><main class="${mark}">${body}</main></body></html>`;

const LABELS: Readonly<Record<Action, string>> = { acknowledge: 'Acknowledge', resolve: 'Resolve' };

const paragraph = (text: string): string => `<p>${escaped(text)}</p>`;

/** A fact and what it is called; left out where there is none. */
const fact = (name: string, html: string | null): string => (html === null ? '' : `<dt>${name}</dt><dd>${html}</dd>`);

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** How long ago an instant was, in the largest unit of which it was two or more, such as `90 minutes ago`. */
const ago = (instant: string, now: string): string => {
  const elapsedMs = Date.parse(now) - Date.parse(instant);
  const [unit, ms] = UNITS.find(([, each]) => elapsedMs >= 2 * each) ?? UNITS[2];
  return elapsedMs < ms ? 'just now' : new Intl.RelativeTimeFormat('en').format(-Math.floor(elapsedMs / ms), unit);
};

/** An instant in UTC, such as `Sat, 21 Nov, 03:12 UTC`. */
const inWords = (instant: string): string =>
  `${new Intl.DateTimeFormat('en-GB', {
    timeZone: 'UTC',
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  }).format(new Date(instant))} UTC`;

const sinceWhen = ({ firstSeenAt, shownAt }: Opened): string =>
  `<time datetime="${firstSeenAt}">${ago(firstSeenAt, shownAt)}</time> <small>${inWords(firstSeenAt)}</small>`;

const runbook = (url: string | null): string | null =>
  url === null ? null : `<a href="${escaped(url)}" rel="noreferrer noopener">${escaped(new URL(url).host)}</a>`;

const says = ({ outcome, standing }: Opened): string => (outcome ? outcomeInWords(outcome, inWords) : standing);

const saysHtml = (opened: Opened): string => {
  const { since } = opened;
  return `<div class="says" role="status">${paragraph(says(opened))}${since === null ? '' : paragraph(since)}</div>`;
};

const alertHtml = (opened: Opened): string => {
  const { title, severity, service, count } = opened;
  return (
    `<p class="how"><span>${severity.toUpperCase()}</span>${service === null ? '' : `<span>${escaped(service)}</span>`}</p>` +
    `<h1>${escaped(title)}</h1>` +
    '<dl>' +
    fact('Since', sinceWhen(opened)) +
    fact('Seen', count > 1 ? `${count} times` : null) +
    fact('Runbook', runbook(opened.runbookUrl)) +
    '</dl>'
  );
};

/** How a page of the console is reached from the page of a link. */
export interface Place {
  /** The path that was asked for, which may end in a slash. A stage may stand before it. */
  readonly path: string;
  /** Whether the console is on the same host. */
  readonly hasConsole: boolean;
}

/** The way on, where nothing is left to do here: to the alert in the console, and to its incident. */
const wayOn = ({ alertId, incidentId }: Opened, { path, hasConsole }: Place): string => {
  if (!hasConsole) return '';
  const root = path.endsWith('/') ? '../..' : '..';
  const incident =
    incidentId === null ? '' : ` <a href="${root}/incidents/${escaped(incidentId)}">Open its incident</a>`;
  return `<p class="on"><a href="${root}/alerts?state=all&amp;alert=${escaped(alertId)}">Open the alert</a>${incident}</p>`;
};

const pageOf = (opened: Opened, place: Place): string => {
  const { title, description, severity, status, person, offers } = opened;
  const rest =
    (description === '' ? '' : `<p class="what">${escaped(description)}</p>`) +
    (offers ? `<form method="post"><button type="submit">${LABELS[offers]}</button></form>` : '') +
    `<p><small>Sent to ${escaped(person)}${offers ? '; a tap acts in that name' : ''}.</small></p>`;
  // A screen reader reads the title first.
  return offers
    ? page(`${LABELS[offers]}? ${title}`, severity, alertHtml(opened) + saysHtml(opened) + rest)
    : page(
        `${says(opened)} ${title}`,
        status === 'open' ? severity : 'calm',
        saysHtml(opened) + alertHtml(opened) + wayOn(opened, place) + rest,
      );
};

/**
 * The page of a link, for a phone in the night, without script: what is wrong, how bad, since when, what to do about it, how it
 * stands, and one button within reach of the thumb where there is something to do; what came of it stands on top.
 */
export const linkPage = (opened: Opened, place: Place): ReplyWithMark =>
  reply({ status: 200, headers: HEADERS, body: pageOf(opened, place) });

/**
 * The same after a tap. It leads to the page of the link, which can be loaded again without another tap: relative to the path that was
 * asked for.
 */
export const tappedPage = (opened: Opened, key: string, place: Place): ReplyWithMark => {
  const location = `${place.path.endsWith('/') ? '..' : '.'}/${encodeURIComponent(key)}`;
  return reply({ status: 303, headers: { ...HEADERS, location }, body: pageOf(opened, place) });
};

/** A refusal for somebody who looks at a page. What passes by itself can be tried again, which changes nothing yet. */
export const refusalPage: RefusalShape = ({ status, title, detail, requestId }) => {
  const passes = status === 429 || status >= 500;
  const heading = passes ? title : 'This link does not work';
  return {
    status,
    headers: HEADERS,
    body: page(
      heading,
      status === 404 ? 'gone' : 'error',
      `<h1>${escaped(heading)}</h1><div class="says" role="status">${paragraph(detail)}</div>` +
        (passes ? '<p><a class="again" href="">Try again</a></p>' : '') +
        `<p><small>Request ${escaped(requestId)}</small></p>`,
    ),
  };
};
