import { STATUS_NAMES } from '../notices/notice.ts';
import { escaped } from './escape.ts';
import type { ShownNotice, View } from './view.ts';

/** A feed has so many entries; a reader of feeds asks more often than that. */
const MAX_ENTRIES = 50;

interface Entry {
  readonly notice: ShownNotice;
  readonly update: ShownNotice['updates'][number];
}

const entryOf = (page: string, url: string, { notice, update }: Entry): string =>
  `<entry><id>urn:tocsin:status:${page}:${notice.id}:${update.number}</id>` +
  `<title>${escaped(`${STATUS_NAMES[update.status]}: ${notice.title}`)}</title>` +
  `<updated>${update.at}</updated><link rel="alternate" href="${escaped(url)}#${notice.id}"/>` +
  `<content type="text">${escaped(update.text)}</content></entry>`;

/** Every public update, newest first, as Atom (RFC 4287). It has no instant of its own, so it changes only with the updates. */
export const atomFeed = (view: View, url: string): string => {
  const entries = [...view.active, ...view.planned, ...view.past]
    .flatMap((notice) => notice.updates.map((update): Entry => ({ notice, update })))
    .sort((a, b) => (a.update.at < b.update.at ? 1 : -1))
    .slice(0, MAX_ENTRIES);
  const updated = entries[0]?.update.at ?? '1970-01-01T00:00:00.000Z';
  return (
    '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">' +
    `<id>urn:tocsin:status:${view.id}</id><title>${escaped(view.name)}</title><updated>${updated}</updated>` +
    `<author><name>${escaped(view.name)}</name></author>` +
    `<link rel="self" type="application/atom+xml" href="${escaped(url)}.atom"/><link rel="alternate" type="text/html" href="${escaped(url)}"/>` +
    `${entries.map((each) => entryOf(view.id, url, each)).join('')}</feed>\n`
  );
};
