import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { contended } from '../../../shared/kernel/until-written.ts';
import { findPage } from '../pages/find-page.ts';
import { noSuchComponent, type StoredPage } from '../pages/page.ts';
import type { PageStore } from '../pages/store.ts';
import { isOver, noticeView, statusAt, type Notice, type StoredNotice } from './notice.ts';
import type { NoticeStore } from './store.ts';

export interface CreateNoticeDeps {
  readonly clock: Clock;
  readonly pages: Pick<PageStore, 'byId'>;
  readonly notices: Pick<NoticeStore, 'aboutIncident' | 'create' | 'list'>;
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

/** A client whose answer was lost sends the same notice again within so long. */
const REPEAT_MS = 300_000;
const RECENT = 5;

/** The notice that the same person has published a moment ago in the same words. */
const sentBefore = async (
  { notices }: CreateNoticeDeps,
  page: StoredPage,
  { title, text }: Pick<Wanted, 'title' | 'text'>,
  by: string,
  at: Date,
): Promise<StoredNotice | undefined> => {
  const since = new Date(at.getTime() - REPEAT_MS).toISOString();
  const { items } = await notices.list(page, { limit: RECENT });
  return items.find(({ title: known, updates: [first] }) => {
    const isSame = known === title && first?.text === text && first.by === by;
    return isSame && first.at >= since;
  });
};

const isOpen = (notice: StoredNotice, at: Date): boolean =>
  !notice.withdrawn && !isOver({ status: statusAt(notice, at) });

const published = (notice: StoredNotice) =>
  conflict(
    'notice.published',
    `The notice ${notice.id} on this page is about the same incident and is not over. Add an update to it.`,
    { extensions: { noticeId: notice.id } },
  );

/**
 * Makes a notice with its first update. A repeat of the same words by the same person within five minutes answers the first one. Throws
 * `notice.published` where an open notice is about the same incident, `status_page.not_found` and `component.not_found`.
 */
export const createNotice = async (
  deps: CreateNoticeDeps,
  request: Request,
  pageId: string,
  { text, notify, ...wanted }: Wanted,
): Promise<Notice> => {
  const page = await findPage(deps, pageId);
  assertComponents(page, wanted.components);
  const at = deps.clock.now();
  const repeated = await sentBefore(deps, page, { text, title: wanted.title }, request.caller.name, at);
  if (repeated) return noticeView(repeated, at);
  const { incidentId } = wanted;
  const former = incidentId === null ? undefined : await deps.notices.aboutIncident(pageId, incidentId);
  if (former && isOpen(former, at)) throw published(former);
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
  if (await deps.notices.create(notice, former)) return noticeView(notice, at);
  const faster = incidentId === null ? undefined : await deps.notices.aboutIncident(pageId, incidentId);
  throw faster ? published(faster) : contended();
};
