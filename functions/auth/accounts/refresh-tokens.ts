import { auditEvent, NOBODY } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import { unauthenticated } from '../../../shared/kernel/errors.ts';
import type { Roles } from '../roles/role-cache.ts';
import { misuseOf, parseRefreshToken, rotationOf, type RefreshToken } from './refresh-token.ts';
import type { SessionStore } from './session-store.ts';
import { issueTokens, type IssueDeps, type TokenPair } from './session-tokens.ts';
import type { UserStore } from './user-store.ts';
import { effectiveTier, type StoredUser } from './user.ts';

export interface RefreshDeps extends IssueDeps {
  readonly store: Pick<UserStore, 'wantTier'> & Pick<SessionStore, 'rotate' | 'endSession'>;
  readonly roles: Roles;
}

/** The request of a client that presents a refresh token. */
type Presenting = Pick<Request, 'origin'>;

const refused = () =>
  unauthenticated('auth.invalid_refresh_token', 'The refresh token is invalid or expired. Log in again.');

/**
 * Exchanges a refresh token for a new pair: one conditional write, so one of several concurrent requests rotates. A client whose
 * answer was lost gets the same next token again for forty seconds. A token that was used up before ends its session, because
 * somebody has a copy of it.
 */
export const refreshTokens = async (
  deps: RefreshDeps,
  request: Presenting,
  { refreshToken }: { readonly refreshToken: string },
): Promise<TokenPair> => {
  const { store, clock, tokens } = deps;
  const presented = parseRefreshToken(refreshToken);
  if (!presented) throw refused();
  const at = clock.now();
  const { token, expectedHash, set } = rotationOf(presented, at, tokens.refreshTokenSeconds);
  const { rotated, user } = await store.rotate(presented, expectedHash, set, at);
  if (rotated && user) return issueTokens(deps, await inRightTier(deps, user), presented.sessionId, token);
  return issueAgain(deps, request, { presented, user, at });
};

const issueAgain = async (
  deps: RefreshDeps,
  { origin }: Presenting,
  {
    presented,
    user,
    at,
  }: { readonly presented: RefreshToken; readonly user: StoredUser | undefined; readonly at: Date },
): Promise<TokenPair> => {
  const session = user?.status === 'active' ? user.sessions[presented.sessionId] : undefined;
  if (!user || !session) throw refused();
  const misuse = misuseOf(presented, session, at);
  if (misuse.kind === 'repeated') return issueTokens(deps, user, presented.sessionId, misuse.token);
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

/** After a role got another tier, the user's own meter follows. Until it does, the shared meter counts. */
const inRightTier = async ({ store, roles }: RefreshDeps, user: StoredUser): Promise<StoredUser> => {
  const wantedTier = effectiveTier(user, await roles());
  if (wantedTier === user.wantedTier) return user;
  await store.wantTier(user.id, wantedTier);
  return { ...user, wantedTier };
};
