import { invalid } from '../../../shared/kernel/errors.ts';
import { tenth } from '../units.ts';
import { newSecret } from '../../../shared/kernel/ids.ts';
import type { Phases } from './fetched.ts';
import { checkMonitors, type CheckMonitorsDeps } from './check-monitors.ts';
import type { StoredMonitor } from './monitor.ts';
import type { MonitorStore } from './store.ts';
import { own } from '../../../shared/kernel/own.ts';

export interface Collected {
  readonly id: string;
  readonly name: string;
  readonly ok: boolean;
  readonly status: string;
  readonly reason: string;
  readonly durationMs: number;
  /** How long the parts of an HTTP check took. Null for other checks, and where no answer came. */
  readonly phases: Phases | null;
}

/** Monitors by their ids, or all that have a service and labels. */
export interface Wanted {
  readonly monitors?: readonly string[] | undefined;
  readonly service?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** Monitors that one call checks. A caller with more asks for them in parts. */
const MAX_AT_ONCE = 50;
/** No check takes longer, whatever its monitor says: the caller waits. */
export const LONGEST_MS = 15_000;
/** All checks end by then: the gateway waits 29 seconds. */
const ALL_MS = 24_000;

const PAGE = 100;

const isMeant = ({ service, labels }: Wanted, monitor: StoredMonitor): boolean =>
  monitor.check.type !== 'heartbeat' &&
  (service === undefined || monitor.service === service) &&
  Object.entries(labels ?? {}).every(([name, value]) => own(monitor.labels, name) === value);

/** The first fifty that are meant, oldest first. */
const idsOf = async (monitors: Pick<MonitorStore, 'list'>, wanted: Wanted): Promise<string[]> => {
  const ids: string[] = [];
  let cursor: string | null | undefined;
  do {
    const { items, next } = await monitors.list({ limit: PAGE, ...(cursor && { cursor }) });
    ids.push(...items.filter((monitor) => isMeant(wanted, monitor)).map(({ id }) => id));
    cursor = next;
  } while (cursor && ids.length < MAX_AT_ONCE);
  return ids.slice(0, MAX_AT_ONCE);
};

export const inTenths = ({ dnsMs, connectMs, tlsMs, firstByteMs }: Phases): Phases => ({
  dnsMs: tenth(dnsMs),
  connectMs: tenth(connectMs),
  tlsMs: tenth(tlsMs),
  firstByteMs: tenth(firstByteMs),
});

/**
 * Checks monitors now and answers the results: the given monitors, or the first fifty of those with a service and labels.
 * Changes are stored as in a scheduled check. Throws `monitor.not_found` with a pointer to each unknown id.
 */
export const collectHealth = async (
  deps: CheckMonitorsDeps & { readonly monitors: CheckMonitorsDeps['monitors'] & Pick<MonitorStore, 'list' | 'known'> },
  asked: Wanted,
): Promise<{ readonly items: Collected[] }> => {
  const { monitors: ids } = asked;
  const { monitors, states } = await deps.monitors.known(ids ?? (await idsOf(deps.monitors, asked)));
  const missing = (ids ?? []).filter((id) => !monitors.some((monitor) => monitor.id === id));
  if (missing.length > 0) {
    throw invalid('monitor.not_found', 'Some of these ids belong to no monitor. Nothing was checked.', {
      errors: missing.map((id) => ({
        pointer: `/monitors/${(ids ?? []).indexOf(id)}`,
        detail: 'no monitor has this id',
      })),
    });
  }
  const checked = monitors
    .filter(({ check }) => check.type !== 'heartbeat')
    .map((monitor): StoredMonitor => ({ ...monitor, timeoutMs: Math.min(monitor.timeoutMs, LONGEST_MS) }));
  const examined = await checkMonitors(deps, {
    monitors: checked,
    states,
    call: `collect-${newSecret(9)}`,
    forMs: ALL_MS,
  });
  return {
    items: examined.map(({ monitor, found, state }) => ({
      id: monitor.id,
      name: monitor.name,
      ok: found.ok,
      status: state.status,
      reason: found.reason,
      durationMs: tenth(found.durationMs),
      phases: found.phases ? inTenths(found.phases) : null,
    })),
  };
};
