import type { Request } from '../../../shared/kernel/caller.ts';
import { replaced } from '../kept.ts';
import { change } from './change.ts';
import { checkMembersOf, checkTeam } from './check.ts';
import { noSuchTeam, type CatalogueDeps } from './get.ts';
import { teamView, type ReplaceTeam, type Team } from './team.ts';

/** Puts a whole team in place of the version that it follows. Throws `team.changed` where somebody else was faster. */
export const replaceTeam = async (
  deps: CatalogueDeps,
  { caller, origin }: Request,
  { id, version, ...wanted }: ReplaceTeam & { readonly id: string },
): Promise<Team> => {
  const { store, clock } = deps;
  const at = clock.now();
  await checkMembersOf(wanted, deps);
  return change(store, at, (catalogue) => {
    const before = catalogue.teams.find((each) => each.id === id);
    if (!before) throw noSuchTeam();
    const after = replaced('team', before, version, wanted, { caller, origin, at });
    checkTeam(id, wanted, catalogue);
    return { change: { kind: 'team', before, after }, event: after.event, result: teamView(after) };
  });
};
