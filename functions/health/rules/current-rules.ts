import type { Clock } from '../../../shared/kernel/clock.ts';
import type { StoredRule } from './rule.ts';
import type { RuleStore } from './store.ts';

/** A change of a rule is obeyed within this time, by every container. */
const FRESH_MS = 15_000;

/** The rules as they were at most fifteen seconds ago. While they cannot be read, the last that were known hold on. */
export const currentRules = ({ store, clock }: { readonly store: Pick<RuleStore, 'all'>; readonly clock: Clock }) => {
  let known: { readonly at: number; readonly rules: readonly StoredRule[] } | undefined;
  return async (): Promise<readonly StoredRule[]> => {
    const now = clock.now().getTime();
    if (known && now >= known.at && now - known.at < FRESH_MS) return known.rules;
    try {
      known = { at: now, rules: await store.all() };
    } catch (error) {
      if (!known) throw error;
    }
    return known.rules;
  };
};
