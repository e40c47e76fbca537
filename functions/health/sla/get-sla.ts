import * as z from 'zod/mini';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { invalid, notFound } from '../../../shared/kernel/errors.ts';
import { decodeCursor, encodeCursor, type Page } from '../../../shared/kernel/page.ts';
import type { Objective, Settings } from '../config/settings.ts';
import type { MetricReader } from '../metrics/reader.ts';
import { figureOf, mergedAll, type Rollup } from '../metrics/rollup.ts';
import type { Measured } from '../metrics/segment.ts';
import type { HistoryStore } from '../monitors/history-store.ts';
import { PAST_DAYS } from '../monitors/past.ts';
import { DAY_MS } from '../units.ts';
import { dayAt, isDay, periodsUntil, type PeriodName, type Span } from './period.ts';
import { gapsIn, recordsOf, type RecordsDeps } from './records.ts';
import { reportOf, type ResponseTime, type SlaReport, type Target } from './report.ts';
import { timelineOf, within, type MonitorRecord } from './timeline.ts';

export interface GetSlaDeps extends RecordsDeps {
  readonly history: RecordsDeps['history'] & Pick<HistoryStore, 'belongingTo'>;
  readonly reader: Pick<MetricReader, 'measured'>;
  readonly settings: () => Promise<Settings>;
  readonly clock: Clock;
}

export interface SlaQuery {
  readonly service?: string | undefined;
  readonly monitor?: string | undefined;
  readonly period: PeriodName;
  readonly periods: number;
  readonly day?: string | undefined;
  readonly timeZone: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly maintenance: 'excluded' | 'counted';
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Over longer ranges response times are read by the day. */
const HOURLY_DAYS = 35;
const RESPONSE_TIME = 'monitor.response_time';

const refused = (name: string, detail: string, what: string) =>
  invalid('sla.range', detail, { errors: [{ pointer: `query/${name}`, detail: what }] });

/** The ranges that a query asks for, oldest first. Throws `sla.range`. */
const rangesOf = (query: SlaQuery, at: Date): Span[] => {
  const { from, to, timeZone, period, periods, day } = query;
  if (day !== undefined && !isDay(day))
    throw refused('day', 'Send day as a date such as 2026-11-21.', 'must be a date such as 2026-11-21');
  if ((from === undefined) !== (to === undefined))
    throw refused('to', 'Give from and to, or neither.', 'must come with from');
  const ranges =
    from !== undefined && to !== undefined
      ? [{ from: Date.parse(from), to: Date.parse(to) }]
      : periodsUntil(period, day ?? dayAt(at, timeZone), timeZone, periods);
  const first = ranges[0]?.from ?? 0;
  const last = ranges.at(-1) ?? { from: 0, to: 0 };
  if (last.to <= last.from) throw refused('from', 'Send a from that is before to.', 'must be before to');
  if (last.from > at.getTime())
    throw refused('from', 'The range has not begun yet. Ask for an earlier range.', 'must not be in the future');
  if (first < at.getTime() - PAST_DAYS * DAY_MS) {
    throw refused(
      'from',
      `History is kept for ${PAST_DAYS} days. Ask for a later range, or fewer periods.`,
      `must be at most ${PAST_DAYS} days ago`,
    );
  }
  return ranges;
};

/**
 * Uptime, response time and error budget of services, or of one monitor: one report for each and each period. Exact to the
 * millisecond in what the checks found. Throws `sla.range`, `service.not_found` and `monitor.not_found`.
 */
export const getSla = async (deps: GetSlaDeps, query: SlaQuery): Promise<Page<SlaReport>> => {
  const { history, reader, clock } = deps;
  const at = clock.now();
  const ranges = rangesOf(query, at);
  const settings = await deps.settings();
  const { subjects, next } = await subjectsOf(history, query);
  const whole: Span = { from: ranges[0]?.from ?? 0, to: Math.min(ranges.at(-1)?.to ?? 0, at.getTime()) };
  const [records, gaps, measured] = await Promise.all([
    recordsOf(deps, [...new Set(subjects.flatMap(({ ids }) => ids))], whole),
    gapsIn(deps, whole, at),
    responseTimes(reader, whole),
  ]);
  const items = subjects.flatMap(({ service, monitor, ids }) => {
    const own = ids.flatMap((id): MonitorRecord[] => [records.get(id) ?? []].flat());
    const objective = settings.objectives.find((each) => each.service === service);
    const timeline = timelineOf(own, whole, {
      ...(service !== null && { service }),
      gaps,
      maintenance: query.maintenance,
      downWhen: objective?.downWhen ?? 'any',
    });
    const mine = measured.filter(({ dimensions }) =>
      monitor === null ? dimensions['service'] === service : dimensions['monitor'] === monitor,
    );
    return ranges.map((range) =>
      reportOf(
        { service, monitor },
        range,
        within(timeline, range),
        targetOf(settings, objective),
        seen(mine, range),
        at,
      ),
    );
  });
  return { items, next };
};

const targetOf = ({ targets }: Settings, objective: Objective | undefined): Target => ({
  uptimePercent: objective?.uptimePercent ?? targets.uptimePercent,
  responseTimeMs: objective?.responseTimeMs ?? targets.responseTimeMs,
});

interface Subject {
  readonly service: string | null;
  readonly monitor: string | null;
  readonly ids: readonly string[];
}

const subjectsOf = async (
  history: GetSlaDeps['history'],
  { service, monitor, limit, cursor }: SlaQuery,
): Promise<{ readonly subjects: readonly Subject[]; readonly next: string | null }> => {
  if (monitor !== undefined) {
    if ((await history.pasts([monitor])).length === 0) {
      throw notFound('monitor.not_found', 'No monitor has or had this id.');
    }
    return { subjects: [{ service: null, monitor, ids: [monitor] }], next: null };
  }
  const belonging = await history.belongingTo(service);
  const services = Map.groupBy(belonging, (each) => each.service);
  if (service !== undefined) {
    const own = services.get(service);
    if (!own) throw notFound('service.not_found', 'No monitor belongs or belonged to this service.');
    return { subjects: [{ service, monitor: null, ids: own.map(({ id }) => id) }], next: null };
  }
  const question = { list: 'sla' };
  const after = cursor === undefined ? '' : decodeCursor(cursor, question, z.string());
  const names = [...services.keys()].filter((name) => name > after).sort();
  const page = names.slice(0, limit);
  const subjects = page.map((name) => ({
    service: name,
    monitor: null,
    ids: (services.get(name) ?? []).map(({ id }) => id),
  }));
  return { subjects, next: names.length > limit ? encodeCursor(page.at(-1), question) : null };
};

const responseTimes = (reader: Pick<MetricReader, 'measured'>, { from, to }: Span): Promise<readonly Measured[]> =>
  reader.measured(RESPONSE_TIME, new Date(from), new Date(to), to - from <= HOURLY_DAYS * DAY_MS ? 3_600 : 86_400);

const seen = (measured: readonly Measured[], { from, to }: Span): ResponseTime | undefined => {
  const [first, ...rest] = measured
    .filter(({ start }) => start >= from && start < to)
    .map(({ rollup }): Rollup => rollup);
  if (!first) return undefined;
  const all = mergedAll([first, ...rest]);
  return { averageMs: figureOf(all, 'avg'), p95Ms: figureOf(all, 'p95') };
};
