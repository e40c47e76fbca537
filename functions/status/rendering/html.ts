import { STATUS_NAMES } from '../notices/notice.ts';
import { STATE_NAMES, type ComponentState } from '../pages/component-state.ts';
import { escaped } from './escape.ts';
import { DAYS, type Day, type ShownComponent, type ShownNotice, type View } from './view.ts';
import { dayOf, headlineOf, lengthOf, minuteOf, percentText } from './words.ts';

/** Each state has a form of its own, so that nobody needs colours to tell them apart. */
const ICONS: Readonly<Record<ComponentState, string>> = {
  operational: '<circle cx="12" cy="12" r="10"/><path d="m7.5 12.5 3 3 6-6.5"/>',
  unknown:
    '<circle cx="12" cy="12" r="10" stroke-dasharray="3 3"/><path d="M12 16.5v.01M9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .8-1 1.5"/>',
  maintenance: '<path d="M14.7 6.3a4 4 0 0 0-5.3 5.3L3 18l3 3 6.4-6.4a4 4 0 0 0 5.3-5.3l-2.7 2.7-2.5-.5-.5-2.5z"/>',
  degraded: '<path d="M12 3 2 20.5h20z"/><path d="M12 10v4.5M12 17.5v.01"/>',
  partial_outage: '<circle cx="12" cy="12" r="10"/><path d="M12 7v6M12 16.5v.01"/>',
  major_outage: '<path d="M8 2h8l6 6v8l-6 6H8l-6-6V8z"/><path d="m9 9 6 6m0-6-6 6"/>',
};

const symbols = (states: Iterable<ComponentState>): string =>
  `<svg width="0" height="0" aria-hidden="true" hidden>${[...new Set(states)]
    .map((state) => `<symbol id="${state}" viewBox="0 0 24 24">${ICONS[state]}</symbol>`)
    .join('')}</svg>`;

const icon = (state: ComponentState): string => `<svg class="i" aria-hidden="true"><use href="#${state}"/></svg>`;

const time = (instant: string): string => `<time datetime="${instant}">${minuteOf(instant)}</time>`;

/** The colour of a day: nothing known, no outage, or an outage of some length. */
const levelOf = ({ observedSeconds, downSeconds }: Day): 'bn' | 'b0' | 'b1' | 'b2' | 'b3' => {
  if (observedSeconds === 0) return 'bn';
  if (downSeconds === 0) return 'b0';
  return downSeconds < 300 ? 'b1' : downSeconds < 3_600 ? 'b2' : 'b3';
};

const STEP = 4;

/** All days as one dashed line, and above it those of which nothing is known, and those with an outage, which say how long it was. */
const bars = (days: readonly Day[]): string => {
  const blank = days.map((day, i) => (levelOf(day) === 'bn' ? `M${i * STEP + 2} 0v28` : '')).join('');
  const bad = days
    .map((day, i) =>
      day.downSeconds === 0
        ? ''
        : `<path class="${levelOf(day)}" d="M${i * STEP + 2} 0v28"><title>${day.day}: ${lengthOf(day.downSeconds)} down</title></path>`,
    )
    .join('');
  const calm = days.every((day) => levelOf(day) === 'bn')
    ? ''
    : `<path class="b0" d="M.5 14h${DAYS * STEP}" stroke-width="28" stroke-dasharray="3 1"/>`;
  return `${calm}${blank && `<path class="bn" d="${blank}"/>`}${bad}`;
};

const history = ({ days, uptimePercent }: ShownComponent): string => {
  if (days === null) return '';
  const bad = days.filter(({ downSeconds }) => downSeconds > 0).length;
  const says = uptimePercent === null ? 'nothing observed' : `${percentText(uptimePercent)} uptime`;
  const label = `${DAYS} days: ${says}, ${bad === 0 ? 'no day' : bad === 1 ? '1 day' : `${bad} days`} with an outage`;
  return (
    `<svg class="bars" viewBox="0 0 ${DAYS * STEP} 28" preserveAspectRatio="none" role="img" aria-label="${label}">${bars(days)}</svg>` +
    `<div class="scale"><span>${DAYS} days ago</span><span>${says}</span><span>Today</span></div>`
  );
};

