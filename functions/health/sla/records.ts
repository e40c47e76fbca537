import { occurrencesIn } from '../../../shared/calendar/recurrence.ts';
import { mapLimit } from '../../../shared/kernel/map-limit.ts';
import type { HistoryStore } from '../monitors/history-store.ts';
import type { Recurring } from '../monitors/monitor.ts';
import type { KnownPast, StatusChange } from '../monitors/past.ts';
import type { RunStore } from '../monitors/run-store.ts';
import { MINUTE_MS } from '../units.ts';
import type { Span } from './period.ts';
import type { MonitorRecord } from './timeline.ts';

const READS_AT_ONCE = 20;

/** What a timeline is made of: how monitors changed, and when the tick did not run. */
export interface RecordsDeps {
  readonly history: Pick<HistoryStore, 'pasts' | 'changesIn'>;
  readonly runs: Pick<RunStore, 'gaps' | 'lastTick'>;
}

const spanOf = ({ from, to }: { readonly from: string; readonly to: string }): Span => ({
  from: Date.parse(from),
  to: Date.parse(to),
});

/** The times of a recurring maintenance in a range, within the span in which the monitor had it. */
const recurredIn = ({ recurrence, since, until }: Recurring, range: Span): Span[] => {
  const from = Math.max(Date.parse(since), range.from);
  const to = Math.min(until === undefined ? Infinity : Date.parse(until), range.to);
  if (from >= to) return [];
  return occurrencesIn(recurrence, { from, to }).map((each) => ({
    from: Math.max(each.from, from),
    to: Math.min(each.to, to),
  }));
};

/** What a monitor was over time. What is known of it by now is added where the history does not have it yet. */
const recordOf = (past: KnownPast, changes: readonly StatusChange[], range: Span): MonitorRecord => {
  const last = changes.at(-1);
  const { state } = past;
  const isNews = state !== undefined && state.status !== 'unknown' && state.sequence > (last?.sequence ?? 0);
  const all = [
    ...changes.map(({ at, status, sequence }) => ({ at: Date.parse(at), status, sequence })),
    ...(isNews ? [{ at: Date.parse(state.since), status: state.status, sequence: state.sequence }] : []),
  ].sort((a, b) => a.sequence - b.sequence);
  let latest = 0;
  return {
    // Two clocks may disagree; the sequence does not.
    statuses: all.map(({ at, status }) => ({ at: (latest = Math.max(latest, at)), status })),
    coverage: [
      ...past.coverage.map(({ at, service, enabled }) => ({ at: Date.parse(at), service, enabled })),
      ...(past.goneAt === undefined ? [] : [{ at: Date.parse(past.goneAt), service: null, enabled: false }]),
    ],
    maintenance: [
      ...[...past.maintenance, ...past.pastMaintenance].map(spanOf),
      ...(past.recurring ?? []).flatMap((each) => recurredIn(each, range)),
    ],
  };
};

/** Records of monitors, by id, as far as a range needs them. */
export const recordsOf = async (
  { history }: Pick<RecordsDeps, 'history'>,
  ids: readonly string[],
  range: Span,
): Promise<Map<string, MonitorRecord>> => {
  const pasts = await history.pasts(ids);
  const read = await mapLimit(pasts, READS_AT_ONCE, async (past): Promise<[string, MonitorRecord]> => {
    const changes = await history.changesIn(past.id, new Date(range.from), new Date(range.to));
    return [past.id, recordOf(past, changes, range)];
  });
  return new Map(read);
};

/** Times in which we did not look, the present one included where the tick has not come for over two minutes. */
export const gapsIn = async ({ runs }: Pick<RecordsDeps, 'runs'>, range: Span, at: Date): Promise<Span[]> => {
  // The tick notes a gap before it moves its mark on: read the other way round, one that has just ended would be missed.
  const last = await runs.lastTick();
  const gaps = await runs.gaps(new Date(range.from), new Date(range.to));
  const now = at.getTime();
  const next = last === undefined ? now : (last + 1) * MINUTE_MS;
  const present: readonly Span[] = now - next > 2 * MINUTE_MS ? [{ from: next, to: now }] : [];
  return [...gaps.map(spanOf), ...present];
};
