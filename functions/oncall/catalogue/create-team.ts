import type { Request } from '../../../shared/kernel/caller.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { made } from '../kept.ts';
import { change } from './change.ts';
import { checkMembersOf, checkTeam } from './check.ts';
import type { CatalogueDeps } from './get.ts';
import { teamView, type CreateTeam, type Team } from './team.ts';

/** Creates a team. Throws the refusals of check.ts. */
export const createTeam = async (
  deps: CatalogueDeps,
  { caller, origin }: Request,
  wanted: CreateTeam,
): Promise<Team> => {
  const { store, clock } = deps;
  const at = clock.now();
  await checkMembersOf(wanted, deps);
  const after = made('team', newId('team', at), wanted, { caller, origin, at });
  return change(store, at, (catalogue) => {
    checkTeam(after.id, wanted, catalogue);
    return { change: { kind: 'team', after }, event: after.event, result: teamView(after) };
  });
};
