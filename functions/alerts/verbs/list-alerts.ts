import * as z from 'zod/mini';
import { decodeCursor, encodeCursor, type Page } from '../../../shared/kernel/page.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { nothingShown, wasShown, withShown, Shown } from './shown.ts';
import { viewOf, type Alert, type Severity, type Status, type StoredAlert } from '../alert.ts';
import type { Listed, ListFilter } from '../read-store.ts';
import { createdSince, matchesQuery, mayMatch } from '../query/matches.ts';
import { parseQuery, type Query } from '../query/query.ts';
import type { AlertStore } from '../store.ts';

export interface AlertQuery {
  readonly status?: Status | undefined;
  readonly severity?: Severity | undefined;
  readonly source?: string | undefined;
  readonly service?: string | undefined;
  /** `name=value`. */
  readonly label?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Only alerts in one of these states. */
  readonly among?: readonly Status[] | undefined;
  /** In the query language. */
  readonly query?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

const Part = z.enum(['unresolved', 'resolved']);
type Part = z.infer<typeof Part>;
const Position = z.tuple([Part, z.nullable(z.string()), Shown]);
type Position = Readonly<z.infer<typeof Position>>;

/** One answer reads at most this many pages of the index; a filter that matches little then gets a short page. */
const MAX_INDEX_PAGES = 40;
/** Where a filter leaves nothing of a page, so many rows are read next: an empty answer then has looked at some thousand alerts. */
const SPARSE_ROWS = 200;

/**
 * Alerts, unresolved ones first, each part newest first, filtered. A walk shows each alert once, also one that is resolved
 * meanwhile. A page may be shorter than its limit although more follow: the list ends where `next` is null. An empty page with a `next` comes only
 * after some thousand alerts that do not fit. Throws `query.invalid`.
 */
export const listAlerts = async (
  {
    store,
    clock,
  }: { readonly store: Pick<AlertStore, 'openAlerts' | 'resolvedAlerts' | 'whole'>; readonly clock: Clock },
  query: AlertQuery,
): Promise<Page<Alert>> => {
  const { limit, cursor, ...criteria } = query;
  const wanted = query.query === undefined ? undefined : parseQuery(query.query);
  const now = clock.now();
  const parts = partsOf(query, wanted, now);
  const bound = { list: 'alerts', ...criteria };
  let position: Position | undefined = cursor
    ? decodeCursor(cursor, bound, Position)
    : parts[0] && [parts[0], null, nothingShown(now)];
  const items: Alert[] = [];
  let isSparse = false;
  let rows = SPARSE_ROWS;
  for (let pages = 0; position && items.length < limit && pages < MAX_INDEX_PAGES; pages++) {
    const part: Part = position[0];
    const from: string | null = position[1];
    const shown: Shown = position[2];
    const read: AlertStore['openAlerts'] = part === 'resolved' ? store.resolvedAlerts : store.openAlerts;
    const room = limit - items.length;
    const { items: listed, next }: Page<Listed> = await read(
      { limit: isSparse ? Math.max(room, rows) : room, ...(from && { cursor: from }) },
      filterOf(query, wanted && createdSince(wanted, now)),
    );
    const hasBeen = wasShown(shown);
    const candidates = wanted ? listed.filter((row) => mayMatch(wanted, partOf(row), now)) : listed;
    const fitting = (await store.whole(candidates)).filter(
      (alert) =>
        matches(alert, query) &&
        (!wanted || matchesQuery(wanted, alert, now)) &&
        !(part === 'resolved' && hasBeen(alert)),
    );
    if (fitting.length > room) {
      // More fit than there is room for: the same rows are read again in smaller steps.
      rows = Math.floor(rows / 2);
      continue;
    }
    isSparse = fitting.length === 0;
    items.push(...fitting.map(viewOf));
    const ids = part === 'unresolved' && parts.length > 1 ? fitting.map(({ id }) => id) : [];
    const more = withShown(shown, ids);
    if (next) position = [part, next, more];
    else if (part === 'resolved' || parts.length === 1) position = undefined;
    else position = ['resolved', null, { ...more, ended: clock.now().getTime() }];
  }
  return { items, next: position ? encodeCursor(position, bound) : null };
};

/** The parts of the list in which alerts may fit, in their order. */
const partsOf = (query: AlertQuery, wanted: Query | undefined, now: Date): readonly Part[] => {
  const may = (status: Status): boolean => isAmong(status, query) && (!wanted || mayMatch(wanted, { status }, now));
  return [
    ...(may('open') || may('acknowledged') ? (['unresolved'] as const) : []),
    ...(may('resolved') ? (['resolved'] as const) : []),
  ];
};

const isAmong = (each: Status, { status = each, among = [each] }: Pick<AlertQuery, 'status' | 'among'>): boolean =>
  status === each && among.includes(each);

/** What the index knows of an alert for a query. */
const partOf = ({ id, severity, source, service }: Listed): Partial<Alert> => ({ id, severity, source, service });

const later = (from: string | undefined, since: Date | undefined): Date | undefined => {
  const at = from === undefined ? undefined : new Date(from);
  return at && since ? new Date(Math.max(at.getTime(), since.getTime())) : (at ?? since);
};

const filterOf = ({ severity, source, service, from, to }: AlertQuery, since: Date | undefined): ListFilter => ({
  severity,
  source,
  service,
  from: later(from, since),
  ...(to && { to: new Date(to) }),
});

/** Filters by what the index does not have: the status within its part, and the labels. */
const matches = (alert: StoredAlert, { severity, label, ...query }: AlertQuery): boolean => {
  if (!isAmong(alert.status, query)) return false;
  if (severity && alert.severity !== severity) return false;
  if (!label) return true;
  return Object.entries(alert.labels).some(([name, value]) => label === `${name}=${value}`);
};
