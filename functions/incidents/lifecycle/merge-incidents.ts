import { actorOf } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { OVERTAKEN, untilWritten } from '../../../shared/kernel/until-written.ts';
import { entriesOf } from './entry.ts';
import { incidentEvent, openNameOf } from './incident-event.ts';
import { closed, touched, viewOf, type Incident, type StoredIncident } from './incident.ts';
import { findIncident } from './find-incident.ts';
import type { IncidentStore } from './incident-store.ts';

/** The most incidents that merge into one. */
const MAX_MERGED = 50;

/**
 * Merges an incident into another. The merged one is closed and names its successor, and its alerts follow. Each keeps its
 * timeline, and neither shows the title of a private one. A repeat gets the same answer.
 */
export const mergeIncidents = async (
  deps: { readonly clock: Clock; readonly incidents: Pick<IncidentStore, 'byId' | 'save'> },
  request: Request,
  { into: intoId, from: fromId }: { readonly into: string; readonly from: string },
): Promise<Incident> => {
  if (intoId === fromId) throw conflict('incident.same', 'An incident cannot be merged into itself. Name another one.');
  const { clock, incidents } = deps;
  const actor = actorOf(request.caller);
  return untilWritten(
    async () => {
      const [into, from] = await Promise.all([
        findIncident(deps, request, { id: intoId }),
        findIncident(deps, request, { id: fromId }),
      ]);
      if (from.mergedInto === into.id) return viewOf(into);
      assertMergeable(into, from);
      const at = clock.now();
      const merged = touched(
        into,
        { mergedFrom: [...into.mergedFrom, from.id] },
        [{ type: 'merged_from', incidentId: from.id }],
        actor,
        at,
      );
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
        [{ type: 'merged_into', incidentId: into.id }],
        actor,
        at,
      );
      const about = { actor, origin: request.origin, at };
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
      return OVERTAKEN;
    },
    () => conflict('incident.busy', 'Other changes of these incidents are in progress. Try again.'),
  );
};

const assertMergeable = (into: StoredIncident, from: StoredIncident): void => {
  for (const incident of [into, from]) if (incident.status === 'closed') throw closed(incident);
  if (from.private && !into.private) {
    throw conflict(
      'incident.private',
      'A private incident merges only into a private one. Make the other one private first.',
    );
  }
  if (into.mergedFrom.length >= MAX_MERGED) {
    throw conflict('incident.limit', `At most ${MAX_MERGED} incidents merge into one. Open another one.`);
  }
};
