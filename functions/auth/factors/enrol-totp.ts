import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { notFound } from '../../../shared/kernel/errors.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { seal, type DataKeys } from '../../../shared/kernel/seal.ts';
import type { UserStore } from '../accounts/user-store.ts';
import { assertRoomForFactor, factorView, ownerOf, type EnrolledFactor } from './factor.ts';
import { ownSession } from './own-session.ts';
import type { FactorStore } from './store.ts';
import { newTotpSecret, totpUri } from './totp.ts';

export interface EnrolDeps {
  readonly store: Pick<UserStore, 'userById'> & Pick<FactorStore, 'addFactor'>;
  readonly dataKeys: () => Promise<DataKeys>;
  readonly clock: Clock;
}

/**
 * Begins a factor for an authenticator app. Its secret is shown once. It does not count until a code confirms it, so that nobody locks
 * themselves out; one that was begun before and not confirmed is replaced.
 */
export const enrolTotp = async (
  deps: EnrolDeps,
  { caller }: Request,
  { name }: { readonly name: string },
): Promise<EnrolledFactor> => {
  const { store, clock, dataKeys } = deps;
  const { user } = await ownSession(deps, caller);
  assertRoomForFactor(user);
  const at = clock.now();
  const id = newId('fct', at);
  const secret = newTotpSecret();
  const factor = {
    kind: 'totp',
    name,
    secret: seal(await dataKeys(), secret, ownerOf(user.id, id)),
    createdAt: at.toISOString(),
  } as const;
  if (!(await store.addFactor(user, id, factor))) {
    throw notFound('session.not_found', 'This session has ended. Log in again.');
  }
  return { ...factorView(id, factor), secret, uri: totpUri(secret, user.username) };
};
