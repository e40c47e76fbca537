import { createHmac } from 'node:crypto';
import type { Action } from '../../../shared/channels/channel.ts';
import { notFound } from '../../../shared/kernel/errors.ts';
import type { Alert } from '../../alerts/port.ts';
import type { Subject } from '../subject.ts';

export const unknownLink = () =>
  notFound('link.unknown', 'This link is unknown or expired. Open the alert in Tocsin instead.');

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

/** What a tap or an answer did, or why it did nothing. */
export type Outcome =
  | { readonly code: 'done'; readonly action: Action }
  | {
      readonly code: 'already_resolved' | 'already_acknowledged';
      readonly by: string | null;
      readonly at: string | null;
    }
  | { readonly code: 'refused'; readonly detail: string };

/** A link as it is stored, under the hash of its token. */
export interface StoredLink extends Link {
  /** When it was tapped first. */
  readonly usedAt?: string;
  /** The outcome of the first tap, once that is known. */
  readonly outcome?: Outcome;
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

/** The state of an alert, in a sentence. */
export const standing = ({ status, acknowledgedBy, resolvedBy }: Alert): string => {
  if (status === 'resolved') return `${resolvedBy} has resolved this alert.`;
  return status === 'acknowledged'
    ? `${acknowledgedBy} has acknowledged this alert.`
    : 'Nobody has acknowledged this alert.';
};

/** Whether a link's action would still change anything. */
export const changes = ({ action }: Link, { status }: Alert): boolean =>
  action === 'resolve' ? status !== 'resolved' : status === 'open';

const DONE: Readonly<Record<Action, string>> = {
  acknowledge: 'You have acknowledged this alert.',
  resolve: 'You have resolved this alert.',
};

/** The outcome in a sentence; `clock` writes an instant as its reader wants it. */
export const outcomeInWords = (outcome: Outcome, clock: (instant: string) => string = (instant) => instant): string => {
  switch (outcome.code) {
    case 'done':
      return DONE[outcome.action];
    case 'already_resolved':
      return `${outcome.by} resolved this alert at ${clock(outcome.at ?? '')}.`;
    case 'already_acknowledged':
      return `${outcome.by} acknowledged this alert at ${clock(outcome.at ?? '')}.`;
    case 'refused':
      return outcome.detail;
  }
};

/** How the alert changed after its link was tapped; null where it is as the link left it. */
export const since = ({ outcome }: Pick<StoredLink, 'outcome'>, { status, resolvedBy }: Alert): string | null => {
  if (outcome === undefined) return null;
  if (status === 'open') return 'It is firing again. Use the links in the latest message.';
  const hasAcknowledged = outcome.code === 'done' && outcome.action === 'acknowledge';
  return status === 'resolved' && hasAcknowledged ? `${resolvedBy} has resolved it since.` : null;
};
