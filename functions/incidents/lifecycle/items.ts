import type { Condition, Item } from '../../../shared/aws/dynamo.ts';
import type { AuditEvent } from '../../../shared/kernel/audit-event.ts';
import { ALERT_PREFIX, INCIDENT_PREFIX } from '../table.ts';
import { ANNOUNCED, type Entry } from './entry.ts';
import type { StoredIncident } from './incident.ts';

/*
 * How this room lays its items out. The partitions INCIDENT#… and ALERT#… belong to it.
 */

export const INCIDENT = 'INCIDENT';
export const ENTRY = 'ENTRY#';
export const TASK = 'TASK#';
export const LINK = 'LINK';

export interface Keys {
  readonly part: string;
  readonly item: string;
  readonly listing?: string;
  readonly linkedTo?: string;
  readonly event?: AuditEvent;
}

export const partOf = (incidentId: string): string => INCIDENT_PREFIX + incidentId;
export const alertPart = (alertId: string): string => ALERT_PREFIX + alertId;

/** An item without its keys and its event. */
export const bare = <T>({
  part: _,
  item: _item,
  listing: _listing,
  linkedTo: _to,
  event: _event,
  ...rest
}: T & Keys): T => rest as unknown as T;

export const ABSENT: Condition = { expression: 'attribute_not_exists(#part)' };

/** The item is at the version before this one, or absent before the first. */
export const isBefore = (version: number): Condition =>
  version === 1 ? ABSENT : { expression: '#version = :expected', values: { expected: version - 1 } };

/** What subscribers receive of an incident, stored in the entry that announces it. */
export type About = Pick<
  StoredIncident,
  'id' | 'status' | 'severity' | 'title' | 'summary' | 'service' | 'team' | 'openedAt' | 'resolvedAt' | 'version'
>;

const aboutOf = (incident: StoredIncident): About => {
  const { id, status, severity, title, summary, service, team, openedAt, resolvedAt, version } = incident;
  return { id, status, severity, title, summary, service, team, openedAt, resolvedAt, version };
};

export const entryItem = (incidentId: string, entry: Entry): Item => ({
  ...entry,
  part: partOf(incidentId),
  item: ENTRY + entry.id,
});

/** An entry of the incident itself. One that subscribers receive carries `about`, unless the incident is private. */
export const ownEntryItem = (incident: StoredIncident, entry: Entry): Item => ({
  ...entryItem(incident.id, entry),
  ...(ANNOUNCED.has(entry.type) && !incident.private && { about: aboutOf(incident) }),
});
