import type { Clock } from '../../../shared/kernel/clock.ts';
import type { RuleStore } from './rule-store.ts';
import type { StoredRule } from './rule.ts';

const FRESH_MS = 20_000;

/** The rules, at most 20 seconds old, so that a storm of alerts does not read them each time. */
export const knownRules = ({ list }: Pick<RuleStore, 'list'>, clock: Clock): (() => Promise<readonly StoredRule[]>) => {
  let known: { readonly at: number; readonly rules: Promise<readonly StoredRule[]> } | undefined;
  return () => {
    const now = clock.now().getTime();
    if (known && now - known.at <= FRESH_MS) return known.rules;
    const rules = list();
    known = { at: now, rules };
    rules.catch(() => (known = undefined));
    return rules;
  };
};
