import { actorOf } from '../../../shared/kernel/audit-event.ts';
import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { entriesOf } from './entry.ts';
import { incidentEvent } from './incident-event.ts';
import { changed, isSettled, overtaken, viewOf, type ChangeIncident, type Incident } from './incident.ts';
import { newlyNamedIn, refuseStrangers, type NamingDeps } from './assert-users.ts';
import { seen } from './find-incident.ts';
import type { IncidentStore } from './store.ts';

const ATTEMPTS = 5;

/**
 * Changes an incident, and writes into its timeline what changed. Of two who change the same version one wins; the other is
 * told 409 `incident.changed`, with what happened. Whoever asks again for what they have changed already gets the same answer. Throws
 * `user.unknown` where a role is given to nobody that there is.
 */
export const change = async (
  deps: NamingDeps & { readonly clock: Clock; readonly incidents: Pick<IncidentStore, 'byId' | 'save'> },
  caller: Caller,
  origin: Origin,
  id: string,
  request: ChangeIncident,
): Promise<Incident> => {
  const { clock, incidents } = deps;
  const actor = actorOf(caller);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const incident = await seen({ incidents }, caller, id);
    if (incident.version !== request.version) {
      if (isSettled(incident, request, actor)) return viewOf(incident);
      throw overtaken(incident);
    }
    await refuseStrangers(deps, newlyNamedIn(request.roles, incident.roles));
    const at = clock.now();
    const step = changed(incident, request, actor, at);
    if (!step) return viewOf(incident);
    const next = step.incident;
    const event = incidentEvent(
      next.status === incident.status ? 'incident.changed' : `incident.${next.status}`,
      next,
      { actor, origin, at },
      { change: next.private ? 'private' : next.change.slice(0, 1_000), version: String(next.version) },
    );
    const entries = entriesOf(step.entries, next.version, actor, at);
    if (await incidents.save({ incident: next, event, beside: { entries } })) return viewOf(next);
  }
  throw conflict('incident.busy', 'Others change this incident at this moment. Try again.');
};
