import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { noSuchPolicy } from './get.ts';
import type { PolicyStore } from './store.ts';

/** Deletes a policy. Escalations that go on keep to what they began with. */
export const remove = async (
  { clock, store }: { readonly clock: Clock; readonly store: Pick<PolicyStore, 'byId' | 'save'> },
  caller: Caller,
  origin: Origin,
  id: string,
): Promise<void> => {
  const policy = await store.byId(id);
  if (!policy || policy.deleted) throw noSuchPolicy();
  const at = clock.now();
  const gone = await store.save({
    ...policy,
    version: policy.version + 1,
    deleted: true,
    changedAt: at.toISOString(),
    changedBy: actorOf(caller),
    event: auditEvent(
      { type: 'policy.deleted', actor: actorOf(caller), subject: { kind: 'policy', id, name: policy.name } },
      origin,
      at,
    ),
  });
  if (!gone) throw conflict('policy.changed', 'The policy was changed at the same moment. Look at it and try again.');
};
