import { actorOf } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { entryId, type Entry } from './entry.ts';
import { findIncident } from './find-incident.ts';
import { incidentEvent } from './incident-event.ts';
import type { IncidentStore } from './incident-store.ts';

/** Sends a status update to all subscribers of incidents. The stream carries the timeline entry to them. */
export const publishUpdate = async (
  deps: { readonly clock: Clock; readonly incidents: Pick<IncidentStore, 'byId' | 'addOwnEntry'> },
  request: Request,
  { id, text }: { readonly id: string; readonly text: string },
): Promise<Entry> => {
  const incident = await findIncident(deps, request, { id });
  if (incident.private) {
    throw conflict('incident.private', 'A private incident has no subscribers. Set private to false first.');
  }
  const at = deps.clock.now();
  const actor = actorOf(request.caller);
  const entry: Entry = {
    id: entryId(at, newId('ent', at)),
    at: at.toISOString(),
    type: 'update_published',
    actor,
    text,
    to: incident.status,
    pinned: false,
  };
  const event = incidentEvent('incident.update_published', incident, { actor, origin: request.origin, at });
  await deps.incidents.addOwnEntry(incident, entry, event);
  return entry;
};
