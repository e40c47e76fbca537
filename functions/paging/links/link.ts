import { createHmac } from 'node:crypto';
import type { Action } from '../../../shared/channels/channel.ts';
import { notFound } from '../../../shared/kernel/errors.ts';
import type { Alert } from '../../alerts/port.ts';
import type { Subject } from '../subject.ts';

export const unknownLink = () =>
  notFound('link.unknown', 'This link is not known, or is over. Open the alert in Tocsin instead.');

/** Quiet hours may hold a page back for most of a day, and its links begin with its plan. */
const HOURS = 48;

/** What a link is bound to: one person does one thing to one alert, for two days. */
export interface Link {
  readonly alertId: string;
  readonly userId: string;
  readonly action: Action;
  /** Key of the page that it was sent with. */
  readonly pageKey: string;
  /** RFC 3339 UTC. */
  readonly expiresAt: string;
}

/** A link as it is stored, under the hash of its token. */
export interface StoredLink extends Link {
  /** When it was tapped first. */
  readonly usedAt?: string;
  /** What came of it, once that is known. */
  readonly outcome?: string;
}

export const linkFor = (
  page: { readonly subject: Subject; readonly key: string; readonly plannedAt: string },
  userId: string,
  action: Action,
): Link => ({
  alertId: page.subject.id,
  userId,
  action,
  pageKey: page.key,
  expiresAt: new Date(Date.parse(page.plannedAt) + HOURS * 3_600_000).toISOString(),
});

export const TOKEN_CHARS = 22;

/** The token of a link: 132 bits of HMAC-SHA256 over all that it is bound to, the same in every attempt of a page. */
export const tokenOf = (key: string, { alertId, userId, action, pageKey, expiresAt }: Link): string =>
  createHmac('sha256', key)
    .update(JSON.stringify(['link', alertId, userId, action, pageKey, expiresAt]))
    .digest('base64url')
    .slice(0, TOKEN_CHARS);

/** How it stands with an alert, in a sentence. */
export const standing = ({ status, acknowledgedBy, resolvedBy }: Alert): string => {
  if (status === 'resolved') return `${resolvedBy} has resolved this alert.`;
  return status === 'acknowledged'
    ? `${acknowledgedBy} has acknowledged this alert.`
    : 'Nobody has acknowledged this alert.';
};

/** Whether a link's action would still change anything. */
export const changes = ({ action }: Link, { status }: Alert): boolean =>
  action === 'resolve' ? status !== 'resolved' : status === 'open';

/** What comes of a link where nothing stands against it. */
export const DONE: Readonly<Record<Action, string>> = {
  acknowledge: 'You have acknowledged this alert.',
  resolve: 'You have resolved this alert.',
};

/** What has become of an alert since its link was tapped; null where it stands as the link left it. */
export const since = ({ outcome }: Pick<StoredLink, 'outcome'>, { status, resolvedBy }: Alert): string | null => {
  if (outcome === undefined) return null;
  if (status === 'open') return 'It rings again since. The links of the latest message take care of it.';
  return status === 'resolved' && outcome === DONE.acknowledge ? `${resolvedBy} has resolved it since.` : null;
};
