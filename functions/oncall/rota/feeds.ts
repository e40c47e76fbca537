import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { newId, sha256 } from '../../../shared/kernel/ids.ts';
import { settleLimit } from '../../../shared/kernel/map-limit.ts';
import type { Page } from '../../../shared/kernel/page.ts';
import type { People } from '../../auth/port.ts';
import { calendarOf } from './calendar.ts';
import type { Tagged } from './conditional.ts';
import {
  MAX_FEEDS,
  feedIdIn,
  feedView,
  newFeedKey,
  noSuchFeed,
  opensFeed,
  shownNow,
  type AddFeed,
  type Feed,
  type FeedView,
} from './feed.ts';
import { noSuchSchedule, type NamingDeps, type ScheduleDeps } from './get.ts';
import { refuseStrangers } from './refuse-strangers.ts';
import { render } from './render.ts';
import { DAY_MS } from '../../../shared/calendar/wall-clock.ts';

const DAYS_BEHIND = 31;
const DAYS_AHEAD = 92;

/** A schedule, and the key or id of one of its calendar links. */
interface FeedKey {
  readonly id: string;
  readonly key: string;
}

const feedEvent = (
  type: string,
  [scheduleId, name, feed]: readonly [scheduleId: string, name: string, feed: string],
  { caller, origin }: Request,
  at: Date,
) =>
  auditEvent(
    { type, actor: actorOf(caller), subject: { kind: 'schedule', id: scheduleId, name }, detail: { feed } },
    origin,
    at,
  );

/** Creates a calendar link. Its key is shown once, and stored as a hash. */
export const addFeed = async (
  deps: NamingDeps,
  request: Request,
  { id: scheduleId, userId }: AddFeed & { readonly id: string },
): Promise<FeedView & { readonly key: string; readonly path: string }> => {
  const { store, clock } = deps;
  const at = clock.now();
  await refuseStrangers(deps, [['/userId', userId]]);
  const [schedule, feeds] = await Promise.all([store.byId(scheduleId), store.feeds(scheduleId)]);
  if (!schedule) throw noSuchSchedule();
  if (feeds.length >= MAX_FEEDS) {
    throw conflict('feed.limit', `The schedule has ${MAX_FEEDS} calendar links already. Delete one that nobody uses.`);
  }
  const id = newId('ical', at);
  const { key, secretHash } = newFeedKey(id);
  const feed: Feed = {
    id,
    scheduleId,
    userId,
    secretHash,
    createdAt: at.toISOString(),
    createdBy: actorOf(request.caller),
    event: feedEvent('feed.created', [scheduleId, schedule.name, id], request, at),
  };
  await store.addFeed(feed);
  return { ...feedView(feed), key, path: `/api/oncall/schedules/${scheduleId}/ical/${key}` };
};

/** The calendar links of a schedule, without their keys. */
export const listFeeds = async (
  { store }: ScheduleDeps,
  { id: scheduleId }: { readonly id: string },
): Promise<Page<FeedView>> => {
  const [schedule, feeds] = await Promise.all([store.byId(scheduleId), store.feeds(scheduleId)]);
  if (!schedule) throw noSuchSchedule();
  return { items: feeds.map(feedView), next: null };
};

/** Ends a calendar link, by its id or its key. */
export const removeFeed = async (
  { store, clock }: ScheduleDeps,
  request: Request,
  { id: scheduleId, key }: FeedKey,
): Promise<void> => {
  const [schedule, feed] = await Promise.all([store.byId(scheduleId), store.feedById(scheduleId, feedIdIn(key))]);
  if (!feed) throw noSuchFeed();
  const event = feedEvent('feed.deleted', [scheduleId, schedule?.name ?? scheduleId, feed.id], request, clock.now());
  if (!(await store.removeFeed(feed, event))) throw noSuchFeed();
};

const NAMES_AT_ONCE = 25;

/** Current names of users by their ids. A user who is unknown or cannot be read is left out. */
const namesOf = async (people: People, ids: readonly string[]): Promise<ReadonlyMap<string, string>> => {
  const found = await settleLimit(ids, NAMES_AT_ONCE, people);
  return new Map(
    found.flatMap((each) =>
      each.status === 'fulfilled' && each.value ? [[each.value.id, each.value.displayName] as const] : [],
    ),
  );
};

/**
 * The calendar that a key opens: a month back and three ahead, with people by name, and since when it has been like this.
 * Every key that opens none gets the same 404.
 */
export const readFeed = async (
  { store, clock, people }: ScheduleDeps & { readonly people: People },
  { id: scheduleId, key }: FeedKey,
): Promise<Tagged> => {
  const feed = await store.feedById(scheduleId, feedIdIn(key));
  if (!feed || !opensFeed(feed, key)) throw noSuchFeed();
  const today = Math.floor(clock.now().getTime() / DAY_MS) * DAY_MS;
  const span = { from: today - DAYS_BEHIND * DAY_MS, to: today + DAYS_AHEAD * DAY_MS };
  const [schedule, overrides] = await Promise.all([store.byId(scheduleId), store.overrides(scheduleId, span.from)]);
  if (!schedule) throw noSuchFeed();
  const { userId } = feed;
  const all = render(schedule, overrides, span);
  const shifts = userId === null ? all : all.filter(({ users }) => users.includes(userId));
  const names = await namesOf(people, [...new Set(shifts.flatMap(({ users }) => users))]);
  const text = calendarOf({ scheduleId, name: schedule.name, changedAt: new Date(schedule.changedAt) }, shifts, names);
  const shown = shownNow(sha256(text), feed.shown, clock.now());
  if (shown !== feed.shown) await store.noteShown(feed, shown);
  return { text, etag: `"${shown.hash.slice(0, 32)}"`, modifiedAt: new Date(shown.since) };
};
