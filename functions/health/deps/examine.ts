import { cloudWatch, type CloudWatch } from '../../../shared/aws/cloudwatch.ts';
import { rangesIn } from '../../../shared/http/address.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { readEnv } from '../../../shared/kernel/env.ts';
import { once } from '../../../shared/kernel/once.ts';
import type { StoredMonitor } from '../monitors/monitor.ts';
import { runCheck, type CheckMeans } from '../monitors/run-check.ts';
import { metrics } from './metrics.ts';
import { monitors } from './monitors.ts';

/** One client for each region that is asked, kept. */
const cloudWatches = (): CheckMeans['cloudWatch'] => {
  const made = new Map<string | undefined, CloudWatch>();
  return (region) => {
    const client = made.get(region) ?? cloudWatch(region);
    made.set(region, client);
    return client;
  };
};

/** What it takes to check monitors: here by a worker, there at once for somebody who asks. */
export const examineDeps = /* @__PURE__ */ once(() => {
  const env = readEnv(['TARGET_RANGES', 'OWN_ALARMS']);
  const means: CheckMeans = {
    allowed: rangesIn(env.TARGET_RANGES),
    cloudWatch: cloudWatches(),
    ownAlarms: env.OWN_ALARMS,
  };
  return {
    clock: systemClock,
    store: monitors(),
    metrics: metrics(),
    run: (monitor: StoredMonitor, at: Date) => runCheck(monitor, means, at),
  };
});
