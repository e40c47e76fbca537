import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { savedVersion } from '../../../shared/kernel/versions.ts';
import { MAX_RULES, ruleView, type Rule, type SaveRule, type StoredRule } from './rule.ts';
import type { RuleStore } from './rule-store.ts';

export interface RuleDeps {
  readonly clock: Clock;
  readonly rules: Pick<RuleStore, 'byId' | 'list' | 'save'>;
}

/**
 * Creates or replaces a rule, which applies within half a minute. Throws `rule.changed` where `version` is not the present one.
 * A rule that does not exist, was deleted, or is the unchanged default is at version 0.
 */
export const saveRule = async (
  { clock, rules }: RuleDeps,
  request: Request,
  { id, version: expected, ...definition }: SaveRule & { readonly id: string },
): Promise<Rule> => {
  const present = await rules.byId(id);
  const presentVersion = !present || present.deleted ? 0 : present.version;
  if (presentVersion !== expected) throw overtaken(present);
  if (presentVersion === 0 && (await rules.list()).filter(({ deleted }) => !deleted).length >= MAX_RULES) {
    throw conflict('rule.limit', `There are ${MAX_RULES} rules already. Delete one first.`);
  }
  const next: StoredRule = savedVersion('incident_rule', id, present, definition, { ...request, at: clock.now() });
  if (await rules.save(next)) return ruleView(next);
  throw overtaken(await rules.byId(id));
};

/** The refusal of a change that follows another version than the present one. */
export const overtaken = (present: StoredRule | undefined) =>
  conflict(
    'rule.changed',
    present && !present.deleted
      ? `${present.changedBy?.name} changed the rule at ${present.changedAt}. It is at version ${present.version} now. Read it again and repeat the change.`
      : 'The rule was deleted. Send version 0 to create it again.',
  );
