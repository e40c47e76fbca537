import type { Written } from '../../../shared/aws/stream.ts';
import { INCIDENT_MESSAGE_SCHEMA, type IncidentMessage } from '../events.ts';
import type { Entry } from './entry.ts';
import type { StoredIncident } from './incident.ts';
import type { Job } from './job.ts';
import type { About } from './store.ts';

/** What of an item of the table is looked at by whoever carries things on from there. */
export type Carried = Partial<StoredIncident> &
  Partial<Omit<Entry, 'id'>> & { readonly id: string; readonly about: About };

/** What subscribers are told by this write; undefined where it tells them nothing. */
export const messageIn = ({ before, after }: Written<Carried>): IncidentMessage | undefined => {
  if (before || !after?.about || !after.type || !after.at || !after.actor) return undefined;
  return {
    schema: INCIDENT_MESSAGE_SCHEMA,
    happening: after.type,
    at: after.at,
    actor: after.actor,
    ...(after.from !== undefined && { from: after.from }),
    ...(after.to !== undefined && { to: after.to }),
    ...(after.text !== undefined && { text: after.text }),
    incident: after.about,
  };
};

/** What follows for the alerts of an incident from this write. */
export const jobIn = ({ before, after }: Written<Carried>): Job | undefined => {
  if (!after?.id || after.version === undefined) return undefined;
  if (after.mergedInto && !before?.mergedInto) return { kind: 'move_alerts', incidentId: after.id };
  const asked = after.resolveAlertsAt ?? null;
  return asked !== null && asked !== before?.resolveAlertsAt
    ? { kind: 'resolve_alerts', incidentId: after.id }
    : undefined;
};
