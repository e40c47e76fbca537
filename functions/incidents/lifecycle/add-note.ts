import { actorOf } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { entryId, type Entry } from './entry.ts';
import { findIncident } from './find-incident.ts';
import { incidentEvent } from './incident-event.ts';
import type { IncidentStore } from './incident-store.ts';

export interface NewNote {
  /** Id of the incident. */
  readonly id: string;
  readonly text: string;
  readonly pinned?: boolean | undefined;
}

/** Adds a note to the timeline of an incident, also of a closed one. It touches nothing else, so it never conflicts. */
export const addNote = async (
  deps: { readonly clock: Clock; readonly incidents: Pick<IncidentStore, 'byId' | 'addOwnEntry'> },
  request: Request,
  { id, text, pinned = false }: NewNote,
): Promise<Entry> => {
  const incident = await findIncident(deps, request, { id });
  const at = deps.clock.now();
  const actor = actorOf(request.caller);
  const entry: Entry = { id: entryId(at, newId('ent', at)), at: at.toISOString(), type: 'noted', actor, text, pinned };
  const event = incidentEvent('incident.noted', incident, { actor, origin: request.origin, at });
  await deps.incidents.addOwnEntry(incident, entry, event);
  return entry;
};