const component = (shown: ShownComponent): string =>
  `<div class="row ${shown.state}"><div class="top"><h3 dir="auto">${escaped(shown.name)}</h3>` +
  `<span class="state">${icon(shown.state)}${STATE_NAMES[shown.state]}</span></div>` +
  (shown.description === '' ? '' : `<p dir="auto">${escaped(shown.description)}</p>`) +
  `${history(shown)}</div>`;

const OF_IMPACT: Readonly<Record<ShownNotice['impact'], ComponentState>> = {
  none: 'unknown',
  minor: 'degraded',
  major: 'partial_outage',
  critical: 'major_outage',
};

const markOf = ({ kind, impact, endedAt }: ShownNotice): ComponentState => {
  if (kind === 'maintenance') return 'maintenance';
  return endedAt === null ? OF_IMPACT[impact] : 'operational';
};

const spanOf = ({ kind, from, to, startedAt, endedAt }: ShownNotice): string => {
  if (kind === 'maintenance' && from !== null && to !== null) return `${time(from)} to ${time(endedAt ?? to)}`;
  if (endedAt === null) return `Since ${time(startedAt)}`;
  const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
  return `${time(startedAt)}, over after ${lengthOf(seconds)}`;
};

const notice = (shown: ShownNotice, level: 2 | 3 = 3): string =>
  `<article class="card notice ${markOf(shown)}" id="${shown.id}"><h${level} dir="auto">${escaped(shown.title)}</h${level}>` +
  `<p class="meta">${spanOf(shown)}${
    shown.components.length === 0
      ? ''
      : ` · ${shown.components.map((name) => `<bdi>${escaped(name)}</bdi>`).join(', ')}`
  }</p><ol class="updates">${shown.updates
    .map(
      ({ at, status, text }) => `<li><b>${STATUS_NAMES[status]}</b>${time(at)}<p dir="auto">${escaped(text)}</p></li>`,
    )
    .join('')}</ol></article>`;

const section = (title: string, body: string, id = ''): string =>
  body === '' ? '' : `<section${id && ` id="${id}"`}><h2>${title}</h2>${body}</section>`;

/** The origin of a logo, which the policy of the page lets in; data: URLs are always let in. */
const logoSource = (logo: string | null): string =>
  logo === null || logo.startsWith('data:') ? '' : ` ${new URL(logo).origin}`;

const DOTS: Readonly<Record<ComponentState, string>> = {
  operational: '3bb26a',
  unknown: '8a909c',
  maintenance: '2f7fd6',
  degraded: 'd9971a',
  partial_outage: 'e0702a',
  major_outage: 'd6323c',
};

/** The icon of a tab has the colour of the state. */
const favicon = (state: ComponentState): string =>
  `data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Ccircle cx='8' cy='8' r='7' fill='%23${DOTS[state]}'/%3E%3C/svg%3E`;

interface Frame {
  readonly view: View;
  readonly title: string;
  /** Address of the page and of its other files, seen from this one, such as `acme`. */
  readonly base: string;
  readonly body: string;
  /** Of which instant it is, in the footer. */
  readonly at?: string;
}

/**
 * A whole document without script. Nothing is loaded but the style sheet, and a logo that has an address. The policy holds also where the
 * file is served without headers.
 */
const documentOf = ({ view, title, base, body, at }: Frame): string =>
  '<!doctype html><html lang="en"><head><meta charset="utf-8">' +
  `<meta http-equiv="content-security-policy" content="default-src 'none';style-src 'self';img-src 'self' data:${escaped(logoSource(view.logo))};form-action 'self';base-uri 'none'">` +
  '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="same-origin">' +
  (view.isPrivate ? '<meta name="robots" content="noindex">' : '') +
  `<title>${escaped(title)}</title><link rel="icon" href="${favicon(view.overall)}"><link rel="stylesheet" href="${base}.css">` +
  `<link rel="alternate" type="application/atom+xml" title="Updates" href="${base}.atom"></head><body>` +
  `<header><div class="wrap">${view.logo === null ? '' : `<img src="${escaped(view.logo)}" alt="">`}<h1 dir="auto">${
    view.homeUrl === null
      ? escaped(view.name)
      : `<a href="${escaped(view.homeUrl)}" rel="noreferrer">${escaped(view.name)}</a>`
  }</h1><a class="jump" href="${base}.atom">Atom feed</a></div></header>` +
  `<main class="wrap">${body}</main>` +
  `<footer><div class="wrap">${at === undefined ? '' : `<span>As of ${time(at)}</span>`}<a href="${base}.json">JSON</a><a href="${base}.svg">Badge</a></div></footer></body></html>`;

