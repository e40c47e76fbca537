import type { Request } from '../../../shared/kernel/caller.ts';
import { inUse } from '../../../shared/kernel/named.ts';
import { eventOf } from '../kept.ts';
import { change } from './change.ts';
import { checkTeamUnused } from './check.ts';
import { noSuchTeam, type CatalogueDeps } from './get.ts';

/** Deletes a team. Throws `team.in_use` while services, teams or policies refer to it, and names them. */
export const removeTeam = async (
  { store, clock, policies }: CatalogueDeps,
  { caller, origin }: Request,
  { id }: { readonly id: string },
): Promise<void> => {
  const at = clock.now();
  const naming = await policies.naming(id);
  return change(store, at, (catalogue) => {
    const before = catalogue.teams.find((each) => each.id === id);
    if (!before) throw noSuchTeam();
    checkTeamUnused(before, catalogue);
    if (naming.length > 0) throw inUse('team', naming);
    const event = eventOf('team', 'deleted', before, { caller, origin, at });
    return { change: { kind: 'team', before, after: undefined }, event, result: undefined };
  });
};
