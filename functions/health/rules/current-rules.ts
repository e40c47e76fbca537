import type { Clock } from '../../../shared/kernel/clock.ts';
import type { Settings } from '../config/settings.ts';
import type { StoredRule } from './rule.ts';
import type { RuleStore } from './store.ts';
import { withThresholds } from './with-thresholds.ts';

/** A change of a rule is obeyed within this time, by every container. */
const FRESH_MS = 15_000;

/**
 * The rules as they were at most fifteen seconds ago, those of presets with the thresholds that are configured. While they
 * cannot be read, the last that were known hold on.
 */
export const currentRules = ({
  rules,
  clock,
  settings,
}: {
  readonly rules: Pick<RuleStore, 'all'>;
  readonly clock: Clock;
  readonly settings: () => Promise<Settings>;
}) => {
  let known: { readonly at: number; readonly rules: readonly StoredRule[] } | undefined;
  return async (): Promise<readonly StoredRule[]> => {
    const now = clock.now().getTime();
    if (known && now >= known.at && now - known.at < FRESH_MS) return known.rules;
    try {
      known = { at: now, rules: withThresholds(await rules.all(), await settings()) };
    } catch (error) {
      if (!known) throw error;
    }
    return known.rules;
  };
};
