import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import type { CreateRule, Rule } from './rule.ts';
import { saveRule, type RuleDeps } from './save-rule.ts';

/** Makes a rule under an id of its own. Throws `rule.limit` where there are as many as there may be. */
export const createRule = (deps: RuleDeps, caller: Caller, origin: Origin, request: CreateRule): Promise<Rule> =>
  saveRule(deps, caller, origin, newId('irl', deps.clock.now()), { ...request, version: 0 });