const subscribing = (id: string): string =>
  section(
    'Get updates',
    '<p class="quiet">By mail, once you have confirmed your address. Each mail has a link to unsubscribe.</p>' +
      `<form method="post" action="/api/status/pages/${id}/subscribers"><label for="email">E-mail address</label>` +
      '<input id="email" name="email" type="email" required maxlength="254" autocomplete="email"><button type="submit">Subscribe</button></form>',
    'subscribe',
  );

/** The page: the state in one line, what is going on, the components, what is planned and what is over. */
export const pageHtml = (view: View, base: string, takesSubscribers: boolean): string => {
  const states: ComponentState[] = [
    view.overall,
    ...view.groups.flatMap(({ components }) => components.map(({ state }) => state)),
  ];
  const headline = headlineOf(view);
  return documentOf({
    view,
    title: `${headline} · ${view.name}`,
    base,
    at: view.at,
    body:
      symbols(states) +
      `<div class="now ${view.overall}" role="status">${icon(view.overall)}<div><p>${headline}</p><p>As of ${time(view.at)}</p></div></div>` +
      (view.description === '' ? '' : `<p class="about" dir="auto">${escaped(view.description)}</p>`) +
      section('Happening now', view.active.map((each) => notice(each)).join('')) +
      section('Planned maintenance', view.planned.map((each) => notice(each)).join('')) +
      view.groups
        .map(({ name, components }) =>
          section(
            name === null ? 'Components' : `<bdi>${escaped(name)}</bdi>`,
            components.length === 0 ? '' : `<div class="card">${components.map(component).join('')}</div>`,
          ),
        )
        .join('') +
      section(
        'Past week',
        (view.recent.length === 0
          ? '<p class="quiet">Nothing was reported in the past seven days.</p>'
          : view.recent.map((each) => notice(each)).join('')) +
          `<a class="more" href="${base}/history">All incidents and maintenance</a>`,
      ) +
      (takesSubscribers ? subscribing(view.id) : ''),
  });
};

/** All notices that are over, by month. */
export const historyHtml = (view: View, base: string): string => {
  const months = Map.groupBy(view.past, ({ startedAt }) => dayOf(startedAt).replace(/^\d+ /, ''));
  return documentOf({
    view,
    title: `History · ${view.name}`,
    base,
    body:
      `<p><a href="${base}">Current status</a></p>` +
      (view.past.length === 0
        ? section('History', '<p class="quiet">Nothing was reported so far.</p>')
        : [...months].map(([month, own]) => section(month, own.map((each) => notice(each)).join(''))).join('')),
  });
};

/** What stands at an address that has no page any more. */
export const goneHtml = (): string =>
  '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">' +
  '<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex"><link rel="icon" href="data:,"><title>No status page</title></head>' +
  '<body><main><h1>There is no status page at this address</h1><p>Ask the people who gave you the address for the present one.</p></main></body></html>';

/** What stands at the public address of a private page. It names nothing but asks for the token. */
export const gateHtml = (view: View, base: string): string =>
  '<!doctype html><html lang="en"><head><meta charset="utf-8">' +
  `<meta http-equiv="content-security-policy" content="default-src 'none';style-src 'self';img-src data:;form-action 'self';base-uri 'none'">` +
  '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">' +
  `<title>Status page</title><link rel="icon" href="data:,"><link rel="stylesheet" href="${base}.css"></head><body><main class="wrap">` +
  `<section><h1>This status page is private</h1><form method="post" action="/api/status/pages/${view.id}/open">` +
  '<label for="token">Token</label><input id="token" name="token" type="password" required maxlength="128" autocomplete="current-password">' +
  '<button type="submit">Open</button></form></section></main></body></html>';
