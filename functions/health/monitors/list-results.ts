import type { Clock } from '../../../shared/kernel/clock.ts';
import { tenth } from '../units.ts';
import { rangeOf } from '../metrics/query-metrics.ts';
import type { MetricReader } from '../metrics/reader.ts';
import { figureOf } from '../metrics/rollup.ts';
import { rolledUp, type Measured } from '../metrics/segment.ts';
import { noSuchMonitor } from './get-monitor.ts';
import type { Result } from './monitor.ts';
import type { MonitorStore } from './store.ts';

export interface ResultsAsked {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly step?: number | undefined;
}

/**
 * What the checks of a monitor found, by steps of a range, latest first: the last hour by the minute where nothing else is
 * asked. They are kept as metrics are. Throws `metrics.range`.
 */
export const listMonitorResults = async (
  deps: {
    readonly monitors: Pick<MonitorStore, 'byId'>;
    readonly reader: Pick<MetricReader, 'measured'>;
    readonly clock: Clock;
  },
  { id, ...asked }: ResultsAsked & { readonly id: string },
): Promise<{ items: Result[]; step: number }> => {
  const { monitors, reader, clock } = deps;
  const { from, to, stepSeconds } = rangeOf(asked, clock.now());
  if (!(await monitors.byId(id))) throw noSuchMonitor();
  const stepMs = stepSeconds * 1000;
  const read = async (name: string): Promise<Measured[]> => {
    const measured = await reader.measured(name, from, to, stepSeconds);
    const mine = measured.filter(({ dimensions }) => dimensions['monitor'] === id);
    return rolledUp(
      mine.map((each) => ({ ...each, dimensions: {} })),
      stepMs,
    );
  };
  const [ups, times] = await Promise.all([read('monitor.up'), read('monitor.response_time')]);
  const timeAt = new Map(times.map(({ start, rollup }) => [start, rollup]));
  const items = ups
    .filter(({ start }) => start + stepMs > from.getTime() && start <= to.getTime())
    .sort((a, b) => b.start - a.start)
    .map(({ start, rollup }): Result => {
      const time = timeAt.get(start);
      return {
        at: new Date(start).toISOString(),
        checks: rollup.count,
        failed: rollup.count - rollup.sum,
        responseTimeMs: time
          ? {
              avg: tenth(figureOf(time, 'avg')),
              min: tenth(time.min),
              max: tenth(time.max),
              p95: tenth(figureOf(time, 'p95')),
            }
          : null,
      };
    });
  return { items, step: stepSeconds };
};
