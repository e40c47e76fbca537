import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { inUse } from '../../../shared/kernel/named.ts';
import { deletedVersion } from '../../../shared/kernel/versions.ts';
import { noSuchPolicy } from './policy.ts';
import type { PolicyStore } from './store.ts';

export interface RemoveDeps {
  readonly clock: Clock;
  readonly store: Pick<PolicyStore, 'byId' | 'save'>;
  /** Services and rules of routing that name the policy. */
  readonly goingBy: (id: string) => Promise<readonly { readonly name: string }[]>;
}

/**
 * Deletes a policy. Escalations that go on keep to what they began with. Throws `policy.in_use` while services or routing name
 * it, and names them.
 */
export const remove = async (
  { clock, store, goingBy }: RemoveDeps,
  caller: Caller,
  origin: Origin,
  id: string,
): Promise<void> => {
  const policy = await store.byId(id);
  if (!policy || policy.deleted) throw noSuchPolicy();
  const users = await goingBy(id);
  if (users.length > 0) throw inUse('policy', users);
  const gone = await store.save(deletedVersion('policy', policy, { caller, origin, at: clock.now() }));
  if (!gone) throw conflict('policy.changed', 'The policy was changed at the same moment. Look at it and try again.');
};
