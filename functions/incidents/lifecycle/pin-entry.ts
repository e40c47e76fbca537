import { actorOf } from '../../../shared/kernel/audit-event.ts';
import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { noSuchEntry, type Entry } from './entry.ts';
import { incidentEvent } from './incident-event.ts';
import { seen } from './find-incident.ts';
import type { IncidentStore } from './store.ts';

/** Pins an entry of a timeline, or takes the pin away. What is pinned stands first in the review. */
export const pin = async (
  { clock, incidents }: { readonly clock: Clock; readonly incidents: Pick<IncidentStore, 'byId' | 'pin'> },
  caller: Caller,
  origin: Origin,
  { incidentId, entryId, pinned }: { readonly incidentId: string; readonly entryId: string; readonly pinned: boolean },
): Promise<Entry> => {
  const incident = await seen({ incidents }, caller, incidentId);
  const about = { actor: actorOf(caller), origin, at: clock.now() };
  const event = incidentEvent(pinned ? 'incident.pinned' : 'incident.unpinned', incident, about, { entry: entryId });
  const entry = await incidents.pin(incidentId, entryId, pinned, event);
  if (!entry) throw noSuchEntry();
  return entry;
};
