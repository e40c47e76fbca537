import type { Clock } from '../../../shared/kernel/clock.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import type { MetricReader } from '../metrics/reader.ts';
import { figureOf, mergedAll } from '../metrics/rollup.ts';
import type { Measured } from '../metrics/segment.ts';
import { dayAt, periodsUntil, type Span } from '../sla/period.ts';
import { gapsIn, recordsOf, type RecordsDeps } from '../sla/records.ts';
import { tallied, timelineOf, within, type Segment } from '../sla/timeline.ts';
import { HOUR_MS, tenth } from '../units.ts';
import { MAX_A_PAGE, noSuchMonitor } from './get-monitor.ts';
import type { MonitorUptime } from './monitor.ts';
import type { MonitorStore } from './store.ts';

const DAYS = 90;
const HOURS = 24;

export interface ListUptimeDeps extends RecordsDeps {
  readonly monitors: Pick<MonitorStore, 'list' | 'byId'>;
  readonly reader: Pick<MetricReader, 'measured'>;
  readonly clock: Clock;
}

export interface UptimeAsked extends PageRequest {
  readonly monitor?: string | undefined;
  readonly timeZone: string;
}

/** The share of the observed time that was up, in percent; undefined where nothing was observed. */
const uptimeOf = (segments: readonly Segment[]): { uptimePercent: number; downSeconds: number } | undefined => {
  const { up, down } = tallied(segments);
  return up + down === 0 ? undefined : { uptimePercent: (up / (up + down)) * 100, downSeconds: down / 1000 };
};

const meanOf = (measured: readonly Measured[]): number | null => {
  const [first, ...rest] = measured.map(({ rollup }) => rollup);
  return first ? tenth(figureOf(mergedAll([first, ...rest]), 'avg')) : null;
};

/** The hours that end with the present one, oldest first. */
const hoursUntil = (at: Date): Span[] => {
  const last = at.getTime() - (at.getTime() % HOUR_MS);
  return Array.from({ length: HOURS }, (_, i) => {
    const from = last - (HOURS - 1 - i) * HOUR_MS;
    return { from, to: from + HOUR_MS };
  });
};

/**
 * The uptime of monitors by day for ninety days, and their response times of the last 24 hours: a page of all, oldest first, or one
 * monitor. Maintenance, gaps and unobserved times count neither way. Throws `monitor.not_found`.
 */
export const listMonitorUptime = async (
  deps: ListUptimeDeps,
  { monitor, timeZone, ...page }: UptimeAsked,
): Promise<Page<MonitorUptime>> => {
  const { monitors, reader, clock } = deps;
  const at = clock.now();
  if (monitor !== undefined && !(await monitors.byId(monitor))) throw noSuchMonitor();
  const listed =
    monitor === undefined
      ? await monitors.list({ ...page, limit: Math.min(page.limit, MAX_A_PAGE) })
      : { items: [{ id: monitor }], next: null };
  const ids = listed.items.map(({ id }) => id);
  const days = periodsUntil('day', dayAt(at, timeZone), timeZone, DAYS);
  const whole: Span = { from: days[0]?.from ?? 0, to: at.getTime() };
  const hours = hoursUntil(at);
  const [records, gaps, measured] = await Promise.all([
    recordsOf(deps, ids, whole),
    gapsIn(deps, whole, at),
    reader.measured('monitor.response_time', new Date(hours[0]?.from ?? 0), at, HOUR_MS / 1000),
  ]);
  const measuredOf = Map.groupBy(measured, ({ dimensions }) => dimensions['monitor']);
  const items = ids.map((id): MonitorUptime => {
    const record = records.get(id);
    const timeline = timelineOf(record ? [record] : [], whole, { gaps, maintenance: 'excluded', downWhen: 'any' });
    const mine = measuredOf.get(id) ?? [];
    return {
      id,
      uptimePercent: uptimeOf(timeline)?.uptimePercent ?? null,
      days: days.map((day) => uptimeOf(within(timeline, day)) ?? null),
      responseTimesMs: hours.map(({ from, to }) => meanOf(mine.filter(({ start }) => start >= from && start < to))),
      averageMs: meanOf(mine),
    };
  });
  return { items, next: listed.next };
};
