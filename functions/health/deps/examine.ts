import { join } from 'node:path';
import { cloudWatch, type CloudWatch } from '../../../shared/aws/cloudwatch.ts';
import { rangesIn } from '../../../shared/http/address.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { readEnv } from '../../../shared/kernel/env.ts';
import { once } from '../../../shared/kernel/once.ts';
import { evaluator } from '../monitors/evaluator.ts';
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

/** What a thread runs that evaluates: it lies beside the bundle of its function, and in the sources where they run as they are. */
const THREAD =
  typeof __dirname === 'string' ? join(__dirname, 'evaluate.js') : new URL('../threads/evaluate.ts', import.meta.url);

/** What it takes to check monitors: here by a worker, there at once for somebody who asks. */
export const examineDeps = /* @__PURE__ */ once(() => {
  const env = readEnv(['TARGET_RANGES', 'OWN_ALARMS']);
  const means: CheckMeans = {
    allowed: rangesIn(env.TARGET_RANGES),
    cloudWatch: cloudWatches(),
    ownAlarms: env.OWN_ALARMS,
    evaluator: evaluator(THREAD),
  };
  return {
    clock: systemClock,
    store: monitors(),
    metrics: metrics(),
    run: (monitor: StoredMonitor, at: Date, by: number) => runCheck(monitor, means, at, by),
  };
});
