import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { findPage } from '../pages/find-page.ts';
import type { PageStore } from '../pages/store.ts';
import { assertComponents } from './create-notice.ts';
import { findNotice } from './find-notice.ts';
import { noticeView, overtakenNotice, updated, type AddUpdate, type Notice, type StoredNotice } from './notice.ts';
import type { NoticeStore } from './store.ts';

interface Deps {
  readonly clock: Clock;
  readonly pages: Pick<PageStore, 'byId'>;
  readonly notices: Pick<NoticeStore, 'byId' | 'save'>;
}

/**
 * Adds a public update. Two people at once: the second is refused with `notice.changed`, and reads the first one before a reader of
 * the page reads two that contradict each other.
 */
export const addUpdate = async (
  deps: Deps,
  request: Request,
  { page, id, version, ...update }: AddUpdate & { readonly page: string; readonly id: string },
): Promise<Notice> => {
  const owner = await findPage(deps, page);
  const notice = await findNotice(deps, { page, id });
  if (notice.version !== version) throw overtakenNotice(notice);
  assertComponents(owner, update.components ?? []);
  const at = deps.clock.now();
  const next: StoredNotice = {
    ...updated(notice, update, request.caller.name, at),
    event: auditEvent(
      {
        type: 'status_notice.updated',
        actor: actorOf(request.caller),
        subject: { kind: 'status_notice', id, name: notice.title },
        detail: { page, status: update.status },
      },
      request.origin,
      at,
    ),
  };
  if (await deps.notices.save(next)) return noticeView(next, at);
  throw overtakenNotice(await findNotice(deps, { page, id }));
};
