import { actorOf } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { noSuchEntry, type Entry } from './entry.ts';
import { findIncident } from './find-incident.ts';
import { incidentEvent } from './incident-event.ts';
import type { IncidentStore } from './incident-store.ts';

export interface Pin {
  /** Id of the incident. */
  readonly id: string;
  readonly entryId: string;
  readonly pinned: boolean;
}

/** Pins an entry of a timeline, or removes its pin. The review shows pinned entries first. */
export const pinEntry = async (
  deps: { readonly clock: Clock; readonly incidents: Pick<IncidentStore, 'byId' | 'setPin'> },
  request: Request,
  { id, entryId, pinned }: Pin,
): Promise<Entry> => {
  const incident = await findIncident(deps, request, { id });
  const about = { actor: actorOf(request.caller), origin: request.origin, at: deps.clock.now() };
  const event = incidentEvent(pinned ? 'incident.pinned' : 'incident.unpinned', incident, about, { entry: entryId });
  const entry = await deps.incidents.setPin({ incidentId: id, entryId, pinned }, event);
  if (!entry) throw noSuchEntry();
  return entry;
};
