import type { Origin } from '../../../shared/kernel/caller.ts';
import { unauthenticated } from '../../../shared/kernel/errors.ts';
import { auditEvent, NOBODY } from '../../../shared/kernel/audit-event.ts';
import { misuseOf, parseRefreshToken, rotationOf, type RefreshToken } from './refresh-token.ts';
import type { Roles } from '../roles/role-cache.ts';
import { issue, type IssueDeps, type TokenPair } from './session-tokens.ts';
import type { UserStore } from './store.ts';
import { effectiveTier, type StoredUser } from './user.ts';

export interface RefreshDeps extends IssueDeps {
  readonly store: Pick<UserStore, 'rotate' | 'endSession' | 'wantTier'>;
  readonly roles: Roles;
}

const refused = () => unauthenticated('auth.invalid_refresh_token', 'The refresh token does not hold. Log in again.');

/**
 * Takes a refresh token for a new pair: one conditional write, so of several at the same moment one rotates. A client
 * whose answer was lost gets the same next token again for forty seconds. A token that was used up before ends its session,
 * since somebody has a copy of it.
 */
export const refresh = async (deps: RefreshDeps, text: string, origin: Origin): Promise<TokenPair> => {
  const { store, clock, tokens } = deps;
  const presented = parseRefreshToken(text);
  if (!presented) throw refused();
  const at = clock.now();
  const { token, expectedHash, set } = rotationOf(presented, at, tokens.refreshTokenSeconds);
  const { rotated, user } = await store.rotate(presented, expectedHash, set, at);
  if (rotated && user) return issue(deps, await inRightTier(deps, user), presented.sessionId, token);
  return issueAgain(deps, presented, user, origin, at);
};

const issueAgain = async (
  deps: RefreshDeps,
  presented: RefreshToken,
  user: StoredUser | undefined,
  origin: Origin,
  at: Date,
): Promise<TokenPair> => {
  const session = user?.status === 'active' ? user.sessions[presented.sessionId] : undefined;
  if (!user || !session) throw refused();
  const misuse = misuseOf(presented, session, at);
  if (misuse.kind === 'repeated') return issue(deps, user, presented.sessionId, misuse.token);
  if (misuse.kind === 'reused') {
    const event = auditEvent(
      {
        type: 'session.reuse_detected',
        actor: NOBODY,
        subject: { kind: 'session', id: presented.sessionId, name: user.username },
        outcome: 'denied',
        detail: { generation: String(presented.generation), current: String(session.generation) },
      },
      origin,
      at,
    );
    await deps.store.endSession(user.id, presented.sessionId, event, at);
  }
  throw refused();
};

/** Where a role has got another tier since, the user's own meter is to follow; until it does the shared one counts. */
const inRightTier = async ({ store, roles }: RefreshDeps, user: StoredUser): Promise<StoredUser> => {
  const wantedTier = effectiveTier(user, await roles());
  if (wantedTier === user.wantedTier) return user;
  await store.wantTier(user.id, wantedTier);
  return { ...user, wantedTier };
};
