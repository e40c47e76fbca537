import { queueReactor } from '../../../shared/aws/queue.ts';
import { wakeDeps } from '../deps/rules.ts';
import { wake, type Wake } from '../rules/wake.ts';

/** Looks at a rule when one of its instances is due. */
export const handler = queueReactor((body) => wake(wakeDeps(), JSON.parse(body) as Wake));
