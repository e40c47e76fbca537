import * as z from 'zod/mini';
import {
  GetSubscriptionAttributesCommand,
  ListSubscriptionsByTopicCommand,
  SubscribeCommand,
  UnsubscribeCommand,
  type SNSClient,
} from '@aws-sdk/client-sns';
import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import { conflict, invalid } from '../../../shared/kernel/errors.ts';
import { decodeCursor, encodeCursor, invalidCursor, type Page, type PageRequest } from '../../../shared/kernel/page.ts';
import { mapLimit } from '../../../shared/kernel/map-limit.ts';
import { FOLLOWERS_ATTRIBUTE } from '../events.ts';
import { SUBSCRIPTION_SLOT } from '../table.ts';
import type * as store from './store.ts';
import { subscriptionId } from './subscription.ts';

/** A token of SNS, and a place in its page. */
const Position = z.tuple([z.nullable(z.string()), z.int().check(z.gte(0), z.lte(100))]);

/*
 * SNS stores a subscription: protocol, endpoint, filter, and whether it is confirmed. The alerts table stores what SNS does not
 * know or show: its maker, the time, and its ARN, which SNS does not list while it is pending.
 *
 *  #  question                                         where
 *  1  the subscriptions of the topic, page by page     SNS ListSubscriptionsByTopic, then who made them:
 *                                                      table, slot = SUBSCRIPTION, item = id, in one batch
 *  2  one subscription by id                           table, slot = SUBSCRIPTION, item = id; else pages of 1
 */

const ATTRIBUTES_AT_ONCE = 10;
const PENDING = 'PendingConfirmation';

/** A subscription as SNS stores it, with its maker. */
export interface StoredSubscription {
  readonly id: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly pending: boolean;
  /** Undefined while it is pending and was not made here. */
  readonly arn: string | undefined;
  /** JSON; undefined where SNS does not show it, empty where there is none. */
  readonly policy: string | undefined;
  readonly createdBy: string | null;
  readonly createdAt: string | null;
}

/** The maker of a subscription. */
interface Maker {
  readonly slot: typeof SUBSCRIPTION_SLOT;
  readonly item: string;
  readonly arn: string;
  readonly createdBy: string;
  readonly createdAt: string;
}

interface Known {
  readonly id: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly arn: string;
}

export interface NewSubscription {
  readonly protocol: string;
  readonly endpoint: string;
  readonly policy: string;
  readonly createdBy: string;
  readonly createdAt: Date;
}

const isNamed = (error: unknown, ...names: readonly string[]): error is Error =>
  error instanceof Error && names.some((name) => error.name === name || error.name === `${name}Exception`);

/** The topic of the alerts, and the table that remembers who made which of its subscriptions. */
export interface Topic {
  readonly sns: Pick<SNSClient, 'send'>;
  readonly arn: string;
  readonly makers: Table;
}

const snsPage = async (
  topic: Topic,
  token: string | undefined,
): Promise<{ known: Known[]; next: string | undefined }> => {
  const { Subscriptions = [], NextToken } = await topic.sns.send(
    new ListSubscriptionsByTopicCommand({ TopicArn: topic.arn, ...(token && { NextToken: token }) }),
  );
  const known = Subscriptions.map(({ Protocol = '', Endpoint = '', SubscriptionArn = PENDING }) => ({
    id: subscriptionId(topic.arn, Protocol, Endpoint),
    protocol: Protocol,
    endpoint: Endpoint,
    arn: SubscriptionArn,
  }));
  return { known, next: NextToken || undefined };
};

/** The attributes of a subscription; undefined where it is gone or where its owner forbids a look. */
const attributesOf = async (topic: Topic, arn: string): Promise<Record<string, string> | undefined> => {
  if (!arn.startsWith(`${topic.arn}:`)) return undefined;
  try {
    const { Attributes } = await topic.sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn: arn }));
    return Attributes;
  } catch (error) {
    if (isNamed(error, 'NotFound', 'AuthorizationError')) return undefined;
    throw error;
  }
};

const whole = async (
  topic: Topic,
  { id, protocol, endpoint, arn }: Known,
  maker: Maker | undefined,
): Promise<StoredSubscription> => {
  const pending = !arn.startsWith('arn:');
  const known = pending ? maker?.arn : arn;
  const attributes = known === undefined ? undefined : await attributesOf(topic, known);
  return {
    id,
    protocol,
    endpoint,
    pending,
    arn: known,
    policy: attributes && (attributes['FilterPolicy'] ?? ''),
    createdBy: maker?.createdBy ?? null,
    createdAt: maker?.createdAt ?? null,
  };
};

/**
 * A feed by which a part of Tocsin hears of transitions: it filters by followers. No caller sees or ends one, since without it nobody would
 * be paged, or the trail would have gaps.
 */
const isFeed = ({ policy }: StoredSubscription): boolean =>
  policy !== undefined && policy !== '' && FOLLOWERS_ATTRIBUTE in (JSON.parse(policy) as object);

