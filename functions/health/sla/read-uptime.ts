import type { Clock } from '../../../shared/kernel/clock.ts';
import type { Settings } from '../config/settings.ts';
import type { HistoryStore } from '../monitors/history-store.ts';
import type { MonitorStore } from '../monitors/store.ts';
import { statusOf } from '../monitors/view.ts';
import type { Span } from './period.ts';
import { gapsIn, recordsOf, type RecordsDeps } from './records.ts';
import { timelineOf, type Segment } from './timeline.ts';

/** A monitor by its id, or a service by its name. */
export interface Subject {
  readonly kind: 'monitor' | 'service';
  readonly id: string;
}

/** How many of the enabled monitors of a subject are how. */
export interface MonitorCounts {
  readonly up: number;
  readonly down: number;
  readonly maintenance: number;
  readonly unknown: number;
}

export interface UptimeDeps extends RecordsDeps {
  readonly clock: Clock;
  readonly history: RecordsDeps['history'] & Pick<HistoryStore, 'belongingTo'>;
  readonly monitors: Pick<MonitorStore, 'known'>;
  readonly settings: () => Promise<Settings>;
}

export interface UptimeReader {
  /** The monitors of each subject now, in the order of the subjects. One read for all monitors, one more for each service. */
  counts(subjects: readonly Subject[]): Promise<MonitorCounts[]>;
  /** The past of each subject over a range that ends now or before, in the order of the subjects. */
  timelines(subjects: readonly Subject[], range: Span): Promise<Segment[][]>;
}

const NONE: MonitorCounts = { up: 0, down: 0, maintenance: 0, unknown: 0 };

/** Reads the state and the past of monitors and services, as reports about service levels do. */
export const uptimeReaderOver = (deps: UptimeDeps): UptimeReader => {
  const { clock, history, monitors, settings } = deps;

  const idsOf = async (subjects: readonly Subject[]): Promise<(readonly string[])[]> =>
    Promise.all(
      subjects.map(async ({ kind, id }) =>
        kind === 'monitor' ? [id] : (await history.belongingTo(id)).map((each) => each.id),
      ),
    );

  return {
    async counts(subjects) {
      const ids = await idsOf(subjects);
      const known = await monitors.known([...new Set(ids.flat())]);
      const byId = new Map(known.monitors.map((monitor) => [monitor.id, monitor]));
      const at = clock.now();
      return subjects.map((subject, i) => {
        let counts = NONE;
        for (const id of ids[i] ?? []) {
          const monitor = byId.get(id);
          const isOurs = monitor?.enabled && (subject.kind === 'monitor' || monitor.service === subject.id);
          if (!isOurs) continue;
          const status = statusOf(monitor, known.states.get(id), at);
          if (status !== 'paused') counts = { ...counts, [status]: counts[status] + 1 };
        }
        return counts;
      });
    },

    async timelines(subjects, range) {
      const ids = await idsOf(subjects);
      const [records, gaps, { objectives }] = await Promise.all([
        recordsOf(deps, [...new Set(ids.flat())], range),
        gapsIn(deps, range, clock.now()),
        settings(),
      ]);
      return subjects.map((subject, i) => {
        const own = (ids[i] ?? []).flatMap((id) => records.get(id) ?? []);
        const service = subject.kind === 'service' ? subject.id : undefined;
        const objective = objectives.find((each) => each.service === service);
        return timelineOf(own, range, {
          ...(service !== undefined && { service }),
          gaps,
          maintenance: 'excluded',
          downWhen: objective?.downWhen ?? 'any',
        });
      });
    },
  };
};
