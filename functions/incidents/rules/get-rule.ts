import { DEFAULT_RULE, DEFAULT_RULE_ID, noSuchRule, ruleView, type Rule, type StoredRule } from './rule.ts';
import type { RuleStore } from './rule-store.ts';

interface Deps {
  readonly rules: Pick<RuleStore, 'byId'>;
}

/** The present version of a rule, or the unchanged default. Throws `rule.not_found`. */
export const findRule = async ({ rules }: Deps, { id }: { readonly id: string }): Promise<StoredRule> => {
  const rule = (await rules.byId(id)) ?? (id === DEFAULT_RULE_ID ? DEFAULT_RULE : undefined);
  if (!rule || rule.deleted) throw noSuchRule();
  return rule;
};

/** One rule. Throws `rule.not_found`. */
export const getRule = async (deps: Deps, params: { readonly id: string }): Promise<Rule> =>
  ruleView(await findRule(deps, params));
