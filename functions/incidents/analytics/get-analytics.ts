import { mapLimit } from '../../../shared/kernel/map-limit.ts';
import type { Caller, Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { invalid } from '../../../shared/kernel/errors.ts';
import { sortableInstant } from '../../../shared/kernel/ids.ts';
import { isTimeZone } from '../../../shared/calendar/time-zone.ts';
import { maySee } from '../lifecycle/find-incident.ts';
import type { IncidentStore } from '../lifecycle/incident-store.ts';
import { analyticsOf, type Analytics } from './figures.ts';
import { QUARTER_MS, rowOfIncident, type Row } from './row.ts';
import type { FactStore } from './fact-store.ts';

export interface AnalyticsDeps {
  readonly clock: Clock;
  readonly incidents: Pick<IncidentStore, 'list'>;
  readonly facts: Pick<FactStore, 'listRows'>;
}

const DAY_MS = 86_400_000;
const USUAL_DAYS = 30;
const MAX_DAYS = 92;
const AT_ONCE = 8;
const MAX_INCIDENTS = 10_000;

/**
 * Volumes and response times from `from` until before `to`, by service, team, person and hour of the day, with interruptions at
 * night. By default the last thirty days. Throws `range.invalid` and `timezone.unknown`.
 */
export const getAnalytics = async (
  { clock, incidents, facts }: AnalyticsDeps,
  { caller }: Request,
  query: { readonly from?: string | undefined; readonly to?: string | undefined; readonly timeZone: string },
): Promise<Analytics> => {
  assertTimeZone(query.timeZone);
  const to = query.to ? Date.parse(query.to) : Math.ceil((clock.now().getTime() + 1) / QUARTER_MS) * QUARTER_MS;
  const from = query.from ? Date.parse(query.from) : to - USUAL_DAYS * DAY_MS;
  assertRange(from, to);
  const days = Array.from({ length: Math.ceil((to - dayStart(from)) / DAY_MS) }, (_, i) =>
    new Date(dayStart(from) + i * DAY_MS).toISOString().slice(0, 10),
  );
  const [read, opened] = await Promise.all([
    mapLimit(days, AT_ONCE, (day) => facts.listRows(day)),
    incidentsFrom(incidents, caller, from, to),
  ]);
  const rows: readonly Row[] = [...opened, ...read.flat()];
  const [first, end] = [from / QUARTER_MS, to / QUARTER_MS];
  return analyticsOf(
    rows.filter(({ quarter }) => quarter >= first && quarter < end),
    { from: new Date(from).toISOString(), to: new Date(to).toISOString(), timeZone: query.timeZone },
  );
};

const dayStart = (at: number): number => Math.floor(at / DAY_MS) * DAY_MS;

const assertTimeZone = (timeZone: string): void => {
  if (!isTimeZone(timeZone)) {
    throw invalid('timezone.unknown', `There is no time zone ${timeZone}. Send a name such as Europe/Berlin.`, {
      errors: [{ pointer: 'query/timeZone', detail: 'must be a name of the tz database, such as Europe/Berlin' }],
    });
  }
};

const assertRange = (from: number, to: number): void => {
  const wrong = (detail: string) =>
    invalid('range.invalid', `The range ${detail}.`, {
      errors: [{ pointer: 'query/from', detail }],
    });
  if (from % QUARTER_MS !== 0 || to % QUARTER_MS !== 0) throw wrong('must begin and end on a quarter of an hour');
  if (from >= to) throw wrong('must end after it begins');
  if (to - from > MAX_DAYS * DAY_MS) throw wrong(`must be at most ${MAX_DAYS} days`);
};

/** The incidents of a range that the caller may see, as rows, without those that were merged into others. */
const incidentsFrom = async (
  incidents: AnalyticsDeps['incidents'],
  caller: Caller,
  from: number,
  to: number,
): Promise<Row[]> => {
  const range = {
    from: `inc_${sortableInstant(new Date(from))}`,
    to: `inc_${sortableInstant(new Date(to))}`,
  };
  const rows: Row[] = [];
  for (const listing of ['OPEN', 'OVER'] as const) {
    let cursor: string | null | undefined;
    do {
      const page = await incidents.list(listing, { limit: 100, ...(cursor && { cursor }) }, range);
      rows.push(...page.items.filter((each) => each.mergedInto === null && maySee(each, caller)).map(rowOfIncident));
      if (rows.length > MAX_INCIDENTS)
        throw invalid('range.invalid', 'The range has too many incidents. Choose a shorter one.');
      cursor = page.next;
    } while (cursor);
  }
  return rows;
};
