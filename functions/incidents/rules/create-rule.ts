import type { Request } from '../../../shared/kernel/caller.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import type { CreateRule, Rule } from './rule.ts';
import { saveRule, type RuleDeps } from './save-rule.ts';

/** Creates a rule under a new id. Throws `rule.limit` where no more rules fit. */
export const createRule = (deps: RuleDeps, request: Request, wanted: CreateRule): Promise<Rule> =>
  saveRule(deps, request, { ...wanted, id: newId('irl', deps.clock.now()), version: 0 });
