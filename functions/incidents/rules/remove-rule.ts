import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import { noSuchRule } from './get-rule.ts';
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
  const at = clock.now();
  const actor = actorOf(caller);
  const gone = await groups.save({
    ...rule,
    version: rule.version + 1,
    deleted: true,
    changedAt: at.toISOString(),
    changedBy: actor,
    event: auditEvent(
      { type: 'incident_rule.deleted', actor, subject: { kind: 'incident_rule', id, name: rule.name } },
      origin,
      at,
    ),
  });
  if (!gone) throw overtaken(await groups.byId(id));
};
