import { auditEvent, type AuditActor, type AuditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Origin } from '../../../shared/kernel/caller.ts';
import type { StoredIncident } from './incident.ts';

/** What an incident is called where others may read it who take no part in it. */
export const openNameOf = ({ title, private: isPrivate }: Pick<StoredIncident, 'title' | 'private'>): string =>
  isPrivate ? 'private' : title;

/** What happened to an incident, for the audit trail, which tells no title of a private one. */
export const incidentEvent = (
  type: `incident.${string}`,
  incident: Pick<StoredIncident, 'id' | 'title' | 'private'>,
  { actor, origin, at }: { readonly actor: AuditActor; readonly origin: Origin; readonly at: Date },
  detail?: Readonly<Record<string, string>>,
): AuditEvent =>
  auditEvent(
    {
      type,
      actor,
      subject: { kind: 'incident', id: incident.id, name: openNameOf(incident) },
      ...(detail && { detail }),
    },
    origin,
    at,
  );
