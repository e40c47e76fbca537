import { sha256 } from '../../../shared/kernel/ids.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { afterPing, lookedAt, noSuchHeartbeat, signalOf } from './heartbeat.ts';
import { isHeartbeat } from './monitor.ts';
import type { MonitorStore } from './store.ts';

export interface RecordPingDeps {
  readonly monitors: Pick<MonitorStore, 'idOfKey' | 'whole' | 'saveState'>;
  readonly clock: Clock;
}

const ATTEMPTS = 10;

/** A ping as a job sends it. */
export interface SentPing {
  readonly key: string;
  /** The last part of the path; a success where there is none. */
  readonly signal?: string | undefined;
  /** The id of a run. */
  readonly run?: string | undefined;
  readonly log?: string | undefined;
}

/**
 * Records a ping: the job succeeded, has begun, has failed, or only logs something. Throws `ping.unknown` for an unknown key or
 * signal. Of many pings at once each counts, the latest last.
 */
export const recordPing = async (
  { monitors, clock }: RecordPingDeps,
  { key, signal, run, log }: SentPing,
): Promise<'OK'> => {
  const known = signalOf(signal);
  const id = known && (await monitors.idOfKey(sha256(key)));
  if (!known || id === undefined) throw noSuchHeartbeat();
  const exitCode = signal === 'fail' ? undefined : signal;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const at = clock.now();
    const { monitor, state } = await monitors.whole(id);
    if (!state || !monitor || !isHeartbeat(monitor)) throw noSuchHeartbeat();
    const facts = afterPing(state, { signal: known, exitCode, run, log }, at);
    if (await monitors.saveState(lookedAt(monitor, facts, at))) return 'OK';
  }
  throw new Error('The heartbeat kept changing');
};
