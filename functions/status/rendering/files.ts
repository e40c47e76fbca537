import { privatePath, publicPath } from '../pages/address.ts';
import type { StoredPage } from '../pages/page.ts';
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

/** What a page must know of the stage that it is rendered in. */
export interface Place {
  /** Address of the host, with a slash at its end. */
  readonly publicUrl: string;
  /** Whether readers can subscribe by e-mail. */
  readonly takesSubscribers: boolean;
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
const filesAt = (path: string, view: View, { publicUrl, takesSubscribers }: Place): RenderedFile[] => {
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
    file(path, HTML, pageHtml(view, base, takesSubscribers && !view.isPrivate), { tellsTime: true }),
  ];
};

const goneBadges = (path: string, components: readonly string[]): RenderedFile[] =>
  components.map((id) => file(`${path}/${id}.svg`, ENDINGS['.svg'], ''));

/** What takes the place of a page at an address, with the badges that it had there. */
const gone = (path: string, components: readonly string[]): RenderedFile[] => [
  ...goneBadges(path, components),
  ...Object.entries(ENDINGS).map(([ending, contentType]) =>
    contentType === HTML ? file(path + ending, HTML, goneHtml()) : file(path + ending, contentType, ''),
  ),
  file(path, HTML, goneHtml()),
];

/** What a page has been: its files are replaced at addresses and of components that are no longer valid. */
type Former = Pick<StoredPage, 'secretPath' | 'formerPaths' | 'formerComponents' | 'deleted'>;

/** The files that make a page, and those that take the place of what was there before. */
export const filesOf = (
  view: View,
  { secretPath, formerPaths, formerComponents, deleted }: Former,
  place: Place,
): RenderedFile[] => {
  const present = view.groups.flatMap(({ components }) => components.map(({ id }) => id));
  const all = [...formerComponents, ...present];
  const own = publicPath(view.id);
  const secret = secretPath === null ? undefined : privatePath(secretPath);
  const shown = deleted ? undefined : view.isPrivate ? secret : own;
  const former = [
    ...formerPaths.map(privatePath),
    ...(secret !== undefined && secret !== shown ? [secret] : []),
  ].flatMap((path) => gone(path, all));
  if (shown === undefined && deleted) return [...former, ...gone(own, all)];
  const page = shown === undefined ? [] : [...goneBadges(shown, formerComponents), ...filesAt(shown, view, place)];
  if (!view.isPrivate) return [...former, ...page];
  return [
    ...former,
    ...page,
    ...gone(own, all).filter(({ key }) => key !== own && key !== `${own}.css`),
    file(`${own}.css`, ENDINGS['.css'], styleSheet(view.colour), { maxAgeSeconds: STEADY }),
    file(own, HTML, gateHtml(view, view.id)),
  ];
};
