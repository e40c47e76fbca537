import type { Clock } from '../../../shared/kernel/clock.ts';
import type { StoredRule } from './rule.ts';
import type { RuleStore } from './store.ts';

const FRESH_MS = 20_000;

/** The rules as they were at most 20 seconds ago: so many alerts at once do not read them as often. */
export const knownRules = ({ all }: Pick<RuleStore, 'all'>, clock: Clock): (() => Promise<readonly StoredRule[]>) => {
  let known: { readonly at: number; readonly rules: Promise<readonly StoredRule[]> } | undefined;
  return () => {
    const now = clock.now().getTime();
    if (known && now - known.at <= FRESH_MS) return known.rules;
    const rules = all();
    known = { at: now, rules };
    rules.catch(() => (known = undefined));
    return rules;
  };
};
