import { rangesIn } from '../../../shared/http/address.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { readEnv } from '../../../shared/kernel/env.ts';
import { once } from '../../../shared/kernel/once.ts';
import type { StoredMonitor } from '../monitors/monitor.ts';
import { runCheck } from '../monitors/run-check.ts';
import { metrics } from './metrics.ts';
import { monitors } from './monitors.ts';

/** What it takes to check monitors: here by a worker, there at once for somebody who asks. */
export const examineDeps = /* @__PURE__ */ once(() => {
  const allowed = rangesIn(readEnv(['TARGET_RANGES']).TARGET_RANGES);
  return {
    clock: systemClock,
    store: monitors(),
    metrics: metrics(),
    run: (monitor: StoredMonitor, at: Date) => runCheck(monitor, allowed, at),
  };
});
