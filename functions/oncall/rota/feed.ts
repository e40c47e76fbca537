import { timingSafeEqual } from 'node:crypto';
import * as z from 'zod/mini';
import type { AuditActor, AuditEvent } from '../../../shared/kernel/audit-event.ts';
import { notFound } from '../../../shared/kernel/errors.ts';
import { newSecret, sha256 } from '../../../shared/kernel/ids.ts';
import { UserId } from '../../../shared/kernel/user-id.ts';

/** A schedule has at most so many calendar links. */
export const MAX_FEEDS = 50;

export const noSuchFeed = () => notFound('feed.not_found', 'There is no such calendar link.');

/** A calendar link shows the whole schedule, or the shifts of one person. */
export const AddFeed = z
  .strictObject({ userId: z._default(z.nullable(UserId), null) })
  .register(z.globalRegistry, { id: 'AddCalendarFeed' });
export type AddFeed = z.infer<typeof AddFeed>;

export const FeedView = z
  .object({
    id: z.string(),
    userId: z.nullable(z.string()),
    createdAt: z.string(),
    createdBy: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
  })
  .register(z.globalRegistry, { id: 'CalendarFeed' });
export type FeedView = z.infer<typeof FeedView>;

/** A text that a link shows, by its hash, and since when it shows it: RFC 3339 UTC, whole seconds. */
export interface Shown {
  readonly hash: string;
  readonly since: string;
}

/**
 * The text that a link shows now, after the one that it showed before. Each text has a second of its own, so clients that compare
 * times see each change.
 */
export const shownNow = (hash: string, before: Shown | undefined, at: Date): Shown => {
  if (before?.hash === hash) return before;
  const earliest = before === undefined ? 0 : Date.parse(before.since) + 1_000;
  const second = Math.floor(at.getTime() / 1_000) * 1_000;
  return { hash, since: new Date(Math.max(second, earliest)).toISOString() };
};

/** A calendar link as it is stored: of its secret only the hash. */
export interface Feed extends FeedView {
  readonly scheduleId: string;
  readonly secretHash: string;
  /** What it showed last, as a hash, and since when. */
  readonly shown?: Shown;
  readonly createdBy: AuditActor;
  readonly event: AuditEvent;
}

export const feedView = ({ id, userId, createdAt, createdBy }: Feed): FeedView => ({
  id,
  userId,
  createdAt,
  createdBy,
});

/** What opens a link: its id and a secret, `ical_01jd….Zm9v…`. */
export const newFeedKey = (id: string): { readonly key: string; readonly secretHash: string } => {
  const secret = newSecret();
  return { key: `${id}.${secret}`, secretHash: sha256(secret) };
};

/** A key, or the id alone, by which a link is deleted. */
export const FEED_KEY_FORM = /^ical_[0-9a-z]{26}(?:\.[A-Za-z0-9_-]{43})?$/;

/** The id within a key. Any other text stays as it is. */
export const feedIdIn = (key: string): string => key.split('.', 1)[0] ?? '';

/** True where the key is the feed's own. Takes the same time for every key. */
export const opensFeed = ({ id, secretHash }: Feed, key: string): boolean =>
  timingSafeEqual(Buffer.from(sha256(key.slice(id.length + 1))), Buffer.from(secretHash));
