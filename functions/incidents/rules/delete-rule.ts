import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import { deletedVersion } from '../../../shared/kernel/versions.ts';
import { noSuchRule } from './rule.ts';
import { DEFAULT_RULE, DEFAULT_RULE_ID } from './rule.ts';
import { overtaken, type RuleDeps } from './save-rule.ts';

/** Deletes a rule, also the one that every installation begins with. The incidents that it opened go on. */
export const removeRule = async (
  { clock, groups }: RuleDeps,
  caller: Caller,
  origin: Origin,
  id: string,
): Promise<void> => {
  const rule = (await groups.byId(id)) ?? (id === DEFAULT_RULE_ID ? DEFAULT_RULE : undefined);
  if (!rule || rule.deleted) throw noSuchRule();
  const gone = await groups.save(deletedVersion('incident_rule', rule, { caller, origin, at: clock.now() }));
  if (!gone) throw overtaken(await groups.byId(id));
};
