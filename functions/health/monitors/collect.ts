import { invalid } from '../../../shared/kernel/errors.ts';
import { newSecret } from '../../../shared/kernel/ids.ts';
import type { Phases } from './fetched.ts';
import { examine, type ExamineDeps } from './examine.ts';
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
  /** How long the parts of an HTTP check took that was answered. */
  readonly phases: Phases | null;
}

/** Monitors by their ids, or all that have a service and labels. */
export interface Wanted {
  readonly monitors?: readonly string[] | undefined;
  readonly service?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** Checked by one call; whoever has more asks for them in parts. */
const MAX_AT_ONCE = 50;
/** The caller waits: no check takes longer, whatever its monitor says. */
const LONGEST_MS = 15_000;
/** All of it is done by then: the gateway waits 29 seconds. */
const ALL_MS = 24_000;

const PAGE = 100;

const isMeant = ({ service, labels }: Wanted, monitor: StoredMonitor): boolean =>
  monitor.check.type !== 'heartbeat' &&
  (service === undefined || monitor.service === service) &&
  Object.entries(labels ?? {}).every(([name, value]) => own(monitor.labels, name) === value);

/** The first fifty that are meant, oldest first. */
const found = async (store: Pick<MonitorStore, 'list'>, wanted: Wanted): Promise<string[]> => {
  const ids: string[] = [];
  let cursor: string | null | undefined;
  do {
    const { items, next } = await store.list({ limit: PAGE, ...(cursor && { cursor }) });
    ids.push(...items.filter((monitor) => isMeant(wanted, monitor)).map(({ id }) => id));
    cursor = next;
  } while (cursor && ids.length < MAX_AT_ONCE);
  return ids.slice(0, MAX_AT_ONCE);
};

const tenth = (value: number): number => Math.round(value * 10) / 10;
const inTenths = ({ dnsMs, connectMs, tlsMs, firstByteMs }: Phases): Phases => ({
  dnsMs: tenth(dnsMs),
  connectMs: tenth(connectMs),
  tlsMs: tenth(tlsMs),
  firstByteMs: tenth(firstByteMs),
});

/**
 * Checks monitors now and answers what was found: the given ones, or the first fifty of those with a service and labels. What
 * changed is kept as in a scheduled check.
 */
export const collect = async (
  deps: ExamineDeps & { readonly store: ExamineDeps['store'] & Pick<MonitorStore, 'list' | 'known'> },
  asked: Wanted,
): Promise<{ readonly items: Collected[] }> => {
  const { monitors: ids } = asked;
  const { monitors, states } = await deps.store.known(ids ?? (await found(deps.store, asked)));
  const missing = (ids ?? []).filter((id) => !monitors.some((monitor) => monitor.id === id));
  if (missing.length > 0) {
    throw invalid('monitor.not_found', 'Some of these are no monitors. Nothing was checked.', {
      errors: missing.map((id) => ({ pointer: `/monitors/${(ids ?? []).indexOf(id)}`, detail: 'no such monitor' })),
    });
  }
  const checked = monitors
    .filter(({ check }) => check.type !== 'heartbeat')
    .map((monitor): StoredMonitor => ({ ...monitor, timeoutMs: Math.min(monitor.timeoutMs, LONGEST_MS) }));
  const examined = await examine(deps, checked, states, `collect-${newSecret(9)}`, ALL_MS);
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
