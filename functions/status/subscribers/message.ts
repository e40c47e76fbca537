import type { Message } from '../../../shared/channels/channel.ts';
import { publicPath } from '../pages/address.ts';
import type { StoredPage } from '../pages/page.ts';
import { STATUS_NAMES, type Notice, type Update } from '../notices/notice.ts';
import { linkToken, type StoredSubscriber } from './subscriber.ts';

/** The address of a link in a mail. A GET shows a page with a button, and only the POST of it changes something. */
export const subscriptionUrl = (
  publicUrl: string,
  key: string,
  purpose: 'confirm' | 'unsubscribe',
  subscriber: Pick<StoredSubscriber, 'page' | 'id' | 'requestedAt'>,
): string =>
  `${publicUrl}api/status/pages/${subscriber.page}/subscribers/${subscriber.id}/${purpose}/${linkToken(key, purpose, subscriber)}`;

/** An update as a subscriber gets it. */
export const updateMessage = (
  page: StoredPage,
  notice: Pick<Notice, 'id' | 'title' | 'kind' | 'impact'>,
  update: Update,
  subscriber: StoredSubscriber,
  { publicUrl, key }: { readonly publicUrl: string; readonly key: string },
): Message => {
  const url = publicUrl + publicPath(page.id);
  const isMail = subscriber.channel === 'email';
  const unsubscribeUrl = subscriptionUrl(publicUrl, key, 'unsubscribe', subscriber);
  const headline = `${page.name}: ${notice.title} (${STATUS_NAMES[update.status].toLowerCase()})`;
  return {
    to: subscriber.to,
    contactId: subscriber.id,
    secretGeneration: 0,
    text: isMail ? `${headline}\n\n${update.text}\n\nStatus page: ${url}\nUnsubscribe: ${unsubscribeUrl}` : headline,
    ...(isMail && { unsubscribeUrl }),
    data: {
      type: 'status',
      page: { id: page.id, name: page.name, url },
      notice: { id: notice.id, kind: notice.kind, title: notice.title, impact: notice.impact },
      update: { number: update.number, at: update.at, status: update.status, text: update.text },
    },
  };
};
