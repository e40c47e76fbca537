import type { Item } from '../../shared/aws/dynamo.ts';
import * as z from 'zod/mini';
import { decodeCursor, encodeCursor, type Page, type PageRequest } from '../../shared/kernel/page.ts';
import {
  firstEntry,
  latestEntry,
  lowestAlertId,
  slotOf,
  slotOfId,
  type Severity,
  type StoredAlert,
  type TimelineEntry,
} from './alert.ts';
import { memoryIn } from './event-names.ts';
import type { SlotSeen } from './intake/replay-plan.ts';
import { DUE, entryKey, OPEN, RESOLVED, type Slot, type TimelineItem } from './items.ts';
import type { AlertsTable } from './store.ts';
import { DUE_INDEX, LISTING_INDEX, UNRESOLVED } from './table.ts';

/* Reads of the alerts table: access patterns 2 to 6 of `store.ts`. */

/** Items of a slot that are read to find what it has archived; entries of timelines lie between. */
const MOST_PAST = 1_000;
const COUNTED_A_PAGE = 5_000;

/** How many alerts are not resolved, acknowledged ones among them. */
export type OpenAlerts = Readonly<Record<Severity, number>>;

/** What the listing knows of an open alert without a look at the alert. */
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

/** Access pattern 4. */
export const byId = async (alerts: AlertsTable, id: string): Promise<StoredAlert | undefined> => {
  const slot = slotOfId(id);
  if (!slot) return undefined;
  const open = await alerts.get<Slot>({ slot, item: OPEN }, { consistent: true });
  return open?.id === id ? (open as StoredAlert & Slot) : archivedAlert(alerts, slot, id);
};

/** Access pattern 1: what a slot looks like and remembers. */
export const seenIn = async (alerts: AlertsTable, slot: string): Promise<SlotSeen> => {
  const item = await alerts.get<Slot>({ slot, item: OPEN }, { consistent: true });
  return {
    alert: item?.id ? (item as StoredAlert & Slot) : undefined,
    closedAt: item?.closedAt,
    lastSpill: item?.lastSpill,
    revision: item?.revision,
    memory: memoryIn(item),
  };
};

/** The alerts that a slot has archived, newest first; of very many the newest. */
export const pastIn = async (alerts: AlertsTable, slot: string): Promise<StoredAlert[]> =>
  (
    await alerts.queryOnce<StoredAlert>(
      {
        where: '#slot = :slot AND #item BETWEEN :first AND :last',
        filter: 'attribute_exists(#resolvedAt)',
        values: { slot, first: 'alr_', last: 'alr_~' },
        newestFirst: true,
        consistent: true,
      },
      MOST_PAST,
    )
  ).items;

/** Access pattern 1, else the latest alert that the slot has archived. */
export const latestIn = async (
  alerts: AlertsTable,
  source: string,
  dedupKey: string,
): Promise<StoredAlert | undefined> => {
  const slot = slotOf(source, dedupKey);
  return (await seenIn(alerts, slot)).alert ?? (await pastIn(alerts, slot))[0];
};

const archivedAlert = (alerts: AlertsTable, slot: string, id: string): Promise<StoredAlert | undefined> =>
  alerts.get<StoredAlert>({ slot, item: id }, { consistent: true });

/** A page of a timeline begins below this entry. */
const Below = z.object({ below: z.int().check(z.gte(2)) });

/**
 * Access pattern 5: a page of what happened to an alert, newest first. The alert carries the first and the latest entry; the
 * stream writes those between them a moment later.
 */
