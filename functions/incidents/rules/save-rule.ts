import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { savedVersion } from '../../../shared/kernel/versions.ts';
import { MAX_RULES, ruleView, type Rule, type SaveRule, type StoredRule } from './rule.ts';
import type { RuleStore } from './store.ts';

export interface RuleDeps {
  readonly clock: Clock;
  readonly groups: Pick<RuleStore, 'byId' | 'all' | 'save'>;
}

/**
 * Makes or replaces a rule; it holds for alerts that come within half a minute. Throws `rule.changed` where `version` is not
 * the present one; a rule that is not there, was deleted, or is the one that every installation begins with, is at version 0.
 */
export const saveRule = async (
  { clock, groups }: RuleDeps,
  caller: Caller,
  origin: Origin,
  id: string,
  { version: expected, ...definition }: SaveRule,
): Promise<Rule> => {
  const present = await groups.byId(id);
  const presentVersion = !present || present.deleted ? 0 : present.version;
  if (presentVersion !== expected) throw overtaken(present);
  if (presentVersion === 0 && (await groups.all()).filter(({ deleted }) => !deleted).length >= MAX_RULES) {
    throw conflict('rule.limit', `There are ${MAX_RULES} rules already. Delete one first.`);
  }
  const next: StoredRule = savedVersion('incident_rule', id, present, definition, { caller, origin, at: clock.now() });
  if (await groups.save(next)) return ruleView(next);
  throw overtaken(await groups.byId(id));
};

/** The refusal of a change that follows another version than the present one. */
export const overtaken = (present: StoredRule | undefined) =>
  conflict(
    'rule.changed',
    present && !present.deleted
      ? `${present.changedBy?.name} changed the rule at ${present.changedAt}: it is at version ${present.version} now.`
      : 'There is no such rule any more: a new one is at version 0.',
  );
