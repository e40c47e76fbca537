import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { table, type Item, type Key } from '../../../shared/aws/dynamo.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { DUE, DUE_INDEX, QUIET, TURN_PREFIX } from '../table.ts';
import { contactPart, waitItem } from '../digests/store.ts';
import { isUnreached, type Escalation } from './escalation.ts';
import { roundOf, type StoredPage } from '../pages/page.ts';

/*
 * Access patterns. The partitions ALERT#… and TURN#… belong to this room.
 *
 *  #  question                                            index      key
 *  1  the escalation of an alert                          table      part = ALERT#id, item = ESCALATION
 *  2  the pages of an alert, in the order of steps        table      part = ALERT#id, item begins with PAGE#
 *  3  a page                                              table      part = ALERT#id, item = PAGE#key
 *  4  the pages of the round that a page is of            table      part = ALERT#id, item begins with PAGE#round
 *  5  what is due                                         due        due = DUE, dueAt up to now
 *  6  what is waited for, at any time                     due        due = DUE
 *  7  escalations of open alerts that wait for nothing    due        due = QUIET
 *  8  whose turn it is at a step of a policy              table      part = TURN#policy, item = number of the step
 *  9  when a person was last asked for by name            table      part = ALERT#id, item = ASKED#user
 * 10  where the auditor stopped                           table      part = AUDIT, item = PLACE
 *
 * What must be looked at again lies in the due index by the same write that says so: there is no escalation that goes on,
 * and no page that is not sent, without its next look.
 */

const ESCALATION = 'ESCALATION';
const PAGE = 'PAGE#';
const ASKED = 'ASKED#';
const AUDIT_PLACE = { part: 'AUDIT', item: 'PLACE' } as const;
const DAY_SECONDS = 86_400;
const WAITS_SECONDS = 2 * DAY_SECONDS;
const ATTEMPTS = 3;

/** Where something lies that is due. */
export interface DueKey {
  readonly part: string;
  readonly item: string;
  readonly dueAt: string;
}

/** Something that is waited for; of an escalation also which transition it has followed, and whether it has reached nobody. */
export interface Awaited extends DueKey {
  readonly sequence?: number;
  readonly unreached?: true;
}

/** Where an audit stopped: the alerts from `belowId` on down are not audited yet, and the listing goes on by `cursor`. */
export interface AuditPlace {
  readonly belowId: string;
  readonly cursor: string;
}

/** A person was asked for by name: when last, by which pages, and how often in all. */
export interface AskedFor {
  readonly userId: string;
  readonly askedAt: string;
  readonly keys: readonly string[];
  readonly times: number;
}

/** What an escalation has in the table besides itself, and which each write says anew. */
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

const partOf = (alertId: string): string => `ALERT#${alertId}`;

