import { actorOf } from '../../../shared/kernel/audit-event.ts';
import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { entriesOf } from './entry.ts';
import { incidentEvent, openNameOf } from './incident-event.ts';
import { closed, touched, viewOf, type Incident, type StoredIncident } from './incident.ts';
import { seen } from './find-incident.ts';
import type { IncidentStore } from './store.ts';

const ATTEMPTS = 5;
/** So many incidents may go on in one. */
const MAX_MERGED = 50;

/**
 * Merges another incident into this one: the other is closed and says where it goes on, and its alerts follow. What was
 * written down stays where it was, and neither tells the title of a private one. Merging what was merged here already
 * answers the same.
 */
export const merge = async (
  { clock, incidents }: { readonly clock: Clock; readonly incidents: Pick<IncidentStore, 'byId' | 'save'> },
  caller: Caller,
  origin: Origin,
  { into: intoId, from: fromId }: { readonly into: string; readonly from: string },
): Promise<Incident> => {
  if (intoId === fromId) throw conflict('incident.same', 'An incident cannot be merged into itself.');
  const actor = actorOf(caller);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const [into, from] = await Promise.all([seen({ incidents }, caller, intoId), seen({ incidents }, caller, fromId)]);
    if (from.mergedInto === into.id) return viewOf(into);
    assertMergeable(into, from);
    const at = clock.now();
    const merged = touched(into, { mergedFrom: [...into.mergedFrom, from.id] }, `merged ${from.id} into it`, actor, at);
    const now = at.toISOString();
    const gone = touched(
      from,
      {
        status: 'closed',
        mergedInto: into.id,
        resolvedAt: from.resolvedAt ?? now,
        resolvedBy: from.resolvedBy ?? actor,
        closedAt: now,
      },
      `merged it into ${into.id}`,
      actor,
      at,
    );
    const about = { actor, origin, at };
    const isWritten = await incidents.save(
      {
        incident: merged,
        event: incidentEvent('incident.merged_from', merged, about, { incident: from.id }),
        beside: {
          entries: entriesOf(
            [{ type: 'merged_from', incidentId: from.id, text: openNameOf(from) }],
            merged.version,
            actor,
            at,
          ),
        },
      },
      {
        incident: gone,
        event: incidentEvent('incident.merged_into', gone, about, { incident: into.id }),
        beside: {
          entries: entriesOf(
            [{ type: 'merged_into', incidentId: into.id, text: openNameOf(into) }],
            gone.version,
            actor,
            at,
          ),
        },
      },
    );
    if (isWritten) return viewOf(merged);
  }
  throw conflict('incident.busy', 'Others change these incidents at this moment. Try again.');
};

const assertMergeable = (into: StoredIncident, from: StoredIncident): void => {
  for (const incident of [into, from]) if (incident.status === 'closed') throw closed(incident);
  if (from.private && !into.private) {
    throw conflict('incident.private', 'The incident to merge is private and the other is not. Make it private first.');
  }
  if (into.mergedFrom.length >= MAX_MERGED) {
    throw conflict('incident.limit', `At most ${MAX_MERGED} incidents are merged into one.`);
  }
};
