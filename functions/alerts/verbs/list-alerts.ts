import * as z from 'zod/mini';
import { decodeCursor, encodeCursor, type Page } from '../../../shared/kernel/page.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { nothingShown, wasShown, withShown, Shown } from './shown.ts';
import { viewOf, type Alert, type Severity, type Status, type StoredAlert } from '../alert.ts';
import type { Listed, ListFilter } from '../read-store.ts';
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
  readonly limit: number;
  readonly cursor?: string | undefined;
}

const Part = z.enum(['unresolved', 'resolved']);
type Part = z.infer<typeof Part>;
const Position = z.tuple([Part, z.nullable(z.string()), Shown]);
type Position = Readonly<z.infer<typeof Position>>;

/** One answer reads at most this many pages of the index; a filter that matches little then gets a short page. */
const MAX_INDEX_PAGES = 10;

/**
 * Alerts, unresolved ones first, each part newest first, filtered. A walk shows each alert once, also one that is resolved
 * meanwhile. A page may be shorter than its limit although more follow: the list ends where `next` is null.
 */
export const listAlerts = async (
  {
    store,
    clock,
  }: { readonly store: Pick<AlertStore, 'openAlerts' | 'resolvedAlerts' | 'whole'>; readonly clock: Clock },
  query: AlertQuery,
): Promise<Page<Alert>> => {
  const { limit, cursor, ...criteria } = query;
  const bound = { list: 'alerts', ...criteria };
  let position: Position | undefined = cursor
    ? decodeCursor(cursor, bound, Position)
    : [query.status === 'resolved' ? 'resolved' : 'unresolved', null, nothingShown(clock.now())];
  const items: Alert[] = [];
  for (let pages = 0; position && items.length < limit && pages < MAX_INDEX_PAGES; pages++) {
    const part: Part = position[0];
    const from: string | null = position[1];
    const shown: Shown = position[2];
    const read: AlertStore['openAlerts'] = part === 'resolved' ? store.resolvedAlerts : store.openAlerts;
    const { items: listed, next }: Page<Listed> = await read(
      { limit: limit - items.length, ...(from && { cursor: from }) },
      filterOf(query),
    );
    const hasBeen = wasShown(shown);
    const fitting = (await store.whole(listed)).filter(
      (alert) => matches(alert, query) && !(part === 'resolved' && hasBeen(alert)),
    );
    items.push(...fitting.map(viewOf));
    const ids = part === 'unresolved' && !query.status ? fitting.map(({ id }) => id) : [];
    const more = withShown(shown, ids);
    if (next) position = [part, next, more];
    else if (part === 'resolved' || query.status) position = undefined;
    else position = ['resolved', null, { ...more, ended: clock.now().getTime() }];
  }
  return { items, next: position ? encodeCursor(position, bound) : null };
};

const filterOf = ({ severity, source, service, from, to }: AlertQuery): ListFilter => ({
  severity,
  source,
  service,
  ...(from && { from: new Date(from) }),
  ...(to && { to: new Date(to) }),
});

/** Filters by what the index does not have: the status within its part, and the labels. */
const matches = (alert: StoredAlert, { status, severity, label }: AlertQuery): boolean => {
  if (status && alert.status !== status) return false;
  if (severity && alert.severity !== severity) return false;
  if (!label) return true;
  return Object.entries(alert.labels).some(([name, value]) => label === `${name}=${value}`);
};
