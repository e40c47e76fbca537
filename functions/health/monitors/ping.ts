import { sha256 } from '../../../shared/kernel/ids.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { afterPing, lookedAt, noSuchHeartbeat, signalOf } from './heartbeat.ts';
import { isHeartbeat } from './monitor.ts';
import type { MonitorStore } from './store.ts';

export interface PingDeps {
  readonly store: Pick<MonitorStore, 'idOfKey' | 'whole' | 'saveState'>;
  readonly clock: Clock;
}

const ATTEMPTS = 10;

/** What a caller of a heartbeat's address sends. */
export interface Sent {
  /** The last part of the path; a success where there is none. */
  readonly signal?: string | undefined;
  /** The id of a run. */
  readonly run?: string | undefined;
  readonly log?: string | undefined;
}

/**
 * Takes a ping: the job is well, has begun, has failed, or only says something. Throws `ping.unknown` for a key or a signal
 * that is none. Of many pings at once each counts, the latest last.
 */
export const ping = async ({ store, clock }: PingDeps, key: string, { signal, run, log }: Sent): Promise<'OK'> => {
  const known = signalOf(signal);
  const id = known && (await store.idOfKey(sha256(key)));
  if (!known || id === undefined) throw noSuchHeartbeat();
  const exitCode = signal === 'fail' ? undefined : signal;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const at = clock.now();
    const { monitor, state } = await store.whole(id);
    if (!state || !monitor || !isHeartbeat(monitor)) throw noSuchHeartbeat();
    const facts = afterPing(state, { signal: known, exitCode, run, log }, at);
    if (await store.saveState(lookedAt(monitor, facts, at))) return 'OK';
  }
  throw new Error('The heartbeat kept changing');
};
