import { streamReactor, type PoisonDeps } from '../../../shared/aws/stream.ts';
import { tellDeps } from '../deps.ts';
import type { KnownState } from '../monitors/store.ts';
import { tell, tellGone, type TellDeps } from '../monitors/tell.ts';

/** Tells the alerts when a monitor goes down, comes up, or is deleted. */
export const teller = (deps: () => PoisonDeps & TellDeps) =>
  streamReactor<KnownState>(deps, async ({ before, after }) => {
    if (after === undefined) {
      if (before?.id !== undefined) await tellGone(deps(), before.id);
      return;
    }
    if (after.id === undefined || after.sequence === before?.sequence || after.sequence === 0) return;
    await tell(deps(), after as KnownState);
  });

export const handler = teller(tellDeps);
