import { DEFAULT_RULE, DEFAULT_RULE_ID, noSuchRule, ruleView, type Rule } from './rule.ts';
import type { RuleStore } from './store.ts';

/** One rule, in its present version. */
export const getRule = async ({ groups }: { readonly groups: Pick<RuleStore, 'byId'> }, id: string): Promise<Rule> => {
  const rule = (await groups.byId(id)) ?? (id === DEFAULT_RULE_ID ? DEFAULT_RULE : undefined);
  if (!rule || rule.deleted) throw noSuchRule();
  return ruleView(rule);
};

/** All rules, in the order in which they are asked, those that are switched off as well. */
export const listRules = async ({
  groups,
}: {
  readonly groups: Pick<RuleStore, 'all'>;
}): Promise<{ items: Rule[]; next: null }> => {
  const stored = await groups.all();
  const rules = [...stored, ...(stored.some(({ id }) => id === DEFAULT_RULE_ID) ? [] : [DEFAULT_RULE])];
  return {
    items: rules
      .filter(({ deleted }) => !deleted)
      .sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1))
      .map(ruleView),
    next: null,
  };
};
