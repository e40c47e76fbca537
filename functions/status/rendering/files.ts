import { privatePath, publicPath } from '../pages/address.ts';
import { badge } from './badge.ts';
import { atomFeed } from './feed.ts';
import { gateHtml, goneHtml, historyHtml, pageHtml } from './html.ts';
import { styleSheet } from './style.ts';
import { summaryJson } from './summary.ts';
import type { View } from './view.ts';

/** A file of a page. */
export interface RenderedFile {
  /** Also its path on the host, without the first slash. */
  readonly key: string;
  readonly contentType: string;
  /** For how many seconds a cache may answer with it. */
  readonly maxAgeSeconds: number;
  /** It says of which minute it is, so it changes although nothing else does. */
  readonly tellsTime: boolean;
  readonly body: string;
}

const HTML = 'text/html; charset=utf-8';
const FRESH = 15;
/** What changes only when the brand does. */
const STEADY = 300;

const file = (key: string, contentType: string, body: string, over: Partial<RenderedFile> = {}): RenderedFile => ({
  key,
  contentType,
  maxAgeSeconds: FRESH,
  tellsTime: false,
  body,
  ...over,
});

/** The endings of the files of a page, beside the page itself. */
const ENDINGS = {
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.atom': 'application/atom+xml; charset=utf-8',
  '.svg': 'image/svg+xml',
  '/history': HTML,
} as const;

/** The files of a page at one address. Each is whole by itself, so a rendering that dies half way leaves a page that works. */
const filesAt = (path: string, view: View, publicUrl: string, subscribing: string): RenderedFile[] => {
  const base = path.slice(path.lastIndexOf('/') + 1);
  const url = publicUrl + path;
  const components = view.groups.flatMap((group) => group.components);
  return [
    file(`${path}.css`, ENDINGS['.css'], styleSheet(view.colour), { maxAgeSeconds: STEADY }),
    file(`${path}.json`, ENDINGS['.json'], summaryJson(view, url), { tellsTime: true }),
    file(`${path}.atom`, ENDINGS['.atom'], atomFeed(view, url)),
    file(`${path}.svg`, ENDINGS['.svg'], badge(view.name, view.overall)),
    ...components.map(({ id, name, state }) => file(`${path}/${id}.svg`, ENDINGS['.svg'], badge(name, state))),
    // From below its folder the page is one step up.
    file(`${path}/history`, HTML, historyHtml(view, `../${base}`)),
    file(path, HTML, pageHtml(view, base, subscribing), { tellsTime: true }),
  ];
};

const gone = (path: string): RenderedFile[] => [
  ...Object.entries(ENDINGS).map(([ending, contentType]) =>
    contentType === HTML ? file(path + ending, HTML, goneHtml()) : file(path + ending, contentType, ''),
  ),
  file(path, HTML, goneHtml()),
];

/** The files that make a page, and those that take the place of what was at its former addresses. */
export const filesOf = (
  view: View,
  {
    secretPath,
    formerPaths,
    deleted,
  }: { readonly secretPath: string | null; readonly formerPaths: readonly string[]; readonly deleted: boolean },
  publicUrl: string,
  subscribing = '',
): RenderedFile[] => {
  const own = publicPath(view.id);
  const former = formerPaths.map(privatePath).flatMap(gone);
  const secret = secretPath === null ? undefined : privatePath(secretPath);
  if (deleted) return [...former, ...(secret === undefined ? [] : gone(secret)), ...gone(own)];
  if (!view.isPrivate) {
    return [...former, ...(secret === undefined ? [] : gone(secret)), ...filesAt(own, view, publicUrl, subscribing)];
  }
  return [
    ...former,
    ...(secret === undefined ? [] : filesAt(secret, view, publicUrl, subscribing)),
    ...gone(own).filter(({ key }) => key !== own && key !== `${own}.css`),
    file(`${own}.css`, ENDINGS['.css'], styleSheet(view.colour), { maxAgeSeconds: STEADY }),
    file(own, HTML, gateHtml(view, view.id)),
  ];
};
