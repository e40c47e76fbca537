import { notFound } from '../../../shared/kernel/errors.ts';
import { sha256 } from '../../../shared/kernel/ids.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { overdueAt, signalOf } from './heartbeat.ts';
import { isInMaintenance } from './monitor.ts';
import { nextState } from './state.ts';
import type { KnownState, MonitorStore } from './store.ts';

export interface PingDeps {
  readonly store: Pick<MonitorStore, 'idOfKey' | 'byId' | 'stateOf' | 'saveState'>;
  readonly clock: Clock;
}

/** As much of what a job says is kept. */
const MAX_LOG_CHARS = 10_000;

/**
 * Takes a ping: the job is well, has begun, has failed, or only says something. Throws `ping.unknown` for a key or a signal
 * that is none. Of many pings at once each counts, the latest last.
 */
export const ping = async (
  { store, clock }: PingDeps,
  key: string,
  signalText: string | undefined,
  log: string | undefined,
): Promise<'OK'> => {
  const signal = signalOf(signalText);
  const id = signal && (await store.idOfKey(sha256(key)));
  const monitor = id ? await store.byId(id) : undefined;
  if (!signal || monitor?.check.type !== 'heartbeat') throw notFound('ping.unknown', 'No heartbeat has this address.');
  for (let attempt = 0; attempt < 10; attempt++) {
    const at = clock.now();
    const state = await store.stateOf(monitor.id);
    if (!state) throw notFound('ping.unknown', 'No heartbeat has this address.');
    const said = { ...state, ...(log && { lastLog: log.slice(0, MAX_LOG_CHARS) }) };
    if (await store.saveState(afterSignal(said, signal))) return 'OK';

    function afterSignal(before: KnownState, of: typeof signal): KnownState {
      if (monitor?.check.type !== 'heartbeat' || of === undefined) return before;
      if (of === 'log') return { ...before, version: before.version + 1 };
      if (of === 'start') return { ...before, startedAt: at.toISOString(), version: before.version + 1 };
      const ok = of === 'success';
      const durationMs = before.startedAt === undefined ? 0 : at.getTime() - Date.parse(before.startedAt);
      const reason = ok
        ? 'It reported success.'
        : `It reported a failure${signalText === 'fail' ? '' : `, exit code ${signalText}`}.`;
      const next = nextState(
        { failAfter: 1, recoverAfter: 1 },
        before,
        { ok, reason, durationMs },
        at,
        isInMaintenance(monitor, at),
      );
      const { startedAt: _, ...rest } = { ...before, ...next };
      return {
        ...rest,
        version: before.version + 1,
        lastPingAt: at.toISOString(),
        ...(monitor.enabled && { dueAt: overdueAt(monitor.check, at).toISOString() }),
      };
    }
  }
  throw new Error('The heartbeat kept changing');
};
