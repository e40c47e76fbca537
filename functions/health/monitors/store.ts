import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { table } from '../../../shared/aws/dynamo.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { BROKEN, DUE_INDEX, STATE_KIND } from '../table.ts';
import type { Past, StoredMonitor } from './monitor.ts';
import { PAST_DAYS } from './past.ts';
import { dueName, phaseOf } from './slots.ts';
import type { KnownState, MonitorState } from './state.ts';

/*
 * Access patterns. The partitions MONITOR, MONITOR#…, SERVICE, PING#…, RUN#… and WATCH belong to this room.
 *
 *  #  question                                               index   key
 *  1  monitors, oldest first                                 table   part = MONITOR, item = id
 *  2  monitors and what is known of them, by id              table   part = MONITOR, item = id; part = MONITOR#STATE, item = id
 *  3  which monitors are due at a minute                     due     due = POLL#interval#phase, dueAt = id
 *  4  which heartbeats are overdue                           due     due = BEAT, dueAt up to now
 *  5  how the status of a monitor changed, newest first      table   part = MONITOR#HISTORY#id, item = when#sequence
 *  6  whose ping a key is                                    table   part = PING#hash, item = KEY
 *  7  has a shard of a minute been taken                     table   part = RUN#minute, item = shard
 *     into how many shards a minute is divided             table   part = RUN#minute, item = PLAN
 *  8  the minute up to which the tick has come, and its gaps table   part = WATCH, item = TICK; item begins with GAP#
 *  9  which monitors a service has or had                    table   part = SERVICE, item begins with service
 * 10  which services went down or came up since an instant  table   part = WATCH#OUTAGE, item = when#id
 * 11  the past of a monitor, also of one that is gone        table   part = MONITOR, MONITOR#STATE, item = id;
 *                                                                    part = MONITOR#GONE#id, item = EVENT
 *
 * A monitor's place in the `due` index tells its minutes for good, so to check it again costs no write.
 */

const MONITOR = 'MONITOR';
const STATE = 'MONITOR#STATE';
const SERVICE = 'SERVICE';
const OUTAGES = 'WATCH#OUTAGE';
/** Longer than the longest window over which an error budget is looked at. */
const OUTAGE_DAYS = 4;
const BEAT = 'BEAT';
const WATCH = 'WATCH';
const DAY_SECONDS = 86_400;
/** DynamoDB reads a hundred items at once, and each id has two. */
const IDS_A_READ = 50;
/** The same, and each id has three. */
const PASTS_A_READ = 33;
/** A definition and its state are read again so often where one changed between the two reads. */
const READS = 5;
/** Changes of one monitor's status that are read at once. */
const CHANGES_A_READ = 500;

/** An installation has at most this many monitors. */
export const MAX_MONITORS = 20_000;

export interface StatusChange {
  readonly at: string;
  readonly status: MonitorState['status'];
  readonly reason: string;
  readonly sequence: number;
  readonly muted: boolean;
}

/** What an SLA has to know of a monitor besides how its status changed. */
export interface KnownPast extends Past {
  readonly id: string;
  readonly name: string;
  readonly maintenance: StoredMonitor['maintenance'];
  readonly goneAt?: string;
  readonly state?: KnownState;
}

/** A monitor that belongs to a service, or did. */
export interface Belonging {
  readonly service: string;
  readonly id: string;
}

/** Minutes in which nobody looked: they are ours, and count against nobody. */
export interface Gap {
  readonly from: string;
  readonly to: string;
}

