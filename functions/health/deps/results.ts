import { once } from '../../../shared/kernel/once.ts';
import { metricDeps } from './metrics.ts';
import { monitors } from './monitors.ts';

/** What the verb needs that tells what checks found. */
export const resultDeps = /* @__PURE__ */ once(() => ({ ...metricDeps(), store: monitors() }));
