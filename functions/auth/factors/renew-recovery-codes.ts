import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import type { UserStore } from '../accounts/user-store.ts';
import { subjectOf } from '../accounts/user.ts';
import { hasSecondFactor, type RecoveryCodes } from './factor.ts';
import { ownSession } from './own-session.ts';
import { newRecoveryCodes, recoveryHashes } from './recovery-code.ts';
import type { FactorStore } from './store.ts';

/** Ten new recovery codes in place of all earlier ones. Only this answer shows them. */
export const renewRecoveryCodes = async (
  deps: {
    readonly store: Pick<UserStore, 'userById'> & Pick<FactorStore, 'replaceRecoveryCodes'>;
    readonly clock: Clock;
  },
  { caller, origin }: Request,
): Promise<RecoveryCodes> => {
  const { user } = await ownSession(deps, caller);
  const recoveryCodes = newRecoveryCodes();
  const event = auditEvent(
    { type: 'recovery_codes.renewed', actor: actorOf(caller), subject: subjectOf(user) },
    origin,
    deps.clock.now(),
  );
  const isDone =
    hasSecondFactor(user) && (await deps.store.replaceRecoveryCodes(user, recoveryHashes(recoveryCodes), event));
  if (!isDone) throw conflict('factor.missing', 'You have no second factor. Add one first: its codes come with it.');
  return { recoveryCodes };
};
