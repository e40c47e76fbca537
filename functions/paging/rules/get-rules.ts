import type { Request } from '../../../shared/kernel/caller.ts';
import type { OwnerGuard } from '../../../shared/contacts/contact.ts';
import { NO_RULES, type Rules, type StoredRules } from './notification-rules.ts';
import type { RuleStore } from './store.ts';

export const rulesView = ({ high, low, quietHours, version }: StoredRules): Rules => ({
  high,
  low,
  quietHours,
  version,
});

export interface GetRulesDeps {
  readonly guardOwner: OwnerGuard;
  readonly rules: Pick<RuleStore, 'of'>;
}

/** The notification rules of a user. Version 0: the user has set none. */
export const getRules = async (
  { guardOwner, rules }: GetRulesDeps,
  { caller }: Pick<Request, 'caller'>,
  { id }: { readonly id: string },
): Promise<Rules> => {
  await guardOwner(caller, id);
  const present = await rules.of(id);
  return present ? rulesView(present) : NO_RULES;
};
