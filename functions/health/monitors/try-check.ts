import { invalid } from '../../../shared/kernel/errors.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { tenth } from '../units.ts';
import { inTenths, LONGEST_MS } from './collect-health.ts';
import type { Phases } from './fetched.ts';
import { noSuchMonitor } from './get-monitor.ts';
import { keptCheck } from './hidden-headers.ts';
import type { Check, TryCheck } from './monitor.ts';
import type { Checkable, Found } from './run-check.ts';
import type { MonitorStore } from './store.ts';

export interface Tried {
  readonly ok: boolean;
  readonly reason: string;
  readonly durationMs: number;
  /** How long the parts of an HTTP check took. Null for other checks, and where no answer came. */
  readonly phases: Phases | null;
  /** The series that the check would record, at most twenty. */
  readonly series: { readonly name: string; readonly value: number; readonly unit: string }[];
}

export interface TryCheckDeps {
  readonly monitors: Pick<MonitorStore, 'byId'>;
  readonly clock: Clock;
  readonly run: (monitor: Checkable, at: Date, by: number) => Promise<Found>;
}

/** What a check that belongs to no monitor is called while it runs. */
const NAMELESS = 'mon_trial';
/** The caller waits for this long at most, evaluation included. */
const ALL_MS = 20_000;
const MOST_SERIES = 20;

const refuseHeartbeat = (check: Check): void => {
  if (check.type !== 'heartbeat') return;
  throw invalid('monitor.not_tried', 'A heartbeat waits for its job. Save it, then call its address from the job.', {
    errors: [{ pointer: '/check/type', detail: 'must not be heartbeat' }],
  });
};

/**
 * Carries out a check once and answers what it found. Nothing is stored, no metric is recorded, nobody is notified. Hidden headers are those
 * of the monitor `id`, under the rules of a change. Throws `monitor.not_tried`, `monitor.hidden_value` and `monitor.not_found`.
 */
export const tryCheck = async (
  { monitors, clock, run }: TryCheckDeps,
  { check: sent, timeoutMs, id }: TryCheck,
): Promise<Tried> => {
  refuseHeartbeat(sent);
  const monitor = id === undefined ? undefined : await monitors.byId(id);
  if (id !== undefined && !monitor) throw noSuchMonitor();
  const check = keptCheck(sent, monitor?.check);
  const found = await run(
    { id: id ?? NAMELESS, check, service: null, timeoutMs: Math.min(timeoutMs, LONGEST_MS) },
    clock.now(),
    performance.now() + ALL_MS,
  );
  return {
    ok: found.ok,
    reason: found.reason,
    durationMs: tenth(found.durationMs),
    phases: found.phases ? inTenths(found.phases) : null,
    series: found.measured.slice(0, MOST_SERIES).map(({ name, unit, rollup }) => ({ name, value: rollup.last, unit })),
  };
};
