import type { Clock } from '../../../shared/kernel/clock.ts';
import type { Settings } from '../config/settings.ts';
import { lastRead } from '../last-read.ts';
import type { StoredRule } from './rule.ts';
import type { RuleStore } from './store.ts';
import { withThresholds } from './with-thresholds.ts';

/** Every container obeys a change of a rule within this time. */
const FRESH_MS = 15_000;

interface Deps {
  readonly rules: Pick<RuleStore, 'all'>;
  readonly clock: Clock;
  readonly settings: () => Promise<Settings>;
}

/**
 * The rules as they were at most fifteen seconds ago, rules of presets with the configured thresholds. While they cannot be read,
 * the last known ones stay in force.
 */
export const currentRules = ({ rules, clock, settings }: Deps): (() => Promise<readonly StoredRule[]>) =>
  lastRead({ clock, freshMs: FRESH_MS, read: async () => withThresholds(await rules.all(), await settings()) });
