import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import type { Page } from '../../../shared/kernel/page.ts';
import type { UserStore } from './user-store.ts';
import { isLive, sessionView, type Session } from './user.ts';

/** The caller's own live sessions, the most recently used first. They always fit one page. */
export const listSessions = async (
  { store, clock }: { readonly store: Pick<UserStore, 'userById'>; readonly clock: Clock },
  { caller }: Request,
): Promise<Page<Session>> => {
  const user = caller.kind === 'user' ? await store.userById(caller.id) : undefined;
  const items = Object.entries(user?.sessions ?? {})
    .filter(([, session]) => isLive(session, clock.now()))
    .map(([id, session]) => sessionView(id, session, caller.sessionId))
    .sort((a, b) => (a.lastUsedAt < b.lastUsedAt ? 1 : -1));
  return { items, next: null };
};
