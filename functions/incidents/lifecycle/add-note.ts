import { actorOf } from '../../../shared/kernel/audit-event.ts';
import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { entryId, type Entry } from './entry.ts';
import { incidentEvent } from './incident-event.ts';
import { seen } from './find-incident.ts';
import type { IncidentStore } from './store.ts';

/**
 * Adds a note to the timeline of an incident, also of a closed one. It changes nothing else, so that scribe and commander do
 * not stand in each other's way.
 */
export const note = async (
  { clock, incidents }: { readonly clock: Clock; readonly incidents: Pick<IncidentStore, 'byId' | 'say'> },
  caller: Caller,
  origin: Origin,
  id: string,
  { text, pinned }: { readonly text: string; readonly pinned?: boolean | undefined },
): Promise<Entry> => {
  const incident = await seen({ incidents }, caller, id);
  const at = clock.now();
  const actor = actorOf(caller);
  const entry: Entry = {
    id: entryId(at, newId('ent', at)),
    at: at.toISOString(),
    type: 'noted',
    actor,
    text,
    pinned: pinned ?? false,
  };
  await incidents.say(incident, entry, incidentEvent('incident.noted', incident, { actor, origin, at }));
  return entry;
};
