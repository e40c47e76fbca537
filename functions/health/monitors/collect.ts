import { invalid } from '../../../shared/kernel/errors.ts';
import { newSecret } from '../../../shared/kernel/ids.ts';
import { examine, type ExamineDeps } from './examine.ts';
import type { StoredMonitor } from './monitor.ts';
import type { MonitorStore } from './store.ts';

export interface Collected {
  readonly id: string;
  readonly name: string;
  readonly ok: boolean;
  readonly status: string;
  readonly reason: string;
  readonly durationMs: number;
}

/** Checked by one call; whoever has more asks for them in parts. */
export const MAX_AT_ONCE = 50;
/** The caller waits: no check takes longer, whatever its monitor says. */
const LONGEST_MS = 15_000;

/**
 * Checks monitors now and answers what was found: the given ones, or the first fifty that are checked at all. What changed
 * is kept as in a scheduled check.
 */
export const collect = async (
  deps: ExamineDeps & { readonly store: ExamineDeps['store'] & Pick<MonitorStore, 'list' | 'known'> },
  ids: readonly string[] | undefined,
): Promise<{ readonly items: Collected[] }> => {
  const wanted = ids ?? (await deps.store.list({ limit: MAX_AT_ONCE })).items.map(({ id }) => id);
  const { monitors, states } = await deps.store.known(wanted);
  const missing = (ids ?? []).filter((id) => !monitors.some((monitor) => monitor.id === id));
  if (missing.length > 0) {
    throw invalid('monitor.not_found', 'Some of these are no monitors. Nothing was checked.', {
      errors: missing.map((id) => ({ pointer: `/monitors/${(ids ?? []).indexOf(id)}`, detail: 'no such monitor' })),
    });
  }
  const checked = monitors
    .filter(({ check }) => check.type !== 'heartbeat')
    .map((monitor): StoredMonitor => ({ ...monitor, timeoutMs: Math.min(monitor.timeoutMs, LONGEST_MS) }));
  const examined = await examine(deps, checked, states, `collect-${newSecret(9)}`);
  return {
    items: examined.map(({ monitor, found, state }) => ({
      id: monitor.id,
      name: monitor.name,
      ok: found.ok,
      status: state.status,
      reason: found.reason,
      durationMs: Math.round(found.durationMs * 10) / 10,
    })),
  };
};