export const escalationStore = (client: DynamoDBClient, tableName: string, retentionDays: number) => {
  const paging = table(client, tableName);
  const kept = (at: Date) => ({ ttl: Math.floor(at.getTime() / 1000) + retentionDays * DAY_SECONDS });

  const escalationItem = (escalation: Escalation, at: Date): Item => ({
    part: partOf(escalation.alertId),
    item: ESCALATION,
    ...escalation,
    // An alert may stay open for long: what is told of it last is kept for as long as a resolved alert.
    ...(escalation.nextAt !== undefined
      ? { due: DUE, dueAt: escalation.nextAt }
      : escalation.status === 'ended'
        ? kept(at)
        : { due: QUIET, dueAt: at.toISOString(), ...(isUnreached(escalation) && { unreached: true }) }),
  });

  const pageItem = (page: StoredPage, at: Date): Item => ({
    ...page,
    part: partOf(page.alertId),
    item: PAGE + page.key,
    ...(page.dueAt === undefined ? { due: undefined, ...kept(at) } : { due: DUE }),
  });

  /** No other sender has had it since it was read. */
  const untouched = ({ status, attempts, dueAt = '' }: StoredPage) => ({
    expression: '#status = :status AND #attempts = :attempts AND #dueAt = :dueAt',
    values: { status, attempts, dueAt },
  });

  const unchanged = ({ version }: Escalation) =>
    version === 1
      ? { expression: 'attribute_not_exists(#part)' }
      : { expression: '#version = :expected', values: { expected: version - 1 } };

  /** Access pattern 1. */
  const escalation = async (alertId: string): Promise<Escalation | undefined> => {
    const stored = await paging.get<Escalation & Partial<Stored>>(
      { part: partOf(alertId), item: ESCALATION },
      { consistent: true },
    );
    return stored && bare(stored);
  };

  /** Access pattern 1, with the instant at which the index has the escalation looked at. */
  const standing = async (
    alertId: string,
  ): Promise<{ readonly escalation: Escalation; readonly lookAt: string | undefined } | undefined> => {
    const stored = await paging.get<Escalation & Partial<Stored>>(
      { part: partOf(alertId), item: ESCALATION },
      { consistent: true },
    );
    return stored && { escalation: bare(stored), lookAt: stored.due === DUE ? stored.dueAt : undefined };
  };

  /** Writes the next version where the one that was read still stands; false where another was faster. */
  const save = async (next: Escalation, at: Date): Promise<boolean> =>
    (await paging.put(escalationItem(next, at), unchanged(next))).done;

  /** Writes the next version and the pages of the step that was reached, all or none; none of the pages was there before. */
  const fire = (next: Escalation, pages: readonly StoredPage[], at: Date): Promise<boolean> =>
    paging.transact([
      { put: escalationItem(next, at), when: unchanged(next) },
      ...pages.map((page) => ({
        put: pageItem(page, at),
        when: { expression: 'attribute_not_exists(#part)' },
      })),
    ]);

  /** Access pattern 3. */
  const page = (alertId: string, key: string): Promise<StoredPage | undefined> =>
    paging.get<StoredPage>({ part: partOf(alertId), item: PAGE + key }, { consistent: true });

  /** Access pattern 9. */
  const askedFor = (alertId: string, userId: string): Promise<AskedFor | undefined> =>
    paging.get<AskedFor>({ part: partOf(alertId), item: ASKED + userId }, { consistent: true });

  const writesOf = (pages: readonly StoredPage[], at: Date) =>
    pages.map((each) => ({ put: pageItem(each, at), when: { expression: 'attribute_not_exists(#part)' } }));

  /**
   * Writes pages that belong to no step, all or none; false where they were written before. Rejects where something
   * stands in the way again and again.
   */
  const call = async (pages: readonly StoredPage[], at: Date): Promise<boolean> => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (await paging.transact(writesOf(pages, at))) return true;
      // Of two transactions that meet both may be refused: then there is none of them yet.
      const present = await Promise.all(pages.map(({ alertId, key }) => page(alertId, key)));
      if (present.some((each) => each !== undefined)) return false;
    }
    throw new Error(`The pages of ${pages[0]?.alertId} were not written`);
  };

  /**
   * Writes the pages by which a person is asked for, all or none, where the last time that was read still is the last;
   * false where another request asked for the person since, whichever step the escalation was at.
   */
  const ask = async (
    pages: readonly StoredPage[],
    {
      alertId,
      userId,
      before,
    }: { readonly alertId: string; readonly userId: string; readonly before: AskedFor | undefined },
    at: Date,
  ): Promise<boolean> => {
    const times = before?.times ?? 0;
    const now: AskedFor = {
      userId,
      askedAt: at.toISOString(),
      keys: pages.map(({ key }) => key),
      times: times + 1,
    };
    const claim = {
      put: { part: partOf(alertId), item: ASKED + userId, ...now, ...kept(at) },
      when: before
        ? { expression: '#times = :times', values: { times } }
        : { expression: 'attribute_not_exists(#part)' },
    };
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (await paging.transact([claim, ...writesOf(pages, at)])) return true;
      // Of two transactions that meet both may be refused: then nothing is written yet.
      if (((await askedFor(alertId, userId))?.times ?? 0) !== times) return false;
    }
    throw new Error(`The pages of ${alertId} were not written`);
  };

  /** Puts a page in the place of what was read; false where another sender was faster. */
  const savePage = async (before: StoredPage, after: StoredPage, at: Date): Promise<boolean> =>
    (await paging.put(pageItem(after, at), untouched(before))).done;

  /** Puts a page off, and writes by the same write that it waits for its contact; false where another sender was faster. */
  const postpone = (before: StoredPage, after: StoredPage, at: Date): Promise<boolean> =>
    paging.transact([
      { put: pageItem(after, at), when: untouched(before) },
      {
        put: {
          part: contactPart(after.contactId ?? ''),
          item: waitItem(after),
          alertId: after.alertId,
          key: after.key,
          ttl: Math.floor(at.getTime() / 1000) + WAITS_SECONDS,
        },
      },
    ]);

  /** Access pattern 2. */
  const pages = (alertId: string, request: PageRequest): Promise<Page<StoredPage>> =>
    paging.page<StoredPage>(
      {
        where: '#part = :part AND begins_with(#item, :prefix)',
        values: { part: partOf(alertId), prefix: PAGE },
        consistent: true,
      },
      request,
    );

  /** Access pattern 4: the page itself among them. */
  const pagesOfRound = ({ alertId, key }: StoredPage): Promise<StoredPage[]> =>
    paging.every<StoredPage>({
      where: '#part = :part AND begins_with(#item, :round)',
      values: { part: partOf(alertId), round: PAGE + roundOf(key) },
      consistent: true,
    });

  /** Access pattern 5: the first `limit` that are due at `at`, longest due first. */
  const due = async (at: Date, limit: number): Promise<DueKey[]> =>
    (
      await paging.queryOnce<DueKey>(
        { index: DUE_INDEX, where: '#due = :due AND #dueAt <= :at', values: { due: DUE, at: at.toISOString() } },
        limit,
      )
    ).items;

  const under = (due: string, request: PageRequest): Promise<Page<Awaited>> =>
    paging.page<Awaited>({ index: DUE_INDEX, where: '#due = :due', values: { due } }, request);

  /** Access pattern 6, longest due first. */
  const awaited = (request: PageRequest): Promise<Page<Awaited>> => under(DUE, request);

  /** Access pattern 7. Their `dueAt` is when they were written. */
  const quiet = (request: PageRequest): Promise<Page<Awaited>> => under(QUIET, request);

  /** Access pattern 10; undefined where the last audit came to the end. */
  const auditPlace = async (): Promise<AuditPlace | undefined> => {
    const stored = await paging.get<Partial<AuditPlace>>(AUDIT_PLACE, { consistent: true });
    return stored?.belowId && stored.cursor ? { belowId: stored.belowId, cursor: stored.cursor } : undefined;
  };

  const saveAuditPlace = async (place: AuditPlace | undefined): Promise<void> => {
    await paging.put({ ...AUDIT_PLACE, ...place });
  };

  /** Access pattern 8: takes the next turn, of which the first is 0; no two callers take the same. */
  const takeTurn = async (policyId: string, step: number): Promise<number> => {
    const { item } = await paging.update<{ readonly taken: number }>({
      key: { part: TURN_PREFIX + policyId, item: String(step) },
      add: { taken: 1 },
    });
    return (item?.taken ?? 1) - 1;
  };

  return {
    escalation,
    standing,
    awaited,
    quiet,
    save,
    fire,
    takeTurn,
    askedFor,
    ask,
    call,
    page,
    savePage,
    postpone,
    pages,
    pagesOfRound,
    due,
    auditPlace,
    saveAuditPlace,
  };
};

export type EscalationStore = ReturnType<typeof escalationStore>;

/** What a key of the due index names: an escalation, or one of its pages. */
export const subjectOf = ({ part, item }: Key): { readonly alertId: string; readonly page?: string } => ({
  alertId: part?.slice(partOf('').length) ?? '',
  ...(item?.startsWith(PAGE) && { page: item.slice(PAGE.length) }),
});
