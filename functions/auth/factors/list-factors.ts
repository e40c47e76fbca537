import type { Caller } from '../../../shared/kernel/caller.ts';
import type { UserStore } from '../accounts/user-store.ts';
import { factorView, type Factors } from './factor.ts';
import { ownSession } from './own-session.ts';

/** The caller's own second factors, oldest first. */
export const listFactors = async (
  deps: { readonly store: Pick<UserStore, 'userById'> },
  { caller }: { readonly caller: Caller },
): Promise<Factors> => {
  const { user } = await ownSession(deps, caller);
  return {
    items: Object.entries(user.factors ?? {})
      .map(([id, factor]) => factorView(id, factor))
      .sort((one, other) => one.createdAt.localeCompare(other.createdAt)),
    recoveryCodesLeft: Object.keys(user.recoveryCodes ?? {}).length,
  };
};
