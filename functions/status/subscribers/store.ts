import type { Condition, Key, Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { RATES_PREFIX, SENT_PREFIX, SUBSCRIBERS_PREFIX } from '../table.ts';
import type * as store from './store.ts';
import type { StoredSubscriber } from './subscriber.ts';

/*
 * Access patterns. The partitions SUBSCRIBER#…, SENT#… and RATE#… belong to this room.
 *
 *  #  question                                            key
 *  1  a subscriber of a page by id                        part = SUBSCRIBER#page, item = id
 *  2  the subscribers of a page                           part = SUBSCRIBER#page
 *  3  what became of an update for a subscriber           part = SENT#subscriber, item = notice#number
 *  4  how many mails were sent, or bounced, in a period   part = RATE#kind, item = period
 */

/** The functions of this file over a table. */
export type SubscriberStore = Bound<typeof store>;

/** What became of an update for one subscriber. */
export interface Sending {
  readonly state: 'sending' | 'retry' | 'sent' | 'refused' | 'unconfirmed';
  readonly attempts: number;
  readonly since: string;
  readonly reason?: string;
}

const DAY_SECONDS = 86_400;
/** Longer than a queue holds a message. */
const LEDGER_DAYS = 30;

const partOf = (page: string): string => `${SUBSCRIBERS_PREFIX}${page}`;
const sentKey = (subscriber: string, notice: string, number: number): Key => ({
  part: `${SENT_PREFIX}${subscriber}`,
  item: `${notice}#${number}`,
});

const bare = ({ part: _, item: _item, ...subscriber }: StoredSubscriber & Key): StoredSubscriber => subscriber;

const isBefore = (version: number): Condition =>
  version === 1
    ? { expression: 'attribute_not_exists(#part)' }
    : { expression: '#version = :expected', values: { expected: version - 1 } };

/** Access pattern 1. */
export const byId = async (status: Table, page: string, id: string): Promise<StoredSubscriber | undefined> => {
  const found = await status.get<StoredSubscriber & Key>({ part: partOf(page), item: id }, { consistent: true });
  return found && bare(found);
};

/** Access pattern 2. */
export const list = async (status: Table, page: string, request: PageRequest): Promise<Page<StoredSubscriber>> => {
  const { items, next } = await status.page<StoredSubscriber & Key>(
    { where: '#part = :part', values: { part: partOf(page) } },
    request,
  );
  return { items: items.map(bare), next };
};

/** Writes the next version. False where the one that was read has changed in between. A request that nobody confirms expires. */
export const save = async (status: Table, next: StoredSubscriber): Promise<boolean> => {
  const ttl = Math.floor(Date.parse(next.requestedAt) / 1000) + 7 * DAY_SECONDS;
  const item = { part: partOf(next.page), item: next.id, ...next, ...(next.state === 'pending' && { ttl }) };
  return (await status.put(item, isBefore(next.version))).done;
};

export const remove = async (status: Table, { page, id }: Pick<StoredSubscriber, 'page' | 'id'>): Promise<void> => {
  await status.remove({ part: partOf(page), item: id });
};

/**
 * Access pattern 3: takes an update for sending. Undefined where another has taken or sent it. `takesOver` is the instant before which
 * a sender that has not answered is given up, for receivers who recognise a repeat.
 */
export const claim = async (
  status: Table,
  of: { readonly subscriber: string; readonly notice: string; readonly number: number },
  at: Date,
  takesOver: Date | undefined,
): Promise<Sending | undefined> => {
  const { done, item } = await status.update<Sending>({
    key: sentKey(of.subscriber, of.notice, of.number),
    set: {
      state: 'sending',
      since: at.toISOString(),
      ttl: Math.floor(at.getTime() / 1000) + LEDGER_DAYS * DAY_SECONDS,
    },
    add: { attempts: 1 },
    when: {
      expression: 'attribute_not_exists(#part) OR #state = :retry OR (#state = :sending AND #since < :before)',
      values: { retry: 'retry', sending: 'sending', before: takesOver?.toISOString() ?? '' },
    },
  });
  return done ? item : undefined;
};

/** Notes what became of an update that was claimed. */
export const settle = async (
  status: Table,
  of: { readonly subscriber: string; readonly notice: string; readonly number: number },
  state: Sending['state'],
  reason: string,
): Promise<void> => {
  await status.update({ key: sentKey(of.subscriber, of.notice, of.number), set: { state, reason } });
};

/** Access pattern 4: counts an event of a kind, unless so many were counted in its period; answers whether it was. */
export const count = async (
  status: Table,
  kind: string,
  period: string,
  at: Date,
  atMost: number,
): Promise<boolean> => {
  const { done } = await status.update({
    key: { part: `${RATES_PREFIX}${kind}`, item: period },
    set: { ttl: Math.floor(at.getTime() / 1000) + 2 * DAY_SECONDS },
    add: { events: 1 },
    when: { expression: 'attribute_not_exists(#events) OR #events < :atMost', values: { atMost } },
  });
  return done;
};

/** Access pattern 4: how many events of a kind were counted in a period. */
export const counted = async (status: Table, kind: string, period: string): Promise<number> =>
  (await status.get<{ events: number }>({ part: `${RATES_PREFIX}${kind}`, item: period }, { consistent: true }))
    ?.events ?? 0;
