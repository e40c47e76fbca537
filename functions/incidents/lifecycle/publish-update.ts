import { actorOf } from '../../../shared/kernel/audit-event.ts';
import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { entryId, type Entry } from './entry.ts';
import { incidentEvent } from './incident-event.ts';
import { seen } from './find-incident.ts';
import type { IncidentStore } from './store.ts';

/** Tells all who subscribed to incidents how things stand: the entry of the timeline is what the stream carries to them. */
export const publishUpdate = async (
  { clock, incidents }: { readonly clock: Clock; readonly incidents: Pick<IncidentStore, 'byId' | 'say'> },
  caller: Caller,
  origin: Origin,
  id: string,
  text: string,
): Promise<Entry> => {
  const incident = await seen({ incidents }, caller, id);
  if (incident.private) {
    throw conflict('incident.private', 'Nobody is told of a private incident. Take the privacy away first.');
  }
  const at = clock.now();
  const actor = actorOf(caller);
  const entry: Entry = {
    id: entryId(at, newId('ent', at)),
    at: at.toISOString(),
    type: 'update_published',
    actor,
    text,
    to: incident.status,
    pinned: false,
  };
  await incidents.say(incident, entry, incidentEvent('incident.update_published', incident, { actor, origin, at }));
  return entry;
};
