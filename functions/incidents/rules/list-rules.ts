import type { Page } from '../../../shared/kernel/page.ts';
import { allRules, ruleView, type Rule } from './rule.ts';
import type { RuleStore } from './rule-store.ts';

/** All rules, also those that are switched off, in the order in which they are tried. */
export const listRules = async ({ rules }: { readonly rules: Pick<RuleStore, 'list'> }): Promise<Page<Rule>> => ({
  items: allRules(await rules.list()).map(ruleView),
  next: null,
});
