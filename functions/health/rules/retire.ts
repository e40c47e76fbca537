import { BLIND } from './blind.ts';
import { isFiring } from './instance.ts';
import { isGroupedBy } from './instances.ts';
import type { StoredRule } from './rule.ts';
import type { KnownInstance, RuleStore } from './store.ts';

/** Why a rule looks at an instance no more; undefined where it does. */
const retirement = (rule: StoredRule, { instance, dimensions }: KnownInstance): string | undefined => {
  if (!rule.enabled) return 'The rule was switched off.';
  if (instance === BLIND) return undefined;
  return isGroupedBy(dimensions, rule.groupBy) ? undefined : 'The rule is grouped otherwise.';
};

/**
 * Ends what a rule raised for instances that it looks at no more, because it was switched off or grouped otherwise: their
 * alerts resolve. Answers how many ended. The version of the rule stays with them, so that a container that still has the
 * rule as it was judges none of them.
 */
export const retireInstances = async (
  store: Pick<RuleStore, 'saveState'>,
  rule: StoredRule,
  states: readonly KnownInstance[],
  at: Date,
): Promise<number> => {
  let ended = 0;
  for (const state of states) {
    const reason = state.status === 'ok' ? undefined : retirement(rule, state);
    if (reason === undefined) continue;
    const over: KnownInstance = {
      ...state,
      status: 'ok',
      since: at.toISOString(),
      reason,
      sequence: state.sequence + (isFiring(state) ? 1 : 0),
      version: state.version + 1,
      ruleVersion: rule.version,
    };
    if (await store.saveState(over)) ended++;
  }
  return ended;
};
