import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import { contended } from '../../../shared/kernel/until-written.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import {
  BEAT,
  BROKEN,
  expiry,
  goneItem,
  MONITORS,
  MONITOR_STATES,
  PING_PREFIX,
  SERVICES,
  SLUG_PREFIX,
  STATE_KIND,
} from '../table.ts';
import type { StoredMonitor } from './monitor.ts';
import { PAST_DAYS } from './past.ts';
import { dueName, phaseOf } from './slots.ts';
import type { KnownState } from './state.ts';
import type * as store from './store.ts';

/*
 * Access patterns. The partitions MONITOR, MONITOR#STATE, MONITOR#GONE#…, MONITOR#FIRST, SERVICE, PING#… and SLUG#… belong to this store.
 *
 *  #  question                                               index   key
 *  1  monitors, oldest first                                 table   part = MONITOR, item = id
 *  2  monitors and their states, by id                       table   part = MONITOR, item = id; part = MONITOR#STATE, item = id
 *  3  the monitor of a ping key                              table   part = PING#hash, item = KEY
 *  4  the heartbeat of a slug                                table   part = SLUG#slug, item = HEARTBEAT
 *  5  whether the first monitor was made                     table   part = MONITOR#FIRST, item = MADE
 *
 * A monitor's place in the `due` index tells its minutes for good, so to check it again costs no write.
 */

/** A definition and its state are read again so often where one changed between the two reads. */
const READS = 5;

const keyItem = (keyHash: string) => ({ part: `${PING_PREFIX}${keyHash}`, item: 'KEY' });
const slugItem = (slug: string) => ({ part: `${SLUG_PREFIX}${slug}`, item: 'HEARTBEAT' });
const slugOf = ({ check }: Pick<StoredMonitor, 'check'>): string | undefined =>
  check.type === 'heartbeat' ? check.slug : undefined;

/** Gives a slug to a monitor, unless another has it. */
const claimed = (slug: string, id: string) => ({
  put: { ...slugItem(slug), id },
  when: { expression: 'attribute_not_exists(#part)' },
});

/** The place of a monitor in the due index; none while it is paused or waits for pings. */
const place = (monitor: StoredMonitor) =>
  monitor.enabled && monitor.check.type !== 'heartbeat'
    ? { due: dueName(monitor.intervalMinutes, phaseOf(monitor.id, monitor.intervalMinutes)), dueAt: monitor.id }
    : {};

/** That a monitor belongs to a service, where its definition says so from now on. */
const belongings = ({ id, coverage, changedAt }: StoredMonitor) => {
  const services = new Set(coverage.flatMap(({ at, service }) => (at === changedAt ? (service ?? []) : [])));
  return [...services].map((service) => ({ part: SERVICES, item: `${service}\n${id}`, service, id }));
};

/** Makes a monitor, its first state and, for a heartbeat, its key and its slug. False where another monitor has the slug. */
export const create = async (
  health: Table,
  monitor: StoredMonitor,
  state: KnownState,
  keyHash: string | undefined,
): Promise<boolean> => {
  const slug = slugOf(monitor);
  return health.transact([
    { put: { ...monitor, ...place(monitor), part: MONITORS, item: monitor.id, keyHash } },
    { put: stateItem(state) },
    ...belongings(monitor).map((put) => ({ put })),
    ...(keyHash === undefined ? [] : [{ put: { ...keyItem(keyHash), id: monitor.id } }]),
    ...(slug === undefined ? [] : [claimed(slug, monitor.id)]),
  ]);
};

/** It is never deleted, so that the first monitor is made once in the life of the table. */
const FIRST_ITEM = { part: 'MONITOR#FIRST', item: 'MADE' };

export const wasFirstMade = async (health: Table): Promise<boolean> =>
  (await health.get(FIRST_ITEM, { consistent: true })) !== undefined;

/** Makes the monitor that an installation begins with. False where it was made before, also where it is gone by now. */
export const createFirst = async (health: Table, monitor: StoredMonitor, state: KnownState): Promise<boolean> =>
  health.transact([
    { put: { ...FIRST_ITEM, id: monitor.id }, when: { expression: 'attribute_not_exists(#part)' } },
    { put: { ...monitor, ...place(monitor), part: MONITORS, item: monitor.id } },
    { put: stateItem(state) },
    ...belongings(monitor).map((put) => ({ put })),
  ]);

const unchanged = ({ version }: KnownState) => ({ expression: '#version = :seen', values: { seen: version - 1 } });

/** A state that leaves an index has no keys of it. */
const stateItem = (state: KnownState) => {
  const isBroken = state.status === 'down' && !state.muted;
  return {
    ...state,
    part: MONITOR_STATES,
    item: state.id,
    kind: STATE_KIND,
    due: state.dueAt && BEAT,
    broken: isBroken ? BROKEN : undefined,
    brokenSince: isBroken ? state.since : undefined,
  };
};

/**
 * Replaces the definition `before` and the state of a monitor in one write. A key of the next definition takes the place of the one before. False where either is not at the version that was read,
 * or another monitor has the slug.
 */
