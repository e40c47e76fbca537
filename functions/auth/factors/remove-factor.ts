import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict, notFound } from '../../../shared/kernel/errors.ts';
import { MIN_PASSWORD_CHARS } from '../accounts/password.ts';
import type { UserStore } from '../accounts/user-store.ts';
import { subjectOf } from '../accounts/user.ts';
import { hasSecondFactor, others } from './factor.ts';
import { ownSession } from './own-session.ts';
import type { FactorStore } from './store.ts';

/**
 * Removes one of the caller's own second factors. Without the last one a login needs the password alone, and the recovery codes go. The last one
 * stays beside a password that is too short to stand alone.
 */
export const removeFactor = async (
  deps: { readonly store: Pick<UserStore, 'userById'> & Pick<FactorStore, 'removeFactor'>; readonly clock: Clock },
  { caller, origin }: Request,
  { id }: { readonly id: string },
): Promise<void> => {
  const { user } = await ownSession(deps, caller);
  const isLast = hasSecondFactor(user) && !hasSecondFactor({ factors: others(user.factors, id) });
  if (user.needsFactor && isLast) {
    throw conflict(
      'factor.needed',
      `Your password has fewer than ${MIN_PASSWORD_CHARS.alone} characters, so it needs a second factor beside it. Add another one, or choose a longer password first.`,
    );
  }
  const event = auditEvent(
    {
      type: 'factor.removed',
      actor: actorOf(caller),
      subject: subjectOf(user),
      detail: { factor: user.factors?.[id]?.name ?? '', ...(isLast && { secondFactor: 'off' }) },
    },
    origin,
    deps.clock.now(),
  );
  if (!user.factors?.[id] || !(await deps.store.removeFactor(user, id, event))) {
    throw notFound('factor.not_found', 'You have no second factor with this id.');
  }
};
