import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { change } from './change.ts';
import { checkTeam } from './check.ts';
import { noSuchTeam, type CatalogueDeps } from './get.ts';
import { teamView, type ReplaceTeam, type StoredTeam, type Team } from './team.ts';

/** Puts a whole team in place of the version that it follows. Throws `team.changed` where somebody else was faster. */
export const replaceTeam = (
  { store, clock }: CatalogueDeps,
  caller: Caller,
  origin: Origin,
  id: string,
  { version, ...request }: ReplaceTeam,
): Promise<Team> => {
  const at = clock.now();
  const event = auditEvent(
    { type: 'team.changed', actor: actorOf(caller), subject: { kind: 'team', id, name: request.name } },
    origin,
    at,
  );
  return change(store, at, (catalogue) => {
    const before = catalogue.teams.find((each) => each.id === id);
    if (!before) throw noSuchTeam();
    if (before.version !== version) {
      throw conflict('team.changed', 'Somebody changed this team meanwhile. Read it, and change it again.');
    }
    checkTeam(id, request, catalogue);
    const after: StoredTeam = {
      ...request,
      id,
      version: version + 1,
      createdAt: before.createdAt,
      changedAt: at.toISOString(),
      changedBy: actorOf(caller),
      event,
    };
    return { change: { kind: 'team', before, after }, event, result: teamView(after) };
  });
};
