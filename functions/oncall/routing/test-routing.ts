import type { Clock } from '../../../shared/kernel/clock.ts';
import { decide, type DecideDeps } from './decide.ts';
import type { Decision, Routable, Trace } from './route.ts';

/** Decides which way an event would go, now or at an instant, and why. Raises nothing. */
export const testRouting = (
  { clock, ...deps }: DecideDeps & { readonly clock: Clock },
  { event, at }: { readonly event: Routable; readonly at?: string | undefined },
): Promise<{ readonly decision: Decision; readonly trace: readonly Trace[] }> =>
  decide(deps, event, at === undefined ? clock.now() : new Date(at));