export const monitorStore = (client: DynamoDBClient, tableName: string, retentionDays: number) => {
  const health = table(client, tableName);
  const expiry = (at: Date, days: number): number => Math.floor(at.getTime() / 1000) + days * DAY_SECONDS;

  /** Where a monitor lies in the due index; nowhere while it is paused or waits for pings. */
  const place = (monitor: StoredMonitor) =>
    monitor.enabled && monitor.check.type !== 'heartbeat'
      ? { due: dueName(monitor.intervalMinutes, phaseOf(monitor.id, monitor.intervalMinutes)), dueAt: monitor.id }
      : {};

  /** That a monitor belongs to a service, where its definition says so from now on. */
  const belongings = ({ id, coverage, changedAt }: StoredMonitor) => {
    const services = new Set(coverage.flatMap(({ at, service }) => (at === changedAt ? (service ?? []) : [])));
    return [...services].map((service) => ({ part: SERVICE, item: `${service}\n${id}`, service, id }));
  };

  /** Makes a monitor, what is first known of it, and, for a heartbeat, its key. */
  const create = async (monitor: StoredMonitor, state: KnownState, keyHash: string | undefined): Promise<void> => {
    await health.transact([
      { put: { ...monitor, ...place(monitor), part: MONITOR, item: monitor.id, keyHash } },
      { put: stateItem(state) },
      ...belongings(monitor).map((put) => ({ put })),
      ...(keyHash === undefined ? [] : [{ put: { part: `PING#${keyHash}`, item: 'KEY', id: monitor.id } }]),
    ]);
  };

  const unchanged = ({ version }: KnownState) => ({ expression: '#version = :seen', values: { seen: version - 1 } });

  /** What lies in an index no more is told by leaving its keys out. */
  const stateItem = (state: KnownState) => {
    const isBroken = state.status === 'down' && !state.muted;
    return {
      ...state,
      part: STATE,
      item: state.id,
      kind: STATE_KIND,
      due: state.dueAt && BEAT,
      broken: isBroken ? BROKEN : undefined,
      brokenSince: isBroken ? state.since : undefined,
    };
  };

  /** Replaces a definition and what is known of the monitor in one write. False where either is not at the version that was read. */
  const replace = async (monitor: StoredMonitor, keyHash: string | undefined, state: KnownState): Promise<boolean> =>
    health.transact([
      {
        put: { ...monitor, ...place(monitor), part: MONITOR, item: monitor.id, keyHash },
        when: { expression: '#version = :seen', values: { seen: monitor.version - 1 } },
      },
      { put: stateItem(state), when: unchanged(state) },
      ...belongings(monitor).map((put) => ({ put })),
    ]);

  /** Leaves the event of the removal to the stream, which then carries it; the past stays for its time. */
  const remove = async (
    monitor: StoredMonitor & { readonly keyHash?: string },
    event: object,
    at: Date,
  ): Promise<void> => {
    const { id, name, coverage, maintenance, pastMaintenance } = monitor;
    const ttl = expiry(at, Math.max(retentionDays, PAST_DAYS));
    const past = { id, name, coverage, maintenance, pastMaintenance, goneAt: at.toISOString() };
    const services = new Set(coverage.flatMap(({ service }) => service ?? []));
    await health.transact([
      { delete: { part: MONITOR, item: id } },
      { delete: { part: STATE, item: id } },
      { put: { part: `MONITOR#GONE#${id}`, item: 'EVENT', event, ...past, ttl } },
      ...[...services].map((service) => ({ put: { part: SERVICE, item: `${service}\n${id}`, service, id, ttl } })),
      ...(monitor.keyHash === undefined ? [] : [{ delete: { part: `PING#${monitor.keyHash}`, item: 'KEY' } }]),
    ]);
  };

  const byId = (id: string): Promise<(StoredMonitor & { readonly keyHash?: string }) | undefined> =>
    health.get({ part: MONITOR, item: id }, { consistent: true });

  const stateOf = (id: string): Promise<KnownState | undefined> =>
    health.get({ part: STATE, item: id }, { consistent: true });

  /** Access pattern 2: a definition and the state that follows it. */
  const whole = async (
    id: string,
  ): Promise<{
    readonly monitor: (StoredMonitor & { readonly keyHash?: string }) | undefined;
    readonly state: KnownState | undefined;
  }> => {
    for (let attempt = 0; attempt < READS; attempt++) {
      const [monitor, state] = await Promise.all([byId(id), stateOf(id)]);
      if (!monitor || !state || (state.follows ?? monitor.version) === monitor.version) return { monitor, state };
    }
    throw new Error(`The definition of ${id} kept changing`);
  };

  /** Access pattern 1. */
  const list = (page: PageRequest): Promise<Page<StoredMonitor>> =>
    health.page({ where: '#part = :part', values: { part: MONITOR } }, page);

  /** Access pattern 2; those that are gone are left out. */
  const known = async (
    ids: readonly string[],
  ): Promise<{ monitors: StoredMonitor[]; states: Map<string, KnownState> }> => {
    if (ids.length === 0) return { monitors: [], states: new Map() };
    const batches = Array.from({ length: Math.ceil(ids.length / IDS_A_READ) }, (_, i) =>
      health.many<(StoredMonitor | KnownState) & { part: string }>(
        ids.slice(i * IDS_A_READ, (i + 1) * IDS_A_READ).flatMap((item) => [
          { part: MONITOR, item },
          { part: STATE, item },
        ]),
      ),
    );
    const found = (await Promise.all(batches)).flat();
    return {
      monitors: found.filter(({ part }) => part === MONITOR) as unknown as StoredMonitor[],
      states: new Map(
        (found.filter(({ part }) => part === STATE) as unknown as KnownState[]).map((state) => [state.id, state]),
      ),
    };
  };

  /** Access pattern 3. */
  const due = async (names: readonly string[]): Promise<string[]> => {
    const found = await Promise.all(
      names.map((name) =>
        health.every<{ item: string }>({ index: DUE_INDEX, where: '#due = :due', values: { due: name } }),
      ),
    );
    return found.flat().map(({ item }) => item);
  };

  /** Access pattern 4: a page of them, the longest overdue first. */
  const overdue = async (now: Date, page: PageRequest): Promise<Page<string>> => {
    const { items, next } = await health.page<{ item: string }>(
      { index: DUE_INDEX, where: '#due = :due AND #dueAt <= :now', values: { due: BEAT, now: now.toISOString() } },
      page,
    );
    return { items: items.map(({ item }) => item), next };
  };

  /** Writes what is known, unless it changed since it was read. */
  const saveState = async (state: KnownState): Promise<boolean> => {
    const { done } = await health.put(stateItem(state), unchanged(state));
    return done;
  };

  /** Access pattern 5. The same change again is the same item. */
  const keepChange = async (state: MonitorState, at: Date): Promise<void> => {
    const { id, since, status, reason, sequence, muted } = state;
    await health.put({
      part: `MONITOR#HISTORY#${id}`,
      item: `${since}#${String(sequence).padStart(8, '0')}`,
      at: since,
      status,
      reason,
      sequence,
      muted,
      ttl: expiry(at, Math.max(retentionDays, PAST_DAYS)),
    });
  };

  /** That a monitor of a service went down or came up, for as long as an error budget may burn on it. */
  const keepOutage = async ({ id, since }: MonitorState, service: string, at: Date): Promise<void> => {
    await health.put({ part: OUTAGES, item: `${since}#${id}`, service, ttl: expiry(at, OUTAGE_DAYS) });
  };

  /** Access pattern 10. */
  const outagesSince = async (from: Date): Promise<string[]> => {
    const found = await health.every<{ service: string }>({
      where: '#part = :part AND #item >= :from',
      values: { part: OUTAGES, from: from.toISOString() },
    });
    return [...new Set(found.map(({ service }) => service))];
  };

  const changes = (id: string, page: PageRequest): Promise<Page<StatusChange>> =>
    health.page({ where: '#part = :part', values: { part: `MONITOR#HISTORY#${id}` }, newestFirst: true }, page);

  /** The changes of a range, and the last before it, oldest first. */
  const changesIn = async (id: string, from: Date, to: Date): Promise<StatusChange[]> => {
    const found: StatusChange[] = [];
    let cursor: string | undefined;
    do {
      const page: Page<StatusChange> = await health.page(
        {
          where: '#part = :part AND #item <= :last',
          values: { part: `MONITOR#HISTORY#${id}`, last: `${to.toISOString()}#~` },
          newestFirst: true,
        },
        { limit: CHANGES_A_READ, cursor },
      );
      found.push(...page.items);
      cursor = page.next ?? undefined;
    } while (cursor && (found.at(-1)?.at ?? '') > from.toISOString());
    const before = found.findIndex(({ at }) => at <= from.toISOString());
    return (before === -1 ? found : found.slice(0, before + 1)).reverse();
  };

  /** Access pattern 9: of one service, or of all of them, ordered by service. */
  const belongingTo = (service: string | undefined): Promise<Belonging[]> =>
    health.all(
      service === undefined
        ? { where: '#part = :part', values: { part: SERVICE } }
        : { where: '#part = :part AND begins_with(#item, :own)', values: { part: SERVICE, own: `${service}\n` } },
      2 * MAX_MONITORS,
    );

  /** Access pattern 11; those of which nothing is known are left out. */
  const pasts = async (ids: readonly string[]): Promise<KnownPast[]> => {
    const batches = Array.from({ length: Math.ceil(ids.length / PASTS_A_READ) }, (_, i) =>
      health.many<Partial<KnownPast & KnownState> & { part: string; id: string }>(
        ids.slice(i * PASTS_A_READ, (i + 1) * PASTS_A_READ).flatMap((item) => [
          { part: MONITOR, item },
          { part: STATE, item },
          { part: `MONITOR#GONE#${item}`, item: 'EVENT' },
        ]),
      ),
    );
    const found = (await Promise.all(batches)).flat();
    const states = new Map(found.filter(({ part }) => part === STATE).map((state) => [state.id, state]));
    return found
      .filter(({ part }) => part !== STATE)
      .map((past) => ({ ...(past as KnownPast), state: states.get(past.id) as KnownState | undefined }));
  };

  /** Access pattern 6. */
  const idOfKey = async (keyHash: string): Promise<string | undefined> =>
    (await health.get<{ id: string }>({ part: `PING#${keyHash}`, item: 'KEY' }))?.id;

  /**
   * Access pattern 7: takes a shard for `leaseSeconds`, unless it is done or somebody else holds it. A worker that died is
   * followed by another when its lease is over.
   */
  const take = async (
    minute: string,
    shard: string,
    now: Date,
    leaseSeconds: number,
  ): Promise<'taken' | 'held' | 'done'> => {
    const { done, item } = await health.update<{ done?: boolean }>({
      key: { part: `RUN#${minute}`, item: shard },
      set: { leaseUntil: new Date(now.getTime() + leaseSeconds * 1000).toISOString(), ttl: expiry(now, 1) },
      when: {
        expression: 'attribute_not_exists(#part) OR (#leaseUntil <= :now AND attribute_not_exists(#done))',
        values: { now: now.toISOString() },
      },
    });
    return done ? 'taken' : item?.done ? 'done' : 'held';
  };

  /** Access pattern 7: settles into how many shards a minute is divided. The first to say so is obeyed; answers the number. */
  const plan = async (minute: string, count: number, now: Date): Promise<number> => {
    const { done, item } = await health.update<{ count: number }>({
      key: { part: `RUN#${minute}`, item: 'PLAN' },
      set: { count, ttl: expiry(now, 1) },
      when: { expression: 'attribute_not_exists(#part)', values: {} },
    });
    return done ? count : (item?.count ?? count);
  };

  const finish = async (minute: string, shard: string): Promise<void> => {
    await health.update({ key: { part: `RUN#${minute}`, item: shard }, set: { done: true } });
  };

  /** Access pattern 8. */
  const lastTick = async (): Promise<number | undefined> =>
    (await health.get<{ minute: number }>({ part: WATCH, item: 'TICK' }, { consistent: true }))?.minute;

  /** Moves the mark of the tick on; never back. */
  const ticked = async (minute: number): Promise<void> => {
    await health.update({
      key: { part: WATCH, item: 'TICK' },
      set: { minute },
      when: { expression: 'attribute_not_exists(#minute) OR #minute < :minute', values: { minute } },
    });
  };

  const noteGap = async (gap: Gap): Promise<void> => {
    await health.put({ part: WATCH, item: `GAP#${gap.from}`, ...gap });
  };

  const gaps = (from: Date, to: Date): Promise<Gap[]> =>
    health.every({
      where: '#part = :part AND #item BETWEEN :first AND :last',
      values: {
        part: WATCH,
        first: `GAP#${new Date(from.getTime() - 7 * DAY_SECONDS * 1000).toISOString()}`,
        last: `GAP#${to.toISOString()}`,
      },
    });

  return {
    create,
    replace,
    remove,
    byId,
    stateOf,
    whole,
    list,
    known,
    due,
    overdue,
    saveState,
    keepChange,
    changes,
    changesIn,
    keepOutage,
    outagesSince,
    belongingTo,
    pasts,
    idOfKey,
    plan,
    take,
    finish,
    lastTick,
    ticked,
    noteGap,
    gaps,
  };
};

export type MonitorStore = ReturnType<typeof monitorStore>;
