import { addressBlock } from '../../../shared/kernel/address-block.ts';
import { auditEvent, NOBODY } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import { unauthenticated } from '../../../shared/kernel/errors.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import type { Spent } from '../factors/spend.ts';
import { LOCKS } from '../lock-out/lock-out.ts';
import type { LockStore } from '../lock-out/store.ts';
import type { Roles } from '../roles/role-cache.ts';
import { firstRefreshToken } from './refresh-token.ts';
import type { SessionStore } from './session-store.ts';
import { issueTokens, type IssueDeps, type TokenPair } from './session-tokens.ts';
import { effectiveTier, sessionsToDrop, subjectOf, type StoredUser } from './user.ts';

/** The request of a caller who has not proved yet who they are. */
export type Unproved = Pick<Request, 'origin'>;

export interface BeginSessionDeps extends IssueDeps {
  readonly store: Pick<SessionStore, 'startSession'> & Pick<LockStore, 'forgetAttempts' | 'takeAttemptBack'>;
  readonly roles: Roles;
}

export interface Beginning {
  /** What the write uses up; undefined where a password is all. */
  readonly spent: Spent | undefined;
  readonly methods: readonly string[];
  /** The counted attempt of the address, which a success takes back. */
  readonly fromAddress: { readonly lockedUntil: string | undefined };
  /** The password, hashed again. */
  readonly passwordHash?: string;
  /** The refusal where the user has changed meanwhile, or where what they showed was used elsewhere. */
  readonly refusal: () => Error;
}

/** Starts the session of a person who has proved who they are, and resets the counter of their failures. Throws `refusal`. */
export const beginSession = async (
  deps: BeginSessionDeps,
  { origin }: Unproved,
  user: StoredUser,
  { spent, methods, fromAddress, passwordHash, refusal }: Beginning,
): Promise<TokenPair> => {
  const { store, clock, tokens } = deps;
  const at = clock.now();
  const id = newId('ses', at);
  const { token, state } = firstRefreshToken({ userId: user.id, sessionId: id }, at, tokens.refreshTokenSeconds);
  const [started] = await Promise.all([
    store.startSession(user, {
      id,
      session: {
        ...state,
        createdAt: at.toISOString(),
        ip: origin.ip,
        userAgent: origin.userAgent.slice(0, 96),
        provedAt: at.toISOString(),
        methods,
      },
      drop: sessionsToDrop(user.sessions, at),
      wantedTier: effectiveTier(user, await deps.roles()),
      ...(passwordHash !== undefined && { passwordHash }),
      spent,
      event: auditEvent(
        {
          type: 'login.succeeded',
          actor: { kind: 'user', id: user.id, name: user.username },
          subject: { kind: 'session', id, name: user.username },
          ...(spent && { detail: { [methods.includes('pwd') ? 'secondFactor' : 'insteadOfPassword']: spent.kind } }),
        },
        origin,
        at,
      ),
    }),
    store.forgetAttempts(LOCKS.account, user.username),
    store.takeAttemptBack(LOCKS.address, addressBlock(origin.ip), fromAddress.lockedUntil),
  ]);
  // The user was disabled or deleted, got another password, or used the code elsewhere, while this one was checked.
  if (!started) throw refusal();
  return issueTokens(deps, started, id, token);
};

export const passkeyRefused = () =>
  unauthenticated(
    'auth.invalid_passkey',
    'The passkey is not known here, or its answer is wrong, expired or already used. Try again, or log in with your password.',
  );

/** The event keeps a typed user name only where a user has it: people type passwords into that field. */
export const failure = (
  type: 'login.failed' | 'login.locked',
  user: StoredUser | undefined,
  { origin }: Unproved,
  at: Date,
) =>
  auditEvent(
    {
      type,
      actor: NOBODY,
      subject: user ? subjectOf(user) : { kind: 'user', id: '', name: '(no such user)' },
      outcome: type === 'login.locked' ? 'denied' : 'failure',
    },
    origin,
    at,
  );
