import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import { replaced } from '../kept.ts';
import { change } from './change.ts';
import { checkMembersOf, checkTeam } from './check.ts';
import { noSuchTeam, type CatalogueDeps } from './get.ts';
import { teamView, type ReplaceTeam, type Team } from './team.ts';

/** Puts a whole team in place of the version that it follows. Throws `team.changed` where somebody else was faster. */
export const replaceTeam = async (
  deps: CatalogueDeps,
  caller: Caller,
  origin: Origin,
  id: string,
  { version, ...request }: ReplaceTeam,
): Promise<Team> => {
  const { store, clock } = deps;
  const at = clock.now();
  await checkMembersOf(request, deps);
  return change(store, at, (catalogue) => {
    const before = catalogue.teams.find((each) => each.id === id);
    if (!before) throw noSuchTeam();
    const after = replaced('team', before, version, request, { caller, origin, at });
    checkTeam(id, request, catalogue);
    return { change: { kind: 'team', before, after }, event: after.event, result: teamView(after) };
  });
};
