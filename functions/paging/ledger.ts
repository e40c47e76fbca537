import type { Item, Key, Table } from '../../shared/aws/dynamo.ts';
import { isUnreached, type Escalation } from './escalations/escalation.ts';
import type { StoredPage } from './pages/page.ts';
import { alertSubject, type Subject } from './subject.ts';
import { ALERT_PREFIX, DUE, INCIDENT_PREFIX, QUIET } from './table.ts';

/*
 * The items of an escalation and its pages. One transaction writes both when a step is reached, so both stores use this.
 *
 * The write that makes an entry due also puts it into the due index. No running escalation and no unsent page is without its
 * next check.
 */

/** The paging table, and the days for which it keeps entries that are over. */
export interface PagingTable extends Table {
  readonly retentionDays: number;
}

/** The key of a due entry. */
export interface DueKey {
  readonly part: string;
  readonly item: string;
  readonly dueAt: string;
}

export const ESCALATION = 'ESCALATION';
export const PAGE = 'PAGE#';
const DAY_SECONDS = 86_400;

const PREFIX: Readonly<Record<Subject['kind'], string>> = { alert: ALERT_PREFIX, incident: INCIDENT_PREFIX };

/** The partition of an alert or incident. */
export const partOf = ({ kind, id }: Subject): string => PREFIX[kind] + id;

/** The escalation or page that a key of the due index names. */
export const namedBy = ({ part = '', item }: Key): { readonly subject: Subject; readonly page?: string } => {
  const kind = part.startsWith(PREFIX.incident) ? 'incident' : 'alert';
  return {
    subject: { kind, id: part.slice(PREFIX[kind].length) },
    ...(item?.startsWith(PAGE) && { page: item.slice(PAGE.length) }),
  };
};

export const expiry = ({ retentionDays }: PagingTable, at: Date): { readonly ttl: number } => ({
  ttl: Math.floor(at.getTime() / 1000) + retentionDays * DAY_SECONDS,
});

export const escalationItem = (paging: PagingTable, escalation: Escalation, at: Date): Item => ({
  part: partOf(alertSubject(escalation.alertId)),
  item: ESCALATION,
  ...escalation,
  // An alert may stay open for long: the last state of its escalation is kept for as long as a resolved alert.
  ...(escalation.nextAt !== undefined
    ? { due: DUE, dueAt: escalation.nextAt, ...(isUnreached(escalation) && { unreached: true }) }
    : escalation.status === 'ended'
      ? expiry(paging, at)
      : { due: QUIET, dueAt: at.toISOString(), ...(isUnreached(escalation) && { unreached: true }) }),
});

export const pageItem = (paging: PagingTable, page: StoredPage, at: Date): Item => ({
  ...page,
  part: partOf(page.subject),
  item: PAGE + page.key,
  ...(page.dueAt === undefined ? { due: undefined, ...expiry(paging, at) } : { due: DUE }),
});

/** New pages. Each is written only if it does not exist. */
export const newPages = (paging: PagingTable, pages: readonly StoredPage[], at: Date) =>
  pages.map((page) => ({ put: pageItem(paging, page, at), when: { expression: 'attribute_not_exists(#part)' } }));
