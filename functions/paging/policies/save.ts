import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { refuseUnknown } from '../../../shared/kernel/named.ts';
import { savedVersion } from '../../../shared/kernel/versions.ts';
import { namedIn } from './named.ts';
import { policyView, type Policy, type SavePolicy, type StoredPolicy, type Target } from './policy.ts';
import type { PolicyStore } from './store.ts';

export interface SaveDeps {
  readonly clock: Clock;
  readonly store: Pick<PolicyStore, 'byId' | 'save'>;
  /** Of each kind of target, whether there is one of an id. */
  readonly isThere: Readonly<Record<Target['type'], (id: string) => Promise<boolean>>>;
}

/**
 * Makes or replaces a policy. Escalations that go on keep to the version that they began with. Throws `policy.changed`
 * where `version` is not the present one; a policy that is not there, or was deleted, is at version 0. Throws
 * `user.unknown` and the like where a step names what is not there.
 */
export const save = async (
  { clock, store, isThere }: SaveDeps,
  caller: Caller,
  origin: Origin,
  id: string,
  { version: expected, ...rules }: SavePolicy,
): Promise<Policy> => {
  const at = clock.now();
  const present = await store.byId(id);
  const presentVersion = !present || present.deleted ? 0 : present.version;
  if (presentVersion !== expected) throw changed(presentVersion);
  await refuseUnknown(namedIn(rules.steps), isThere);
  const next: StoredPolicy = savedVersion('policy', id, present, rules, { caller, origin, at });
  if (!(await store.save(next))) throw conflict('policy.changed', 'The policy was changed at the same moment.');
  return policyView(next);
};

const changed = (version: number) =>
  conflict('policy.changed', `The policy is at version ${version} by now. Read it, and save it again.`);
