import { queueReactor } from '../../../shared/aws/queue.ts';
import { waking } from '../deps/rules.ts';
import { wakeRule, type Wake, type WakeDeps } from '../rules/wake.ts';

/** Judges a rule when one of its instances is due. */
export const surface = (deps: () => WakeDeps) => queueReactor((body) => wakeRule(deps(), JSON.parse(body) as Wake));

export const handler = surface(waking);
