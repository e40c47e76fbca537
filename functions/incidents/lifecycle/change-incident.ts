import { actorOf } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { OVERTAKEN, untilWritten } from '../../../shared/kernel/until-written.ts';
import { entriesOf } from './entry.ts';
import { incidentEvent } from './incident-event.ts';
import { changed, isSettled, overtaken, viewOf, type ChangeIncident, type Incident } from './incident.ts';
import { assertUsers, newlyNamedIn, type NamingDeps } from './assert-users.ts';
import { findIncident } from './find-incident.ts';
import type { IncidentStore } from './incident-store.ts';
import { sentencesOf } from './sentences.ts';

/**
 * Changes an incident and adds the change to its timeline. Of two changes of the same version one wins; the other gets 409
 * `incident.changed` with what happened. A repeat of the caller's own change gets the same answer. Throws `user.unknown` where a
 * role names no user.
 */
export const changeIncident = async (
  deps: NamingDeps & { readonly clock: Clock; readonly incidents: Pick<IncidentStore, 'byId' | 'save'> },
  request: Request,
  { id, ...wanted }: ChangeIncident & { readonly id: string },
): Promise<Incident> => {
  const { clock, incidents } = deps;
  const actor = actorOf(request.caller);
  return untilWritten(
    async () => {
      const incident = await findIncident(deps, request, { id });
      if (incident.version !== wanted.version) {
        if (isSettled(incident, wanted, actor)) return viewOf(incident);
        throw overtaken(incident);
      }
      await assertUsers(deps, newlyNamedIn(wanted.roles, incident.roles));
      const at = clock.now();
      const step = changed(incident, wanted, actor, at);
      if (!step) return viewOf(incident);
      const next = step.incident;
      const event = incidentEvent(
        next.status === incident.status ? 'incident.changed' : `incident.${next.status}`,
        next,
        { actor, origin: request.origin, at },
        { change: next.private ? 'private' : sentencesOf(next.change).slice(0, 1_000), version: String(next.version) },
      );
      const entries = entriesOf(step.entries, next.version, actor, at);
      if (await incidents.save({ incident: next, event, beside: { entries } })) return viewOf(next);
      return OVERTAKEN;
    },
    () => conflict('incident.busy', 'Other changes of this incident are in progress. Try again.'),
  );
};
