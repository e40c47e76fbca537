import type { Request } from '../../../shared/kernel/caller.ts';
import { deletedVersion } from '../../../shared/kernel/versions.ts';
import { findRule } from './get-rule.ts';
import { overtaken, type RuleDeps } from './save-rule.ts';

/** Deletes a rule, also the default one. The incidents that it opened continue. */
export const deleteRule = async (deps: RuleDeps, request: Request, { id }: { readonly id: string }): Promise<void> => {
  const { clock, rules } = deps;
  const rule = await findRule(deps, { id });
  const isDone = await rules.save(deletedVersion('incident_rule', rule, { ...request, at: clock.now() }));
  if (!isDone) throw overtaken(await rules.byId(id));
};
