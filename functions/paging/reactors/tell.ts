import { streamReactor, type PoisonDeps } from '../../../shared/aws/stream.ts';
import { TOLD_KINDS } from '../../oncall/events.ts';
import { tellDeps } from '../deps.ts';
import { noticeOf, type Happened } from '../notices/notice.ts';
import { isWanted, namesIn, tell, type TellDeps } from '../notices/tell.ts';

const KINDS: ReadonlySet<string> = new Set(TOLD_KINDS);

/** Notifies users when their shift starts or ends, and of requests to swap and their answers. */
export const teller = (deps: () => PoisonDeps & TellDeps) =>
  streamReactor<Happened>(deps, async ({ after }) => {
    if (!after?.kind || !KINDS.has(after.kind)) return;
    const happened = after as Happened;
    if (!isWanted(await deps().notifying(), happened, deps().clock.now())) return;
    await tell(deps(), noticeOf(happened, await namesIn(deps(), happened)));
  });

export const handler = teller(tellDeps);
