import type { Bound } from '../../../shared/kernel/bound.ts';
import type { Tier } from '../../../shared/kernel/tiers.ts';
import { OVERTAKEN, untilWritten } from '../../../shared/kernel/until-written.ts';
import type { SecurityEvent } from '../events.ts';
import { spending, type Spent } from '../factors/spend.ts';
import { revocationExpiry } from '../lifetimes.ts';
import { authzKey, ENDED_SESSION_PREFIX, userKey } from '../table.ts';
import type { RefreshState, RefreshToken } from './refresh-token.ts';
import type * as store from './session-store.ts';
import { userById, type AccountTable } from './user-store.ts';
import type { StoredSession, StoredUser } from './user.ts';

/*
 * A user's sessions are in the user's item (access pattern 2), so one write ends both. (AUTHZ, SESSION#<id>) tells the
 * authorizer that a session has ended.
 */

/** The functions of this file over a table. */
export type SessionStore = Bound<typeof store>;

export interface NewSession {
  readonly id: string;
  readonly session: StoredSession;
  /** Ids of sessions that make room. */
  readonly drop: readonly string[];
  readonly wantedTier: Tier;
  /** The password, hashed again. */
  readonly passwordHash?: string;
  /** The code of a second factor, which the write uses up. */
  readonly spent?: Spent | undefined;
  readonly event: SecurityEvent;
}

/** Starts a session while the password that was checked is still the user's, and the code unused. Undefined when it is not. */
export const startSession = async (
  { auth }: AccountTable,
  user: StoredUser,
  { id, session, drop, wantedTier, passwordHash, spent, event }: NewSession,
): Promise<StoredUser | undefined> => {
  const uses = spending(spent, event.at);
  const { done, item } = await auth.update<StoredUser>({
    key: userKey(user.id),
    set: {
      [`sessions.#${id}`]: session,
      lastLoginAt: event.at,
      event,
      wantedTier: wantedTier === user.wantedTier ? undefined : wantedTier,
      passwordHash,
      ...uses.set,
    },
    remove: [...drop.map((dropped) => `sessions.#${dropped}`), ...uses.remove],
    when: {
      expression: '#status = :active AND #passwordHash = :checked' + (uses.when ? ` AND ${uses.when.expression}` : ''),
      values: { active: 'active', checked: user.passwordHash, ...uses.when?.values },
    },
  });
  return done ? item : undefined;
};

/**
 * Exchanges a refresh token for the next: one conditional write and no read, also under concurrent attempts. Where the token was
 * not the good one, the answer carries the user as they are, for the verdict.
 */
export const rotate = async (
  { auth }: AccountTable,
  token: RefreshToken,
  expectedHash: string,
  set: Omit<RefreshState, 'family'>,
  at: Date,
): Promise<{ rotated: boolean; user: StoredUser | undefined }> => {
  const session = `sessions.#${token.sessionId}`;
  const { done, item } = await auth.update<StoredUser>({
    key: userKey(token.userId),
    set: Object.fromEntries(Object.entries(set).map(([name, value]) => [`${session}.#${name}`, value])),
    when: {
      expression: `#status = :active AND #${session}.#hash = :presented AND #${session}.#expiresAt > :now`,
      values: { active: 'active', presented: expectedHash, now: at.toISOString() },
    },
  });
  return { rotated: done, user: item };
};

/** Ends a session: its tokens are neither refreshed nor accepted. False where there was no such session. */
export const endSession = async (
  accounts: AccountTable,
  userId: string,
  sessionId: string,
  event: SecurityEvent,
  at: Date,
): Promise<boolean> => {
  const { auth, accessTokenSeconds } = accounts;
  return untilWritten(async () => {
    const isDone = await auth.transact([
      {
        update: {
          key: userKey(userId),
          set: { event },
          remove: [`sessions.#${sessionId}`],
          when: { expression: `attribute_exists(#sessions.#${sessionId})` },
        },
      },
      { put: { ...authzKey(ENDED_SESSION_PREFIX + sessionId), ttl: revocationExpiry(at, accessTokenSeconds) } },
    ]);
    if (isDone) return true;
    const user = await userById(accounts, userId);
    if (!user?.sessions[sessionId]) return false;
    return OVERTAKEN;
  });
};
