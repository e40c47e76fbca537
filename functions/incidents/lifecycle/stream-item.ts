import type { Written } from '../../../shared/aws/stream.ts';
import { INCIDENT_MESSAGE_SCHEMA, type IncidentMessage } from '../events.ts';
import type { Entry } from './entry.ts';
import type { StoredIncident } from './incident.ts';
import type { About } from './items.ts';
import type { Job } from './job.ts';

/** An item of the table as the reactors of its stream read it. */
export type StreamItem = Partial<StoredIncident> &
  Partial<Omit<Entry, 'id'>> & { readonly id: string; readonly about: About };

/** The message of this write for subscribers; undefined where it has none. */
export const messageIn = ({ before, after }: Written<StreamItem>): IncidentMessage | undefined => {
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

/** The job that this write makes necessary for the alerts of the incident. */
export const jobIn = ({ before, after }: Written<StreamItem>): Job | undefined => {
  if (!after?.id || after.version === undefined) return undefined;
  if (after.mergedInto && !before?.mergedInto) return { kind: 'move_alerts', incidentId: after.id };
  const asked = after.resolveAlertsAt ?? null;
  return asked !== null && asked !== before?.resolveAlertsAt
    ? { kind: 'resolve_alerts', incidentId: after.id }
    : undefined;
};
