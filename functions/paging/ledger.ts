import type { Item, Key, Table } from '../../shared/aws/dynamo.ts';
import { isUnreached, type Escalation } from './escalations/escalation.ts';
import type { StoredPage } from './pages/page.ts';
import { alertSubject, type Subject } from './subject.ts';
import { DUE, QUIET } from './table.ts';

/*
 * What an escalation and its pages look like in the table. One transaction writes both when a step is reached, so both
 * stores build on this.
 *
 * What must be looked at again is in the due index by the same write that says so. There is no running escalation and no
 * unsent page without its next look.
 */

/** The paging table, and for how many days it keeps what is over. */
export interface PagingTable extends Table {
  readonly retentionDays: number;
}

/** Where something that is due lies. */
export interface DueKey {
  readonly part: string;
  readonly item: string;
  readonly dueAt: string;
}

export const ESCALATION = 'ESCALATION';
export const PAGE = 'PAGE#';
const DAY_SECONDS = 86_400;

const PREFIX: Readonly<Record<Subject['kind'], string>> = { alert: 'ALERT#', incident: 'INCIDENT#' };

/** The partition of an alert or incident. */
export const partOf = ({ kind, id }: Subject): string => PREFIX[kind] + id;

/** What a key of the due index names: an escalation, or one of its pages. */
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
    ? { due: DUE, dueAt: escalation.nextAt }
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

/** New pages, each written where it was not there before. */
export const newPages = (paging: PagingTable, pages: readonly StoredPage[], at: Date) =>
  pages.map((page) => ({ put: pageItem(paging, page, at), when: { expression: 'attribute_not_exists(#part)' } }));
