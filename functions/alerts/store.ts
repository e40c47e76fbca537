import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { table, type Item, type Table } from '../../shared/aws/dynamo.ts';
import { isTransient } from '../../shared/aws/transient.ts';
import type { Page, PageRequest } from '../../shared/kernel/page.ts';
import {
  lowestAlertId,
  RELEASES,
  slotOf,
  slotOfId,
  type Actor,
  type AlertEvent,
  type Change,
  type Severity,
  type StoredAlert,
  type TimelineEntry,
} from './alert.ts';
import { ContendedSlot } from './contended-slot.ts';
import { hasCounted, isMemory, memoryIn, memoryOf, type EventName } from './event-names.ts';
import { DUE_INDEX, LISTING_INDEX, UNRESOLVED } from './table.ts';
import {
  asSeen,
  birthOf,
  DUE,
  entryItem,
  isResolved,
  OPEN,
  RESOLVED,
  restingItem,
  SLOT_MEMORY,
  tombstoneExpires,
  type Birth,
  type ResolvedSlot,
  type Slot,
  type TimelineItem,
} from './items.ts';

/*
 * Access patterns
 *
 *  #  question                                         index      key
 *  1  the alert that is open for a source and key      table      slot, item = OPEN
 *  2  open alerts, newest first                        listing    listing = OPEN, id
 *  3  resolved alerts, newest first                    listing    listing = RESOLVED, id
 *  4  one alert by id                                  table      slot (from the id), item = OPEN, else item = id
 *  5  the timeline of an alert, newest first           table      slot, item begins with id#
 *  6  alerts that the minute tick must look at         due        due = DUE, dueAt
 *
 * `intake/replay-store.ts` answers what events that waited ask of a slot.
 *
 * An unresolved alert lies at (slot, OPEN). The stream moves a resolved one to (slot, id) and leaves a tombstone that
 * remembers when the slot was last closed; a raise that comes before the move makes it itself, in a transaction.
 * `listing` is sparse and projects only what no repeat and no acknowledgement changes, so these cost one write unit.
 */

const MAX_COUNT_PAGES = 10;
const COUNTED_A_PAGE = 5_000;

/** How many alerts are not resolved, acknowledged ones among them. */
export type OpenAlerts = Readonly<Record<Severity, number>>;

/** What an open alert's entry in the listing tells without a look at the alert. */
export interface Listed {
  readonly slot: string;
  readonly item: string;
  readonly id: string;
  readonly severity: Severity;
  readonly source: string;
  readonly service: string | null;
}

