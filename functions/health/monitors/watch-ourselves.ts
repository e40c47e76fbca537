import { INSIDE } from '../../../shared/kernel/audit-event.ts';
import { systemCaller } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { newMonitor } from './create-monitor.ts';
import { CreateMonitor } from './monitor.ts';
import type { MonitorStore } from './store.ts';

export interface WatchOurselvesDeps {
  readonly monitors: Pick<MonitorStore, 'wasFirstMade' | 'createFirst'>;
  readonly clock: Clock;
}

/** Alarms look at five minutes, so nothing is gained by asking more often. */
const OURSELVES = {
  name: 'Tocsin itself',
  check: { type: 'self' },
  intervalMinutes: 5,
  failAfter: 1,
} as const;

/**
 * Makes the monitor of Tocsin itself, so that trouble of ours pages somebody without anybody thinking of it. It happens once in the
 * life of the table: a monitor that was deleted or changed stays so. True where it was made.
 */
export const watchOurselves = async ({ monitors, clock }: WatchOurselvesDeps): Promise<boolean> => {
  if (await monitors.wasFirstMade()) return false;
  const by = { caller: systemCaller('health'), origin: INSIDE };
  const { monitor, state } = newMonitor(by, CreateMonitor.parse(OURSELVES), clock.now());
  return monitors.createFirst(monitor, state);
};
