import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { findPage } from '../pages/find-page.ts';
import { noSuchComponent, type StoredPage } from '../pages/page.ts';
import type { PageStore } from '../pages/store.ts';
import { noticeView, type Notice, type StoredNotice } from './notice.ts';
import type { NoticeStore } from './store.ts';

export interface CreateNoticeDeps {
  readonly clock: Clock;
  readonly pages: Pick<PageStore, 'byId'>;
  readonly notices: Pick<NoticeStore, 'save'>;
}

type Wanted = Pick<Notice, 'kind' | 'title' | 'status' | 'impact' | 'components' | 'incidentId' | 'from' | 'to'> & {
  readonly text: string;
  readonly notify: boolean;
};

/** Throws `component.not_found` for a component that the page does not have. */
export const assertComponents = ({ components }: StoredPage, named: readonly { readonly id: string }[]): void => {
  const known = new Set(components.map(({ id }) => id));
  if (!named.every(({ id }) => known.has(id))) throw noSuchComponent();
};

/** Makes a notice with its first update. Throws `status_page.not_found` and `component.not_found`. */
export const createNotice = async (
  deps: CreateNoticeDeps,
  request: Request,
  pageId: string,
  { text, notify, ...wanted }: Wanted,
): Promise<Notice> => {
  const page = await findPage(deps, pageId);
  assertComponents(page, wanted.components);
  const at = deps.clock.now();
  const now = at.toISOString();
  const id = newId('ntc', at);
  const notice: StoredNotice = {
    ...wanted,
    id,
    page: pageId,
    startedAt: wanted.from ?? now,
    endedAt: wanted.status === 'resolved' ? now : null,
    updates: [{ number: 1, at: now, status: wanted.status, text, by: request.caller.name, notify }],
    version: 1,
    withdrawn: false,
    event: auditEvent(
      {
        type: 'status_notice.published',
        actor: actorOf(request.caller),
        subject: { kind: 'status_notice', id, name: wanted.title },
        detail: {
          page: pageId,
          status: wanted.status,
          ...(wanted.incidentId !== null && { incident: wanted.incidentId }),
        },
      },
      request.origin,
      at,
    ),
  };
  await deps.notices.save(notice);
  return noticeView(notice, at);
};
