import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { expiry, goneItem, HISTORY_PREFIX, MONITORS, MONITOR_STATES, SERVICES } from '../table.ts';
import type * as store from './history-store.ts';
import { PAST_DAYS, type Belonging, type KnownPast, type StatusChange } from './past.ts';
import type { KnownState, MonitorState } from './state.ts';

/*
 * Access patterns. The partitions MONITOR#HISTORY#… and WATCH#OUTAGE belong to this store.
 *
 *  #  question                                               index   key
 *  1  how the status of a monitor changed, newest first      table   part = MONITOR#HISTORY#id, item = when#sequence
 *  2  which services went down or came up since an instant   table   part = WATCH#OUTAGE, item = when#id
 *  3  which monitors a service has or had                    table   part = SERVICE, item begins with service
 *  4  the past of a monitor, also of one that is gone        table   part = MONITOR, MONITOR#STATE, item = id;
 *                                                                    part = MONITOR#GONE#id, item = EVENT
 */

const OUTAGES = 'WATCH#OUTAGE';
/** Longer than the longest window over which an error budget is looked at. */
const OUTAGE_DAYS = 4;
/** Changes of one monitor's status that are read at once. */
const CHANGES_A_READ = 500;

const historyOf = (id: string): string => `${HISTORY_PREFIX}${id}`;

/** Access pattern 1. The same change again is the same item. */
export const keepChange = async (health: Table, state: MonitorState, at: Date, keepDays: number): Promise<void> => {
  const { id, since, status, reason, sequence, muted } = state;
  await health.put({
    part: historyOf(id),
    item: `${since}#${String(sequence).padStart(8, '0')}`,
    at: since,
    status,
    reason,
    sequence,
    muted,
    ttl: expiry(at, Math.max(keepDays, PAST_DAYS)),
  });
};

export const changes = (health: Table, id: string, page: PageRequest): Promise<Page<StatusChange>> =>
  health.page({ where: '#part = :part', values: { part: historyOf(id) }, newestFirst: true }, page);

/** The changes of a range, and the last before it, oldest first. */
export const changesIn = async (health: Table, id: string, from: Date, to: Date): Promise<StatusChange[]> => {
  const found: StatusChange[] = [];
  let cursor: string | undefined;
  do {
    const page: Page<StatusChange> = await health.page(
      {
        where: '#part = :part AND #item <= :last',
        values: { part: historyOf(id), last: `${to.toISOString()}#~` },
        newestFirst: true,
      },
      { limit: CHANGES_A_READ, cursor },
    );
    found.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor && (found.at(-1)?.at ?? '') > from.toISOString());
  const before = found.findIndex(({ at }) => at <= from.toISOString());
  return (before === -1 ? found : found.slice(0, before + 1)).reverse();
};

/** That a monitor of a service went down or came up, for as long as an error budget may burn on it. */
export const keepOutage = async (
  health: Table,
  { id, since }: MonitorState,
  service: string,
  at: Date,
): Promise<void> => {
  await health.put({ part: OUTAGES, item: `${since}#${id}`, service, ttl: expiry(at, OUTAGE_DAYS) });
};

/** Access pattern 2. */
export const outagesSince = async (health: Table, from: Date): Promise<string[]> => {
  const found = await health.every<{ service: string }>({
    where: '#part = :part AND #item >= :from',
    values: { part: OUTAGES, from: from.toISOString() },
  });
  return [...new Set(found.map(({ service }) => service))];
};

/** Access pattern 3: of one service, or of all of them, ordered by service. */
export const belongingTo = (health: Table, service: string | undefined): Promise<Belonging[]> =>
  health.every(
    service === undefined
      ? { where: '#part = :part', values: { part: SERVICES } }
      : { where: '#part = :part AND begins_with(#item, :own)', values: { part: SERVICES, own: `${service}\n` } },
  );

/** Access pattern 4; those of which nothing is known are left out. */
export const pasts = async (health: Table, ids: readonly string[]): Promise<KnownPast[]> => {
  const found = await health.many<Partial<KnownPast & KnownState> & { part: string; id: string }>(
    ids.flatMap((item) => [{ part: MONITORS, item }, { part: MONITOR_STATES, item }, goneItem(item)]),
  );
  const states = new Map(found.filter(({ part }) => part === MONITOR_STATES).map((state) => [state.id, state]));
  return found
    .filter(({ part }) => part !== MONITOR_STATES)
    .map((past) => ({ ...(past as KnownPast), state: states.get(past.id) as KnownState | undefined }));
};

/** These functions, bound to the health table. */
export type HistoryStore = Bound<typeof store>;
