import { streamReactor, type PoisonDeps } from '../../../shared/aws/stream.ts';
import { SHIFT_STARTED, SWAP_CHANGED } from '../../oncall/events.ts';
import { tellDeps } from '../deps.ts';
import { noticeOf, type Happened } from '../notices/notice.ts';
import { tell, type TellDeps } from '../notices/tell.ts';

/** Tells people whose time on call begins, who is asked to swap, and who was answered. */
export const teller = (deps: () => PoisonDeps & TellDeps) =>
  streamReactor<Happened>(deps, async ({ after }) => {
    if (after?.kind !== SHIFT_STARTED && after?.kind !== SWAP_CHANGED) return;
    await tell(deps(), noticeOf(after as Happened));
  });

export const handler = teller(tellDeps);