export const replace = async (
  health: Table,
  before: StoredMonitor & { readonly keyHash?: string },
  monitor: StoredMonitor & { readonly keyHash?: string },
  state: KnownState,
): Promise<boolean> => {
  const [held, slug] = [slugOf(before), slugOf(monitor)];
  const isSame = held === slug;
  const keyHash = monitor.keyHash ?? before.keyHash;
  const isRenewed = keyHash !== before.keyHash;
  return health.transact([
    {
      put: { ...monitor, ...place(monitor), part: MONITORS, item: monitor.id, keyHash },
      when: { expression: '#version = :seen', values: { seen: monitor.version - 1 } },
    },
    { put: stateItem(state), when: unchanged(state) },
    ...belongings(monitor).map((put) => ({ put })),
    ...(isRenewed && before.keyHash !== undefined ? [{ delete: keyItem(before.keyHash) }] : []),
    ...(isRenewed && keyHash !== undefined ? [{ put: { ...keyItem(keyHash), id: monitor.id } }] : []),
    ...(isSame || held === undefined ? [] : [{ delete: slugItem(held) }]),
    ...(isSame || slug === undefined ? [] : [claimed(slug, monitor.id)]),
  ]);
};

/** Leaves the event of the removal to the stream, which then carries it; the past stays for its time. */
export const remove = async (
  health: Table,
  monitor: StoredMonitor & { readonly keyHash?: string },
  event: object,
  at: Date,
  keepDays: number,
): Promise<void> => {
  const { id, name, coverage, maintenance, pastMaintenance, recurring } = monitor;
  const ttl = expiry(at, Math.max(keepDays, PAST_DAYS));
  const past = {
    id,
    name,
    coverage,
    maintenance,
    pastMaintenance,
    ...(recurring && { recurring }),
    goneAt: at.toISOString(),
  };
  const services = new Set(coverage.flatMap(({ service }) => service ?? []));
  const slug = slugOf(monitor);
  await health.transact([
    { delete: { part: MONITORS, item: id } },
    { delete: { part: MONITOR_STATES, item: id } },
    { put: { ...goneItem(id), event, ...past, ttl } },
    ...[...services].map((service) => ({ put: { part: SERVICES, item: `${service}\n${id}`, service, id, ttl } })),
    ...(monitor.keyHash === undefined ? [] : [{ delete: keyItem(monitor.keyHash) }]),
    ...(slug === undefined ? [] : [{ delete: slugItem(slug) }]),
  ]);
};

export const byId = (health: Table, id: string): Promise<(StoredMonitor & { readonly keyHash?: string }) | undefined> =>
  health.get({ part: MONITORS, item: id }, { consistent: true });

export const stateOf = (health: Table, id: string): Promise<KnownState | undefined> =>
  health.get({ part: MONITOR_STATES, item: id }, { consistent: true });

/** Access pattern 2: a definition and the state that follows it. */
export const whole = async (
  health: Table,
  id: string,
): Promise<{
  readonly monitor: (StoredMonitor & { readonly keyHash?: string }) | undefined;
  readonly state: KnownState | undefined;
}> => {
  for (let attempt = 0; attempt < READS; attempt++) {
    const [monitor, state] = await Promise.all([byId(health, id), stateOf(health, id)]);
    if (!monitor || !state || (state.follows ?? monitor.version) === monitor.version) return { monitor, state };
  }
  throw contended();
};

/** Access pattern 1. */
export const list = (health: Table, page: PageRequest): Promise<Page<StoredMonitor>> =>
  health.page({ where: '#part = :part', values: { part: MONITORS } }, page);

/** Access pattern 2; those that are gone are left out. */
export const known = async (
  health: Table,
  ids: readonly string[],
): Promise<{ monitors: StoredMonitor[]; states: Map<string, KnownState> }> => {
  const found = await health.many<(StoredMonitor | KnownState) & { part: string }>(
    ids.flatMap((item) => [
      { part: MONITORS, item },
      { part: MONITOR_STATES, item },
    ]),
  );
  return {
    monitors: found.filter(({ part }) => part === MONITORS) as unknown as StoredMonitor[],
    states: new Map(
      (found.filter(({ part }) => part === MONITOR_STATES) as unknown as KnownState[]).map((state) => [
        state.id,
        state,
      ]),
    ),
  };
};

/** Writes a state, unless it changed since it was read. */
export const saveState = async (health: Table, state: KnownState): Promise<boolean> => {
  const { done } = await health.put(stateItem(state), unchanged(state));
  return done;
};

/** Access pattern 3. */
export const idOfKey = async (health: Table, keyHash: string): Promise<string | undefined> =>
  (await health.get<{ id: string }>(keyItem(keyHash)))?.id;

/** Access pattern 4. */
export const idOfSlug = async (health: Table, slug: string): Promise<string | undefined> =>
  (await health.get<{ id: string }>(slugItem(slug), { consistent: true }))?.id;

/** These functions, bound to the health table. */
export type MonitorStore = Bound<typeof store>;
