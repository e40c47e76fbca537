import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { OVERTAKEN, untilWritten } from '../../../shared/kernel/until-written.ts';
import { findNotice } from './find-notice.ts';
import type { NoticeStore } from './store.ts';

interface Deps {
  readonly clock: Clock;
  readonly notices: Pick<NoticeStore, 'byId' | 'save'>;
}

/** Takes a notice off the page, for one that was published by mistake. Subscribers who have it already keep it. */
export const withdrawNotice = (
  deps: Deps,
  request: Request,
  { page, id }: { readonly page: string; readonly id: string },
): Promise<void> =>
  untilWritten(async () => {
    const notice = await findNotice(deps, { page, id });
    const at = deps.clock.now();
    const event = auditEvent(
      {
        type: 'status_notice.withdrawn',
        actor: actorOf(request.caller),
        subject: { kind: 'status_notice', id, name: notice.title },
        detail: { page },
      },
      request.origin,
      at,
    );
    const isDone = await deps.notices.save({ ...notice, withdrawn: true, version: notice.version + 1, event });
    return isDone ? undefined : OVERTAKEN;
  });