export interface ListFilter {
  readonly severity?: Severity | undefined;
  readonly source?: string | undefined;
  readonly service?: string | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

export interface Raised {
  readonly alert: StoredAlert;
  readonly opened: boolean;
}

export const alertStore = (client: DynamoDBClient, tableName: string, retentionDays: number) => {
  const alerts = table(client, tableName);

  /**
   * Opens an alert or repeats the one that is open for the same source and key: one conditional write. Only where a
   * resolved alert still lies in the slot is there a second, which moves it away. The same event again, because an
   * answer was lost, is counted once.
   */
  const raise = async (event: AlertEvent, by: Actor, at: Date, name: EventName): Promise<Raised> => {
    const slot = slotOf(event.source, event.dedupKey);
    for (let attempt = 0; attempt < 5; attempt++) {
      const birth = birthOf(event, slot, by, at);
      const outcome = await alerts.update<Slot>({
        key: { slot, item: OPEN },
        once: birth.once,
        set: {
          description: event.description,
          annotations: event.annotations,
          lastSeenAt: at.toISOString(),
          expiresAt: event.expiresAt,
          [memoryOf(name)]: name.number,
        },
        add: { count: 1, version: 1 },
        remove: ['ttl', ...(event.expiresAt ? [] : ['expiresAt'])],
        when: {
          expression:
            '(attribute_not_exists(#status) OR #status <> :resolved)' +
            ` AND (attribute_not_exists(#${memoryOf(name)}) OR #${memoryOf(name)} < :number)`,
          values: { resolved: 'resolved', number: name.number },
        },
      });
      if (outcome.done || (outcome.item?.id && hasCounted(memoryIn(outcome.item), name))) {
        const alert = outcome.item as StoredAlert & Slot;
        return { alert, opened: alert.count === 1 };
      }
      if (isResolved(outcome.item) && (await replace(outcome.item, birth, name))) {
        return { alert: birth.whole, opened: true };
      }
    }
    throw new ContendedSlot(`The slot ${slot} kept changing`);
  };

  /** Puts a resolved alert into its resting place and a new one where it lay. False when somebody else was faster. */
  const replace = async (resolved: ResolvedSlot, birth: Birth, name: EventName): Promise<boolean> =>
    alerts.transact([
      { put: restingItem(resolved, retentionDays) },
      {
        put: {
          ...birth.whole,
          slot: resolved.slot,
          item: OPEN,
          ...birth.keys,
          ...memoryIn(resolved),
          [memoryOf(name)]: name.number,
          closedAt: resolved.resolvedAt,
          lastSpill: resolved.lastSpill,
        },
        when: {
          expression: '#id = :id AND #version = :version',
          values: { id: resolved.id, version: resolved.version },
        },
      },
    ]);

  /** Carries out a change in one conditional write, without reading. Answers the alert as it then is. */
  const change = async (id: string, change: Change): Promise<{ done: boolean; alert: StoredAlert | undefined }> => {
    const slot = slotOfId(id);
    if (!slot) return { done: false, alert: undefined };
    const resolves = change.set.status === 'resolved';
    const write = (item: string) =>
      alerts.update<Slot>({
        key: { slot, item },
        set: {
          ...change.set,
          dueAt: resolves ? undefined : change.dueAt,
          due: change.dueAt && !resolves ? DUE : undefined,
          transition: change.transition,
        },
        add: { sequence: 1, version: 1 },
        ...(RELEASES.has(change.transition.type) && { setNext: { lastRing: 'sequence' } }),
        ...(resolves && { remove: ['listing', 'due', 'dueAt'] }),
        when: conditionOf(id, change),
      });
    const outcome = await write(OPEN);
    if (outcome.done) return { done: true, alert: outcome.item as StoredAlert };
    if (outcome.item?.id === id) return { done: false, alert: outcome.item as StoredAlert };
    if (!change.from.includes('resolved')) return { done: false, alert: await restingAlert(slot, id) };
    const atRest = await write(id);
    return { done: atRest.done, alert: atRest.item as StoredAlert | undefined };
  };

  /**
   * Resolves whatever is open for a source and key, in one conditional write. Where nothing is open it leaves a
   * tombstone, so that a raise which was accepted earlier but is still waiting does not open what is over; that is a
   * second write.
   */
  const resolveSlot = async (source: string, dedupKey: string, change: Change): Promise<StoredAlert | undefined> => {
    const slot = slotOf(source, dedupKey);
    for (let attempt = 0; attempt < 5; attempt++) {
      const outcome = await alerts.update<Slot>({
        key: { slot, item: OPEN },
        set: { ...change.set, transition: change.transition },
        add: { sequence: 1, version: 1 },
        remove: ['listing', 'due', 'dueAt'],
        when: {
          expression: '#status IN (:open, :acknowledged)',
          values: { open: 'open', acknowledged: 'acknowledged' },
        },
      });
      if (outcome.done) return outcome.item as StoredAlert;
      if (isResolved(outcome.item)) await lay(outcome.item);
      if (await mark(slot, change.transition.at)) return undefined;
    }
    throw new ContendedSlot(`The slot ${slot} kept changing`);
  };

  /** Leaves a tombstone in a slot where no alert lies: closed at this instant or later. False where an alert lies there. */
  const mark = async (slot: string, closedAt: string): Promise<boolean> => {
    const { done, item } = await alerts.update<Slot>({
      key: { slot, item: OPEN },
      set: { closedAt, ttl: tombstoneExpires(closedAt) },
      when: {
        expression: 'attribute_not_exists(#id) AND (attribute_not_exists(#closedAt) OR #closedAt < :closedAt)',
        values: { closedAt },
      },
    });
    return done || item?.id === undefined;
  };

  const restingAlert = (slot: string, id: string): Promise<StoredAlert | undefined> =>
    alerts.get<StoredAlert>({ slot, item: id }, { consistent: true });

  /** Access pattern 4. */
  const byId = async (id: string): Promise<StoredAlert | undefined> => {
    const slot = slotOfId(id);
    if (!slot) return undefined;
    const open = await alerts.get<Slot>({ slot, item: OPEN }, { consistent: true });
    return open?.id === id ? (open as StoredAlert & Slot) : restingAlert(slot, id);
  };

  /** Access pattern 5: a page of what happened to an alert, newest first. */
  const timeline = async (alert: StoredAlert, page: PageRequest): Promise<Page<TimelineEntry>> => {
    const { items, next } = await alerts.page<TimelineItem>(
      {
        where: '#slot = :slot AND begins_with(#item, :prefix)',
        values: { slot: slotOfId(alert.id), prefix: `${alert.id}#` },
        newestFirst: true,
      },
      page,
    );
    const entries = items.map(({ slot: _slot, item: _item, ttl: _ttl, ...entry }) => entry);
    // The stream writes the timeline a moment later; the latest entry is in the alert already.
    if (!page.cursor && (entries[0]?.sequence ?? 0) < alert.sequence) {
      entries.unshift({ sequence: alert.sequence, ...alert.transition });
    }
    return { items: entries, next };
  };

  const listing = (partition: string, filter: ListFilter, page: PageRequest): Promise<Page<Listed>> => {
    const clauses = (['severity', 'source', 'service'] as const).filter((name) => filter[name] !== undefined);
    return alerts.page<Listed>(
      {
        index: LISTING_INDEX,
        where: '#listing = :listing AND #id BETWEEN :from AND :to',
        ...(clauses.length > 0 && { filter: clauses.map((name) => `#${name} = :${name}`).join(' AND ') }),
        values: {
          listing: partition,
          from: lowestAlertId(filter.from ?? new Date(0)),
          to: filter.to ? lowestAlertId(filter.to) : 'alr_~',
          ...Object.fromEntries(clauses.map((name) => [name, filter[name]])),
        },
        newestFirst: true,
      },
      page,
    );
  };

  /** Access pattern 2. */
  const openAlerts = (page: PageRequest, filter: ListFilter = {}): Promise<Page<Listed>> =>
    listing(UNRESOLVED, filter, page);

  /** Access pattern 2, of at most so many pages of a megabyte, some 5,000 alerts each. */
  const countOpen = async (): Promise<OpenAlerts> => {
    const counts = { info: 0, warning: 0, error: 0, critical: 0 };
    let start: Item | undefined;
    for (let page = 0; page < MAX_COUNT_PAGES; page++) {
      const { items, last } = await alerts.queryOnce<Listed>(
        { index: LISTING_INDEX, where: '#listing = :listing', values: { listing: UNRESOLVED } },
        COUNTED_A_PAGE,
        start,
      );
      for (const { severity } of items) counts[severity]++;
      if (!last) break;
      start = last;
    }
    return counts;
  };

  /** Access pattern 3. */
  const resolvedAlerts = (page: PageRequest, filter: ListFilter = {}): Promise<Page<Listed>> =>
    listing(RESOLVED, filter, page);

  /** The alerts of a page of the listing, whole. One that has moved meanwhile is found where it went. */
  const whole = async (listed: readonly Listed[]): Promise<StoredAlert[]> => {
    if (listed.length === 0) return [];
    const found = new Map(
      (await alerts.many<StoredAlert>(listed.map(({ slot, item }) => ({ slot, item })))).map((a) => [a.id, a]),
    );
    const alertsInOrder = await Promise.all(
      listed.map(async ({ id, slot }) => found.get(id) ?? restingAlert(slot, id)),
    );
    return alertsInOrder.filter((alert) => alert !== undefined);
  };

  /** Access pattern 6. The index lags: an alert that was moved or needs no look any more is left out. */
  const dueAlerts = async (now: Date, page: PageRequest): Promise<Page<StoredAlert>> => {
    const { items, next } = await alerts.page<{ slot: string; item: string }>(
      { index: DUE_INDEX, where: '#due = :due AND #dueAt <= :now', values: { due: DUE, now: now.toISOString() } },
      page,
    );
    const keys = items.map(({ slot, item }) => ({ slot, item }));
    const found = keys.length > 0 ? await alerts.many<StoredAlert | Slot>(keys) : [];
    return { items: found.filter((item): item is StoredAlert => item.id !== undefined && 'dueAt' in item), next };
  };

  /** Moves the next look of the tick, unless what it looks for changed since the alert was read. */
  const rearm = async (alert: StoredAlert, dueAt: string | undefined): Promise<void> => {
    await alerts.update({
      key: { slot: slotOfId(alert.id) ?? '', item: OPEN },
      ...(dueAt ? { set: { dueAt, due: DUE } } : { remove: ['due', 'dueAt'] }),
      when: asSeen({ id: alert.id, dueAt: alert.dueAt, expiresAt: alert.expiresAt }),
    });
  };

  /** Writes an entry of the timeline; the same entry twice is the same item. */
  const keepEntry = async (alert: StoredAlert): Promise<void> => {
    await alerts.put(entryItem(alert, retentionDays));
  };

  /** Forgets producers that are too old to be heard of again. */
  const forget = async (slot: string, memories: readonly string[]): Promise<void> => {
    await alerts.update({
      key: { slot, item: OPEN },
      remove: memories,
      when: { expression: 'attribute_exists(#slot)' },
    });
  };

  /** Moves a resolved alert out of its slot: first the copy, then the tombstone. Safe to repeat. */
  const lay = async (alert: StoredAlert): Promise<void> => {
    if (!isResolved(alert)) return;
    await alerts.put(restingItem(alert, retentionDays), {
      expression: 'attribute_not_exists(#version) OR #version <= :version',
      values: { version: alert.version },
    });
    const rest = Object.keys(alert).filter((name) => !SLOT_MEMORY.has(name) && !isMemory(name));
    await alerts.update({
      key: { slot: slotOfId(alert.id) ?? '', item: OPEN },
      set: { closedAt: alert.resolvedAt, ttl: tombstoneExpires(alert.resolvedAt) },
      remove: rest,
      when: { expression: '#id = :id AND #version = :version', values: { id: alert.id, version: alert.version } },
    });
  };

  return {
    raise,
    change,
    resolveSlot,
    byId,
    timeline,
    openAlerts,
    countOpen,
    resolvedAlerts,
    whole,
    dueAlerts,
    rearm,
    keepEntry,
    forget,
    lay,
    markClosed: (source: string, dedupKey: string, at: Date) => mark(slotOf(source, dedupKey), at.toISOString()),
    isTransient: (error: unknown): boolean => isTransient(error) || error instanceof ContendedSlot,
  };
};

export type AlertStore = ReturnType<typeof alertStore>;
export type { Table };

const conditionOf = (id: string, change: Change) => ({
  expression: [
    '#id = :id',
    `#status IN (${change.from.map((status) => `:${status}`).join(', ')})`,
    ...(change.expecting === undefined ? [] : ['#version = :expecting']),
    ...(change.whileSeverity === undefined ? [] : ['#severity = :whileSeverity']),
    ...(change.expiredBy === undefined ? [] : ['#expiresAt <= :expiredBy']),
  ].join(' AND '),
  values: {
    id,
    ...Object.fromEntries(change.from.map((status) => [status, status])),
    ...(change.expecting !== undefined && { expecting: change.expecting }),
    ...(change.whileSeverity !== undefined && { whileSeverity: change.whileSeverity }),
    ...(change.expiredBy !== undefined && { expiredBy: change.expiredBy }),
  },
});
