import type { Condition, Key, Table, TransactWrite } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import { INTEGRATIONS, KEY_PREFIX, LIMITS, SEEN, SOURCE_PREFIX } from '../table.ts';
import type { Rejected, Seen, StoredIntegration, StoredKey } from './integration.ts';
import type * as store from './store.ts';

/*
 * Access patterns. All partitions of the table that have no other owner belong to this room.
 *
 *  #  question                                       key
 *  1  an integration by id                           part = INTEGRATION, item = id
 *  2  all integrations                               part = INTEGRATION
 *  3  the integration of a key                       part = KEY#<SHA-256 of the key>, item = KEY
 *  4  whether a source has an integration            part = SOURCE#<source>, item = SOURCE
 *  5  what was seen of an integration, or of all     part = SEEN, item = id
 *  6  how many events a minute let through           part = LIMIT, item = id#minute
 */

/** The functions of this file over a table. */
export type IntegrationStore = Bound<typeof store>;

const KEY = 'KEY';
const SOURCE = 'SOURCE';
const DAY_SECONDS = 86_400;
/** A tombstone stays until the trail has its event for certain. */
const TOMBSTONE_DAYS = 15;

const bare = ({ part: _, item: _item, ttl: _ttl, ...integration }: StoredIntegration & Key & { ttl?: number }) =>
  integration as StoredIntegration;

/** Access pattern 1. Undefined for a deleted one. */
export const byId = async (integrations: Table, id: string): Promise<StoredIntegration | undefined> => {
  const found = await integrations.get<StoredIntegration & Key>({ part: INTEGRATIONS, item: id }, { consistent: true });
  return found && !found.deleted ? bare(found) : undefined;
};

/** Access pattern 2, without deleted ones, oldest first. */
export const list = async (integrations: Table): Promise<StoredIntegration[]> =>
  (
    await integrations.every<StoredIntegration & Key>({
      where: '#part = :part',
      filter: '#deleted = :no',
      values: { part: INTEGRATIONS, no: false },
      consistent: true,
    })
  ).map(bare);

const keyKey = (hash: string) => ({ part: `${KEY_PREFIX}${hash}`, item: KEY });
const sourceKey = (source: string) => ({ part: `${SOURCE_PREFIX}${source}`, item: SOURCE });
const epochSeconds = (at: string): number => Math.ceil(Date.parse(at) / 1000);

const keyItem = (id: string, { hash, validUntil }: StoredKey) => ({
  ...keyKey(hash),
  integration: id,
  validUntil,
  ttl: validUntil === null ? undefined : epochSeconds(validUntil) + DAY_SECONDS,
});

const ABSENT: Condition = { expression: 'attribute_not_exists(#part)' };
const isAfter = ({ version }: StoredIntegration): Condition =>
  version === 1 ? ABSENT : { expression: '#version = :expected', values: { expected: version - 1 } };

const integrationItem = (integration: StoredIntegration) => ({
  part: INTEGRATIONS,
  item: integration.id,
  ...integration,
  ttl: integration.deleted ? epochSeconds(integration.changedAt) + TOMBSTONE_DAYS * DAY_SECONDS : undefined,
});

/** Writes a new integration with its key. False where another one has the source. */
export const create = (integrations: Table, integration: StoredIntegration): Promise<boolean> =>
  integrations.transact([
    { put: integrationItem(integration), when: ABSENT },
    { put: { ...sourceKey(integration.source), integration: integration.id }, when: ABSENT },
    ...integration.keys.map((key): TransactWrite => ({ put: keyItem(integration.id, key), when: ABSENT })),
  ]);

/** Writes the next version if the one that was read is still current, with keys that are new or end otherwise. */
export const save = async (
  integrations: Table,
  next: StoredIntegration,
  keys: readonly StoredKey[] = [],
): Promise<boolean> =>
  keys.length === 0
    ? (await integrations.put(integrationItem(next), isAfter(next))).done
    : integrations.transact([
        { put: integrationItem(next), when: isAfter(next) },
        ...keys.map((key): TransactWrite => ({ put: keyItem(next.id, key) })),
      ]);

/** Writes a tombstone, and deletes keys, source and counts. False where the version that was read is not current. */
export const remove = (integrations: Table, tombstone: StoredIntegration): Promise<boolean> =>
  integrations.transact([
    { put: integrationItem(tombstone), when: isAfter(tombstone) },
    { delete: sourceKey(tombstone.source) },
    { delete: { part: SEEN, item: tombstone.id } },
    ...tombstone.keys.map(({ hash }): TransactWrite => ({ delete: keyKey(hash) })),
  ]);

/** What the table knows of a key. */
export interface KeyItem {
  readonly integration: string;
  readonly validUntil: string | null;
}

/** Access pattern 3. */
export const byKeyHash = (integrations: Table, hash: string): Promise<KeyItem | undefined> =>
  integrations.get<KeyItem>(keyKey(hash), { consistent: true });

/** Access pattern 5. */
export const seenOf = (integrations: Table, id: string): Promise<Seen | undefined> =>
  integrations.get<Seen>({ part: SEEN, item: id });

/** Access pattern 5, by the id of each. */
export const seenOfAll = async (integrations: Table): Promise<ReadonlyMap<string, Seen>> =>
  new Map(
    (
      await integrations.every<Seen & { readonly item: string }>({
        where: '#part = :part',
        values: { part: SEEN },
      })
    ).map(({ item, ...seen }) => [item, seen]),
  );

/** Adds what a container counted since it last wrote. */
export const addSeen = async (
  integrations: Table,
  id: string,
  counted: {
    readonly accepted: number;
    readonly rejected: number;
    readonly lastEventAt: string;
    readonly samples: readonly Rejected[];
  },
): Promise<void> => {
  await integrations.update({
    key: { part: SEEN, item: id },
    set: { lastEventAt: counted.lastEventAt, ...(counted.samples.length > 0 && { samples: counted.samples }) },
    add: { accepted: counted.accepted, rejected: counted.rejected },
  });
};

/** A limit is forgotten this long after its minute. */
const LIMIT_SECONDS = 3600;

/** Access pattern 6: takes room for `events` more of a minute. False where the limit is reached. */
export const takeRoom = async (
  integrations: Table,
  id: string,
  minute: number,
  { events, limit }: { readonly events: number; readonly limit: number },
): Promise<boolean> => {
  const { done } = await integrations.update({
    key: { part: LIMITS, item: `${id}#${minute}` },
    set: { ttl: minute * 60 + LIMIT_SECONDS },
    add: { taken: events },
    when: { expression: 'attribute_not_exists(#taken) OR #taken < :limit', values: { limit } },
  });
  return done;
};