/** Access pattern 1. SNS answers pages of 100 at its own pace; a cursor is its token and a place in that page. */
export const list = async (topic: Topic, { limit, cursor }: PageRequest): Promise<Page<StoredSubscription>> => {
  const bound = { list: 'subscriptions' };
  const [token, offset] = cursor ? decodeCursor(cursor, bound, Position) : [null, 0];
  const { known, next } = await snsPage(topic, token ?? undefined).catch((error: unknown) => {
    if (token !== null && isNamed(error, 'InvalidParameter')) throw invalidCursor();
    throw error;
  });
  const wanted = known.slice(offset, offset + limit);
  const made =
    wanted.length > 0
      ? await topic.makers.many<Maker>(wanted.map(({ id }) => ({ slot: SUBSCRIPTION_SLOT, item: id })))
      : [];
  const makerOf = new Map(made.map((maker) => [maker.item, maker]));
  const all = await mapLimit(wanted, ATTRIBUTES_AT_ONCE, (each) => whole(topic, each, makerOf.get(each.id)));
  const position = offset + limit < known.length ? [token, offset + limit] : next === undefined ? undefined : [next, 0];
  return { items: all.filter((each) => !isFeed(each)), next: position ? encodeCursor(position, bound) : null };
};

/** Access pattern 2. Undefined for a feed of Tocsin. */
export const byId = async (topic: Topic, id: string): Promise<StoredSubscription | undefined> => {
  const maker = await topic.makers.get<Maker>({ slot: SUBSCRIPTION_SLOT, item: id });
  const attributes = maker && (await attributesOf(topic, maker.arn));
  if (maker && attributes) return storedOf(maker, attributes);
  let token: string | undefined;
  do {
    const { known, next } = await snsPage(topic, token);
    const found = known.find((each) => each.id === id);
    if (found) {
      const stored = await whole(topic, found, maker);
      return isFeed(stored) ? undefined : stored;
    }
    token = next;
  } while (token);
  return undefined;
};

/**
 * Subscribes an endpoint. The same one with the same filter again answers the present subscription. Refuses with
 * `subscription.exists`, `subscription.limit` or `subscription.refused`.
 */
export const add = async (topic: Topic, wanted: NewSubscription): Promise<StoredSubscription> => {
  const { protocol, endpoint, policy, createdBy } = wanted;
  const id = subscriptionId(topic.arn, protocol, endpoint);
  const maker = await topic.makers.get<Maker>({ slot: SUBSCRIPTION_SLOT, item: id });
  const attributes = maker && (await attributesOf(topic, maker.arn));
  if (maker && attributes) {
    if (!sameJson(attributes['FilterPolicy'] ?? '', policy)) throw exists(id);
    return storedOf(maker, attributes);
  }
  const arn = await subscribed(topic, protocol, endpoint, policy);
  const createdAt = wanted.createdAt.toISOString();
  await topic.makers.put<Maker>({ slot: SUBSCRIPTION_SLOT, item: id, arn, createdBy, createdAt });
  const pending = (await attributesOf(topic, arn))?.['PendingConfirmation'] === 'true';
  return { id, protocol, endpoint, pending, arn, policy, createdBy, createdAt };
};

const subscribed = async (topic: Topic, protocol: string, endpoint: string, policy: string): Promise<string> => {
  try {
    const { SubscriptionArn = '' } = await topic.sns.send(
      new SubscribeCommand({
        TopicArn: topic.arn,
        Protocol: protocol,
        Endpoint: endpoint,
        Attributes: policy === '' ? {} : { FilterPolicy: policy, FilterPolicyScope: 'MessageAttributes' },
        ReturnSubscriptionArn: true,
      }),
    );
    return SubscriptionArn;
  } catch (error) {
    if (isNamed(error, 'SubscriptionLimitExceeded', 'FilterPolicyLimitExceeded')) {
      throw conflict('subscription.limit', `SNS takes no more subscriptions or filters: ${error.message}`);
    }
    if (isNamed(error, 'InvalidParameter')) {
      if (/already exists/i.test(error.message)) throw exists(subscriptionId(topic.arn, protocol, endpoint));
      throw invalid('subscription.refused', `SNS refuses this subscription: ${error.message}`);
    }
    throw error;
  }
};

/** Deletes a confirmed subscription. */
export const remove = async (topic: Topic, { id, arn }: StoredSubscription): Promise<void> => {
  if (arn?.startsWith(`${topic.arn}:`)) await topic.sns.send(new UnsubscribeCommand({ SubscriptionArn: arn }));
  await topic.makers.remove({ slot: SUBSCRIPTION_SLOT, item: id });
};

const exists = (id: string) =>
  conflict('subscription.exists', 'This endpoint is subscribed with another filter. Delete that subscription first.', {
    extensions: { id },
  });

const storedOf = (maker: Maker, attributes: Readonly<Record<string, string>>): StoredSubscription => ({
  id: maker.item,
  protocol: attributes['Protocol'] ?? '',
  endpoint: attributes['Endpoint'] ?? '',
  pending: attributes['PendingConfirmation'] === 'true',
  arn: maker.arn,
  policy: attributes['FilterPolicy'] ?? '',
  createdBy: maker.createdBy,
  createdAt: maker.createdAt,
});

export type SubscriptionStore = Bound<typeof store>;

/** The same JSON, whatever the order of its keys. */
const sameJson = (a: string, b: string): boolean => canonical(a) === canonical(b);

const canonical = (text: string): string =>
  text === '' ? '' : JSON.stringify(Object.entries(JSON.parse(text) as object).sort(([x], [y]) => (x < y ? -1 : 1)));
