import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { escalationItem, newPages, partOf, ESCALATION, type DueKey, type PagingTable } from '../ledger.ts';
import type * as pageStore from '../pages/store.ts';
import type { StoredPage } from '../pages/page.ts';
import { alertSubject } from '../subject.ts';
import { DUE, DUE_INDEX, QUIET, TURN_PREFIX } from '../table.ts';
import type { Escalation } from './escalation.ts';
import type * as store from './store.ts';

/*
 * Access patterns. The items ESCALATION in the partitions ALERT#…, and the partitions TURN#… and AUDIT belong to this room.
 *
 *  #  question                                            index      key
 *  1  the escalation of an alert                          table      part = ALERT#id, item = ESCALATION
 *  2  escalations and pages that are due                  due        due = DUE, dueAt up to now
 *  3  entries with a next check, at any time              due        due = DUE
 *  4  escalations of open alerts without a next check     due        due = QUIET
 *  5  whose turn it is at a step of a policy              table      part = TURN#policy, item = number of the step
 *  6  where the auditor stopped                           table      part = AUDIT, item = PLACE
 */

const AUDIT_PLACE = { part: 'AUDIT', item: 'PLACE' } as const;

/** The operations of verbs on escalations and their pages. */
export type EscalationStore = Bound<typeof store & typeof pageStore>;

/** An entry of the due index; of an escalation also which transition it has followed, and whether it has reached nobody. */
export interface Awaited extends DueKey {
  readonly sequence?: number;
  readonly unreached?: true;
}

/** Where an audit stopped. It continues at `cursor` with the alerts below `belowId`. */
export interface AuditPlace {
  readonly belowId: string;
  readonly cursor: string;
}

/** Attributes of an escalation's item that each write sets again. */
interface Stored extends DueKey {
  readonly due: string;
  readonly unreached?: true;
  readonly ttl: number;
}

const bare = ({
  part: _,
  item: _item,
  due: _due,
  dueAt: _at,
  ttl: _ttl,
  unreached: _unreached,
  ...rest
}: Escalation & Partial<Stored>): Escalation => rest;

const unchanged = ({ version }: Escalation) =>
  version === 1
    ? { expression: 'attribute_not_exists(#part)' }
    : { expression: '#version = :expected', values: { expected: version - 1 } };

/** Access pattern 1. */
export const escalation = async (paging: Table, alertId: string): Promise<Escalation | undefined> => {
  const stored = await paging.get<Escalation & Partial<Stored>>(
    { part: partOf(alertSubject(alertId)), item: ESCALATION },
    { consistent: true },
  );
  return stored && bare(stored);
};

/** Access pattern 1, for many: those of the alerts that have an escalation, ended ones too. */
export const escalated = async (paging: Table, alertIds: readonly string[]): Promise<ReadonlySet<string>> => {
  const keys = alertIds.map((id) => ({ part: partOf(alertSubject(id)), item: ESCALATION }));
  const found = await paging.many<Escalation>(keys, { consistent: true });
  return new Set(found.map(({ alertId }) => alertId));
};

/** Access pattern 1, with the instant of the next check in the index. */
export const standing = async (
  paging: PagingTable,
  alertId: string,
): Promise<{ readonly escalation: Escalation; readonly lookAt: string | undefined } | undefined> => {
  const stored = await paging.get<Escalation & Partial<Stored>>(
    { part: partOf(alertSubject(alertId)), item: ESCALATION },
    { consistent: true },
  );
  return stored && { escalation: bare(stored), lookAt: stored.due === DUE ? stored.dueAt : undefined };
};

/** Writes the next version if the one that was read is still current; false if another writer was faster. */
export const save = async (paging: PagingTable, next: Escalation, at: Date): Promise<boolean> =>
  (await paging.put(escalationItem(paging, next, at), unchanged(next))).done;

/** Writes the next version and the pages of the step that was reached, all or none; none of the pages was there before. */
export const fire = (paging: PagingTable, next: Escalation, pages: readonly StoredPage[], at: Date): Promise<boolean> =>
  paging.transact([{ put: escalationItem(paging, next, at), when: unchanged(next) }, ...newPages(paging, pages, at)]);

/**
 * Access pattern 5: takes the next turn at a step of a policy. The first is 0, and no two escalations take the same. An escalation
 * that took the latest turn, and comes again because its write collided, keeps it.
 */
export const takeTurn = async (
  paging: PagingTable,
  { alertId, policyId, round, loop, step }: Pick<Escalation, 'alertId' | 'policyId' | 'round' | 'loop' | 'step'>,
): Promise<number> => {
  const by = [alertId, round, loop].join('#');
  const { item } = await paging.update<{ readonly taken: number }>({
    key: { part: TURN_PREFIX + policyId, item: String(step) },
    set: { by },
    add: { taken: 1 },
    when: { expression: 'attribute_not_exists(#by) OR #by <> :by', values: { by } },
  });
  return (item?.taken ?? 1) - 1;
};

/** Access pattern 2: the first `limit` that are due at `at`, longest due first. */
export const due = async (paging: PagingTable, at: Date, limit: number): Promise<DueKey[]> =>
  (
    await paging.queryOnce<DueKey>(
      { index: DUE_INDEX, where: '#due = :due AND #dueAt <= :at', values: { due: DUE, at: at.toISOString() } },
      limit,
    )
  ).items;

/** Access pattern 3, longest due first. */
export const awaited = (paging: PagingTable, request: PageRequest): Promise<Page<Awaited>> =>
  under(paging, DUE, request);

/** Access pattern 4. Their `dueAt` is when they were written. */
export const quiet = (paging: PagingTable, request: PageRequest): Promise<Page<Awaited>> =>
  under(paging, QUIET, request);

/** Access pattern 6; undefined if the last audit was complete. */
export const auditPlace = async (paging: PagingTable): Promise<AuditPlace | undefined> => {
  const stored = await paging.get<Partial<AuditPlace>>(AUDIT_PLACE, { consistent: true });
  return stored?.belowId && stored.cursor ? { belowId: stored.belowId, cursor: stored.cursor } : undefined;
};

export const saveAuditPlace = async (paging: PagingTable, place: AuditPlace | undefined): Promise<void> => {
  await paging.put({ ...AUDIT_PLACE, ...place });
};

const under = (paging: PagingTable, due: string, request: PageRequest): Promise<Page<Awaited>> =>
  paging.page<Awaited>({ index: DUE_INDEX, where: '#due = :due', values: { due } }, request);
