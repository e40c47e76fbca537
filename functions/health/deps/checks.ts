import { join } from 'node:path';
import { cloudWatch, type CloudWatch } from '../../../shared/aws/cloudwatch.ts';
import { rangesIn } from '../../../shared/http/address.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { readEnv } from '../../../shared/kernel/env.ts';
import { lazy } from '../../../shared/kernel/lazy.ts';
import { evaluator } from '../monitors/evaluator.ts';
import { runCheck, type Checkable, type CheckMeans } from '../monitors/run-check.ts';
import { segments } from './metrics.ts';
import { monitors } from './stores.ts';

/** One client for each region. */
const cloudWatches = (): CheckMeans['cloudWatch'] => {
  const made = new Map<string | undefined, CloudWatch>();
  return (region) => {
    const client = made.get(region) ?? cloudWatch(region);
    made.set(region, client);
    return client;
  };
};

/** The script of the threads that evaluate: beside the bundle of its function, or among the sources where they run as they are. */
const THREAD =
  typeof __dirname === 'string' ? join(__dirname, 'evaluate.js') : new URL('../threads/evaluate.ts', import.meta.url);

/** What a function needs that checks monitors: a worker, or one that a caller waits for. */
export const checking = /* @__PURE__ */ lazy(() => {
  const env = readEnv(['TARGET_RANGES', 'OWN_ALARMS']);
  const means: CheckMeans = {
    allowed: rangesIn(env.TARGET_RANGES),
    cloudWatch: cloudWatches(),
    ownAlarms: env.OWN_ALARMS,
    evaluator: evaluator(THREAD),
  };
  return {
    clock: systemClock,
    monitors: monitors(),
    segments: segments(),
    run: (monitor: Checkable, at: Date, by: number) => runCheck(monitor, means, at, by),
  };
});
