import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { change } from './change.ts';
import { checkTeam } from './check.ts';
import type { CatalogueDeps } from './get.ts';
import { teamView, type CreateTeam, type StoredTeam, type Team } from './team.ts';

/** Makes a team. Throws what stands against it (check.ts). */
export const createTeam = (
  { store, clock }: CatalogueDeps,
  caller: Caller,
  origin: Origin,
  request: CreateTeam,
): Promise<Team> => {
  const at = clock.now();
  const id = newId('team', at);
  const event = auditEvent(
    { type: 'team.created', actor: actorOf(caller), subject: { kind: 'team', id, name: request.name } },
    origin,
    at,
  );
  const after: StoredTeam = {
    ...request,
    id,
    version: 1,
    createdAt: at.toISOString(),
    changedAt: at.toISOString(),
    changedBy: actorOf(caller),
    event,
  };
  return change(store, at, (catalogue) => {
    checkTeam(id, request, catalogue);
    return { change: { kind: 'team', after }, event, result: teamView(after) };
  });
};
