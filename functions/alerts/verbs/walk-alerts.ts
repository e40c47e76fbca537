import type { Alert, Status } from '../alert.ts';
import { viewOf } from '../alert.ts';
import type { Listed, ListFilter } from '../read-store.ts';
import type { AlertStore } from '../store.ts';

export interface Walk extends Pick<ListFilter, 'service' | 'source' | 'from' | 'to'> {
  readonly statuses: readonly Status[];
  readonly order: 'oldest_first' | 'newest_first';
  /** Which alerts are wanted, besides the fields above. */
  readonly wants: (alert: Alert) => boolean | Promise<boolean>;
  /** How many wanted alerts are left out at the beginning. */
  readonly skip: number;
  readonly take: number;
  /** Whether all that are wanted are counted, which reads each of them. */
  readonly counts?: boolean | undefined;
}

export interface Walked {
  readonly items: readonly Alert[];
  readonly more: boolean;
  /** Null where it was not asked for. */
  readonly total: number | null;
}

/** Of more alerts in the span of a walk, the newest are walked. */
export const MOST_WALKED = 10_000;
const ROWS = 1_000;
const WHOLE_AT_ONCE = 100;

type Store = Pick<AlertStore, 'openAlerts' | 'resolvedAlerts' | 'whole'>;

/**
 * A part of the alerts in the order of their beginnings, as callers ask for it who page by numbers. It reads the rows of the index, and
 * only those alerts whole that it passes on its way.
 */
export const walkAlerts = async (
  { store }: { readonly store: Store },
  { statuses, order, wants, skip, take, counts = false, ...filter }: Walk,
): Promise<Walked> => {
  const rows = await rowsOf(store, statuses, filter);
  if (order === 'oldest_first') rows.reverse();
  const items: Alert[] = [];
  let found = 0;
  for (let at = 0; at < rows.length && (counts || found <= skip + take); at += WHOLE_AT_ONCE) {
    for (const stored of await store.whole(rows.slice(at, at + WHOLE_AT_ONCE))) {
      const alert = viewOf(stored);
      if (!statuses.includes(alert.status) || !(await wants(alert))) continue;
      if (found >= skip && items.length < take) items.push(alert);
      found += 1;
    }
  }
  return { items, more: found > skip + items.length, total: counts ? found : null };
};

/** The rows of the index, newest first, each alert once: one that is resolved meanwhile may be in both parts. */
const rowsOf = async (store: Store, statuses: readonly Status[], filter: ListFilter): Promise<Listed[]> => {
  const parts = [
    ...(statuses.includes('open') || statuses.includes('acknowledged') ? [store.openAlerts] : []),
    ...(statuses.includes('resolved') ? [store.resolvedAlerts] : []),
  ];
  const rows = new Map<string, Listed>();
  for (const read of parts) {
    let cursor: string | undefined;
    let ofPart = 0;
    do {
      const page: Awaited<ReturnType<typeof read>> = await read({ limit: ROWS, ...(cursor && { cursor }) }, filter);
      for (const row of page.items) if (!rows.has(row.id)) rows.set(row.id, row);
      ofPart += page.items.length;
      cursor = page.next ?? undefined;
    } while (cursor !== undefined && ofPart < MOST_WALKED);
  }
  return [...rows.values()].sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, MOST_WALKED);
};
