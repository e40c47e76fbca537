import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { forbidden } from '../../../shared/kernel/errors.ts';
import { subjectOf, type StoredUser } from '../accounts/user.ts';
import type { EventStore } from '../event-store.ts';
import { locked, LOCKS } from '../lock-out/lock-out.ts';
import type { LockStore } from '../lock-out/store.ts';

export interface CountedDeps {
  readonly store: Pick<LockStore, 'countAttempt' | 'forgetAttempts'> & Pick<EventStore, 'noteEvent'>;
  readonly clock: Clock;
}

/**
 * What a signed-in person shows to prove who they are: answers it where it is right. Attempts are counted before each, per session and
 * apart from logins, and a wrong one is noted. Throws `refusal` and `auth.locked`.
 */
export const proved = async <T>(
  { store, clock }: CountedDeps,
  { caller, origin }: Request,
  user: StoredUser,
  check: () => Promise<T | undefined>,
  refusal: () => Error,
): Promise<T> => {
  const counted = await store.countAttempt(LOCKS.confirmation, caller.sessionId, clock.now());
  if (!counted.allowed) throw locked(counted);
  const found = await check();
  if (found === undefined) {
    await store.noteEvent(
      auditEvent(
        { type: 'proof.refused', actor: actorOf(caller), subject: subjectOf(user), outcome: 'failure' },
        origin,
        clock.now(),
      ),
    );
    throw refusal();
  }
  await store.forgetAttempts(LOCKS.confirmation, caller.sessionId);
  return found;
};

export const wrongCode = () =>
  forbidden(
    'factor.wrong_code',
    'The code is wrong, expired or already used. Wait for the next one in your authenticator app.',
  );

export const wrongPasskey = () =>
  forbidden(
    'factor.wrong_passkey',
    'The answer of the passkey is wrong, expired or already used. Ask for new options, and try again.',
  );
