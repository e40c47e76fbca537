import type { Caller } from '../../../shared/kernel/caller.ts';
import type { OwnerGuard } from '../../../shared/contacts/contact.ts';
import { NO_RULES, type Rules, type StoredRules } from './notification.ts';
import type { RuleStore } from './store.ts';

export const rulesView = ({ high, low, quietHours, version }: StoredRules): Rules => ({
  high,
  low,
  quietHours,
  version,
});

/** When and where a user is paged. Version 0 is who has said nothing. */
export const getRules = async (
  deps: { readonly guardOwner: OwnerGuard; readonly rules: Pick<RuleStore, 'of'> },
  caller: Caller,
  userId: string,
): Promise<Rules> => {
  await deps.guardOwner(caller, userId);
  const present = await deps.rules.of(userId);
  return present ? rulesView(present) : NO_RULES;
};
