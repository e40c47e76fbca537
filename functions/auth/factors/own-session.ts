import type { Caller } from '../../../shared/kernel/caller.ts';
import { notFound } from '../../../shared/kernel/errors.ts';
import { assertPerson } from '../accounts/assert-person.ts';
import type { UserStore } from '../accounts/user-store.ts';
import { firstRefreshToken } from '../accounts/refresh-token.ts';
import type { StoredSession, StoredUser } from '../accounts/user.ts';

/** The user and the session of a caller. Throws `auth.people_only` for machines and `session.not_found` where it has ended. */
export const ownSession = async (
  { store }: { readonly store: Pick<UserStore, 'userById'> },
  caller: Caller,
): Promise<{ readonly user: StoredUser; readonly session: StoredSession }> => {
  assertPerson(caller);
  const user = await store.userById(caller.id);
  const session = user?.sessions[caller.sessionId];
  if (!user || !session) throw notFound('session.not_found', 'This session has ended. Log in again.');
  return { user, session };
};

/** A session as it goes on once its person has added a factor, while all others end, with its next refresh token. */
export const goingOn = (
  { sessionId }: Pick<Caller, 'sessionId'>,
  userId: string,
  { createdAt, ip, userAgent }: StoredSession,
  { at, methods, refreshTokenSeconds }: GoingOn,
) => {
  const { token, state } = firstRefreshToken({ userId, sessionId }, at, refreshTokenSeconds);
  const session: StoredSession = { ...state, createdAt, ip, userAgent, provedAt: at.toISOString(), methods };
  return { token, endsSessions: { except: { id: sessionId, session } } };
};

interface GoingOn {
  readonly at: Date;
  /** How the person proved who they are. */
  readonly methods: readonly string[];
  readonly refreshTokenSeconds: number;
}
