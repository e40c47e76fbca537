import type { Key, Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import { PENDING, WEBHOOKS } from '../table.ts';
import { MAX_WEBHOOKS, type LastFailure, type StoredWebhook } from './subscription.ts';
import type * as store from './store.ts';

/*
 * Access patterns. The partitions WEBHOOK and PENDING belong to this room.
 *
 *  #  question                                                  key
 *  1  the webhooks, oldest first                                part = WEBHOOK, item = id
 *  2  one webhook                                               part = WEBHOOK, item = id
 *  3  events that wait for a webhook, by subject and order      part = PENDING, item begins with webhook#
 *  4  whether an event of a subject waits for a webhook         part = PENDING, item begins with webhook#subject#
 */

/** An event that a receiver did not take yet, or that waits behind one. */
export interface Pending {
  readonly webhookId: string;
  /** The id of the incident, or `ping`. */
  readonly subject: string;
  readonly sequence: number;
  readonly eventId: string;
  /** As it is sent and signed. */
  readonly body: string;
  readonly attempts: number;
  /** RFC 3339 UTC. */
  readonly since: string;
  readonly nextAt: string;
}

export type WebhookStore = Bound<typeof store>;

const DAY_SECONDS = 86_400;
/** What is longer there was never deleted by a run, and expires. */
const KEPT_DAYS = 4;
const SEQUENCE_DIGITS = 9;

const webhookKey = (id: string) => ({ part: WEBHOOKS, item: id });
const subjectPrefix = ({ webhookId, subject }: Pick<Pending, 'webhookId' | 'subject'>): string =>
  `${webhookId}#${subject}#`;
const pendingKey = (pending: Pick<Pending, 'webhookId' | 'subject' | 'sequence'>) => ({
  part: PENDING,
  item: subjectPrefix(pending) + String(pending.sequence).padStart(SEQUENCE_DIGITS, '0'),
});

/** Access pattern 1. */
export const listWebhooks = (integrations: Table): Promise<StoredWebhook[]> =>
  integrations.all<StoredWebhook>(
    { where: '#part = :part', filter: '#deleted = :no', values: { part: WEBHOOKS, no: false } },
    MAX_WEBHOOKS * 10,
  );

/** Access pattern 2. Undefined for one that was deleted. */
export const webhookById = async (integrations: Table, id: string): Promise<StoredWebhook | undefined> => {
  const found = await integrations.get<StoredWebhook>(webhookKey(id), { consistent: true });
  return found?.deleted === false ? found : undefined;
};

/** Writes the next version if the one that was read is still current; false if another writer was faster. */
export const saveWebhook = async (integrations: Table, next: StoredWebhook): Promise<boolean> => {
  const { done } = await integrations.put(
    {
      ...webhookKey(next.id),
      ...next,
      ...(next.deleted && { ttl: Math.floor(Date.parse(next.changedAt) / 1000) + DAY_SECONDS }),
    },
    next.version === 1
      ? { expression: 'attribute_not_exists(#part)' }
      : { expression: '#version = :seen', values: { seen: next.version - 1 } },
  );
  return done;
};

/** Notes the latest attempt that failed, unless the webhook is gone. */
export const noteFailure = async (integrations: Table, id: string, lastFailure: LastFailure): Promise<void> => {
  await integrations.update({
    key: webhookKey(id),
    set: { lastFailure },
    when: { expression: 'attribute_exists(#part)' },
  });
};

/** Has an event wait. The same event again changes nothing. */
export const addPending = async (integrations: Table, pending: Pending): Promise<void> => {
  const ttl = Math.floor(Date.parse(pending.since) / 1000) + KEPT_DAYS * DAY_SECONDS;
  await integrations.put({ ...pendingKey(pending), ...pending, ttl }, { expression: 'attribute_not_exists(#part)' });
};

/** Access pattern 4. */
export const isWaiting = async (integrations: Table, of: Pick<Pending, 'webhookId' | 'subject'>): Promise<boolean> => {
  const { items } = await integrations.queryOnce(
    {
      where: '#part = :part AND begins_with(#item, :prefix)',
      values: { part: PENDING, prefix: subjectPrefix(of) },
      consistent: true,
    },
    1,
  );
  return items.length > 0;
};

/** Access pattern 3. Of very many the first. */
export const listPending = async (integrations: Table, webhookId: string, atMost: number): Promise<Pending[]> => {
  const { items } = await integrations.queryOnce<Pending & Key>(
    {
      where: '#part = :part AND begins_with(#item, :prefix)',
      values: { part: PENDING, prefix: `${webhookId}#` },
      consistent: true,
    },
    atMost,
  );
  return items.map(({ part: _, item: _item, ttl: _ttl, ...rest }) => rest as unknown as Pending);
};

/** Access pattern 3: how many there are, counted by the database. Of very many at least so many. */
export const countPending = (integrations: Table, webhookId: string): Promise<number> =>
  integrations.count(
    {
      where: '#part = :part AND begins_with(#item, :prefix)',
      values: { part: PENDING, prefix: `${webhookId}#` },
    },
    MOST_COUNTED_PAGES,
  );
/** Megabytes. */
const MOST_COUNTED_PAGES = 20;

/** Puts an event off, if it still waits. */
export const putOff = async (
  integrations: Table,
  pending: Pending,
  next: Pick<Pending, 'attempts' | 'nextAt'>,
): Promise<void> => {
  await integrations.update({
    key: pendingKey(pending),
    set: { attempts: next.attempts, nextAt: next.nextAt },
    when: { expression: 'attribute_exists(#part)' },
  });
};

export const removePending = async (integrations: Table, pending: Pending): Promise<void> => {
  await integrations.remove(pendingKey(pending));
};