export const timeline = async (
  alerts: AlertsTable,
  alert: StoredAlert,
  { limit, cursor }: PageRequest,
): Promise<Page<TimelineEntry>> => {
  const ofAlert = { timeline: alert.id };
  const below = cursor === undefined ? alert.sequence + 1 : decodeCursor(cursor, ofAlert, Below).below;
  const entries: TimelineEntry[] = [];
  if (alert.sequence > 1 && alert.sequence < below) entries.push(latestEntry(alert));
  const last = Math.min(below, alert.sequence) - 1;
  let isWhole = true;
  if (last > 1 && entries.length < limit) {
    const between = await entriesBetween(alerts, alert.id, last, limit - entries.length);
    entries.push(...between.entries);
    isWhole = between.isWhole;
  } else if (last > 1) isWhole = false;
  if (isWhole && entries.length < limit) return { items: [...entries, firstEntry(alert)], next: null };
  return { items: entries, next: encodeCursor({ below: entries.at(-1)?.sequence ?? below }, ofAlert) };
};

/** The entries from the second to the `last`, newest first, and whether there are no more of them. */
const entriesBetween = async (
  alerts: AlertsTable,
  id: string,
  last: number,
  limit: number,
): Promise<{ readonly entries: TimelineEntry[]; readonly isWhole: boolean }> => {
  const { items, last: more } = await alerts.queryOnce<TimelineItem>(
    {
      where: '#slot = :slot AND #item BETWEEN :from AND :to',
      values: { slot: slotOfId(id), from: entryKey(id, 2), to: entryKey(id, last) },
      newestFirst: true,
    },
    limit,
  );
  return { entries: items.map(({ slot: _slot, item: _item, ttl: _ttl, ...entry }) => entry), isWhole: !more };
};

/** Access pattern 2. */
export const openAlerts = (alerts: AlertsTable, page: PageRequest, filter: ListFilter = {}): Promise<Page<Listed>> =>
  listing(alerts, UNRESOLVED, filter, page);

/** Access pattern 3. */
export const resolvedAlerts = (
  alerts: AlertsTable,
  page: PageRequest,
  filter: ListFilter = {},
): Promise<Page<Listed>> => listing(alerts, RESOLVED, filter, page);

const listing = (
  alerts: AlertsTable,
  partition: string,
  filter: ListFilter,
  page: PageRequest,
): Promise<Page<Listed>> => {
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

/** Access pattern 2: exact, a megabyte at a time, some 5,000 alerts each. */
export const countOpen = async (alerts: AlertsTable): Promise<OpenAlerts> => {
  const counts = { info: 0, warning: 0, error: 0, critical: 0 };
  let start: Item | undefined;
  do {
    const { items, last } = await alerts.queryOnce<Listed>(
      { index: LISTING_INDEX, where: '#listing = :listing', values: { listing: UNRESOLVED } },
      COUNTED_A_PAGE,
      start,
    );
    for (const { severity } of items) counts[severity]++;
    start = last;
  } while (start);
  return counts;
};

/** The whole alerts of a page of the listing. One that moved meanwhile is found in the archive. */
export const whole = async (alerts: AlertsTable, listed: readonly Listed[]): Promise<StoredAlert[]> => {
  if (listed.length === 0) return [];
  const found = new Map(
    (await alerts.many<StoredAlert>(listed.map(({ slot, item }) => ({ slot, item })))).map((each) => [each.id, each]),
  );
  const inOrder = await Promise.all(
    listed.map(async ({ id, slot }) => found.get(id) ?? archivedAlert(alerts, slot, id)),
  );
  return inOrder.filter((alert) => alert !== undefined);
};

/** Access pattern 6. The index lags: an alert that moved or needs no look any more is left out. */
export const dueAlerts = async (alerts: AlertsTable, now: Date, page: PageRequest): Promise<Page<StoredAlert>> => {
  const { items, next } = await alerts.page<{ slot: string; item: string }>(
    { index: DUE_INDEX, where: '#due = :due AND #dueAt <= :now', values: { due: DUE, now: now.toISOString() } },
    page,
  );
  const keys = items.map(({ slot, item }) => ({ slot, item }));
  const found = keys.length > 0 ? await alerts.many<StoredAlert | Slot>(keys) : [];
  return { items: found.filter((item): item is StoredAlert => item.id !== undefined && 'dueAt' in item), next };
};
