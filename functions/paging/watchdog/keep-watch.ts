import { logger } from '../../../shared/aws/observe.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import type { ProbeStore } from './store.ts';

export interface WatchdogDeps {
  readonly probes: Pick<ProbeStore, 'lastProbe' | 'sendProbe'>;
  readonly clock: Clock;
  /** Requests the address that expects a request each minute; undefined where there is none. */
  readonly request: (() => Promise<void>) | undefined;
}

/** A probe is sent each minute, and is back within seconds. */
const FRESH_MS = 150_000;

/**
 * Each minute: sends a probe, and requests an address outside of the account while pages can be sent. Only a probe that went
 * through table, stream, queue and worker within the last minutes counts. When the requests stop, the service behind that address
 * reports it, also where nothing in this account runs any more.
 */
export const keepWatch = async ({ probes, clock, request }: WatchdogDeps): Promise<void> => {
  if (!request) return;
  const now = clock.now();
  const { answeredAt } = (await probes.lastProbe()) ?? {};
  // Before the request: an address that does not answer may take the rest of the function's time.
  await probes.sendProbe(now);
  if (answeredAt !== undefined && now.getTime() - Date.parse(answeredAt) < FRESH_MS) {
    try {
      await request();
    } catch (error) {
      logger.warn('the watchdog could not be reached', { error: error as Error });
    }
  } else {
    logger.warn('no request to the watchdog: no probe came back', { answeredAt });
  }
};
