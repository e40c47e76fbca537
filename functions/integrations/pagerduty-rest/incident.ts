import type { Alert, TimelineEntry } from '../../alerts/port.ts';
import type { Person } from '../../auth/port.ts';
import type { Decision, StoredPolicy, StoredService, StoredTeam } from '../../oncall/port.ts';
import {
  nobodyReference,
  policyReference,
  priorityOf,
  reference,
  resource,
  serviceReference,
  teamReference,
  unmadeService,
  userReference,
  type Reference,
} from './shapes.ts';

export const INCIDENT_STATUSES = ['triggered', 'acknowledged', 'resolved'] as const;
export type IncidentStatus = (typeof INCIDENT_STATUSES)[number];

/** Our statuses that may be one of theirs: a snoozed alert is open with us, and acknowledged with them. */
export const ALERT_STATUSES = {
  triggered: ['open'],
  acknowledged: ['acknowledged', 'open'],
  resolved: ['resolved'],
} as const satisfies Readonly<Record<IncidentStatus, readonly Alert['status'][]>>;

const isSnoozed = ({ snoozedUntil }: Pick<Alert, 'snoozedUntil'>, now: Date): boolean =>
  snoozedUntil !== null && snoozedUntil > now.toISOString();

/** A snooze holds the paging of an alert, which is what PagerDuty calls acknowledged. */
export const statusOf = (alert: Pick<Alert, 'status' | 'snoozedUntil'>, now: Date): IncidentStatus => {
  if (alert.status === 'resolved') return 'resolved';
  return alert.status === 'acknowledged' || isSnoozed(alert, now) ? 'acknowledged' : 'triggered';
};

/** The number of an incident: the millisecond in which it began. It grows, and costs no counter. */
export const numberOf = ({ firstSeenAt }: Pick<Alert, 'firstSeenAt'>): number => Date.parse(firstSeenAt);

/** All that an incident is shown with besides its alert. */
export interface Around {
  readonly now: Date;
  readonly people: readonly Person[];
  readonly services: readonly StoredService[];
  readonly teams: readonly StoredTeam[];
  readonly policies: readonly StoredPolicy[];
  readonly decision: Pick<Decision, 'service' | 'urgency' | 'policyId'>;
  /** Who is being paged, of an alert that is nobody's. */
  readonly paged: readonly Person[];
}

/** The person behind the name that an alert has. */
export const byName = (name: string, people: readonly Person[]): Reference => {
  const person = people.find(({ id, username }) => username === name || id === name);
  return person ? userReference(person) : nobodyReference(name);
};

export const serviceOf = ({ services, decision }: Pick<Around, 'services' | 'decision'>): Reference => {
  const service = services.find(({ name }) => name === decision.service);
  return service ? serviceReference(service) : unmadeService(decision.service);
};

export const teamsOf = (alert: Pick<Alert, 'team'>, { services, teams, decision }: Around): readonly Reference[] => {
  const owner = services.find(({ name }) => name === decision.service)?.teamId;
  return teams.filter(({ id, name }) => (alert.team === null ? id === owner : name === alert.team)).map(teamReference);
};

/** Whose an alert is: who was named, else who has acknowledged it, else who is being paged. */
export const assigneesOf = (
  { status, assignee, acknowledgedBy }: Pick<Alert, 'status' | 'assignee' | 'acknowledgedBy'>,
  { people, paged }: Pick<Around, 'people' | 'paged'>,
): readonly Reference[] => {
  if (status === 'resolved') return [];
  if (assignee !== null) return [byName(assignee, people)];
  if (acknowledgedBy !== null) return [byName(acknowledgedBy, people)];
  return paged.map(userReference);
};

const changeOf = ({ status, resolvedAt, resolvedBy, acknowledgedAt, acknowledgedBy, firstSeenAt }: Alert) => {
  if (status === 'resolved' && resolvedAt !== null) return { at: resolvedAt, by: resolvedBy };
  if (status === 'acknowledged' && acknowledgedAt !== null) return { at: acknowledgedAt, by: acknowledgedBy };
  return { at: firstSeenAt, by: null };
};

/** An alert as PagerDuty shows an incident. */
export const incidentOf = (alert: Alert, around: Around) => {
  const { now, people, policies, decision } = around;
  const service = serviceOf(around);
  const policy = policies.find(({ id }) => id === decision.policyId);
  const changed = changeOf(alert);
  const assignees = assigneesOf(alert, around);
  const number = numberOf(alert);
  const isResolved = alert.status === 'resolved';
  return {
    ...resource('incident', alert.id, `[#${number}] ${alert.title}`),
    incident_number: number,
    title: alert.title,
    description: alert.title,
    created_at: alert.firstSeenAt,
    updated_at: [alert.lastSeenAt, changed.at].sort().at(-1),
    status: statusOf(alert, now),
    urgency: decision.urgency,
    incident_key: alert.dedupKey,
    service,
    assignments: assignees.map((assignee) => ({ at: changed.at, assignee })),
    assigned_via: alert.assignee === null ? 'escalation_policy' : 'direct_assignment',
    last_status_change_at: changed.at,
    last_status_change_by: changed.by === null ? service : byName(changed.by, people),
    resolved_at: alert.resolvedAt,
    resolve_reason: null,
    first_trigger_log_entry: reference('trigger_log_entry', logId(alert.id, 1), 'Triggered'),
    alert_counts: { all: 1, triggered: isResolved ? 0 : 1, resolved: isResolved ? 1 : 0 },
    is_mergeable: false,
    escalation_policy: policy
      ? policyReference(policy)
      : reference('escalation_policy', decision.policyId, decision.policyId),
    teams: teamsOf(alert, around),
    impacted_services: [service],
    pending_actions:
      alert.snoozedUntil !== null && isSnoozed(alert, now) ? [{ type: 'unacknowledge', at: alert.snoozedUntil }] : [],
    acknowledgements:
      alert.status === 'acknowledged' && alert.acknowledgedBy !== null
        ? [{ at: alert.acknowledgedAt, acknowledger: byName(alert.acknowledgedBy, people) }]
        : [],
    alert_grouping: null,
    priority: priorityOf(alert.severity),
    incidents_responders: [],
    responder_requests: [],
    subscriber_requests: [],
  };
};
export type Incident = ReturnType<typeof incidentOf>;

/** The alert of an incident: there is one in each. */
export const alertOf = (alert: Alert, around: Around) => {
  const incident = reference('incident', alert.id, alert.title);
  return {
    ...resource('alert', alert.id, alert.title),
    self: `/incidents/${alert.id}/alerts/${alert.id}`,
    status: alert.status === 'resolved' ? 'resolved' : 'triggered',
    alert_key: alert.dedupKey,
    created_at: alert.firstSeenAt,
    resolved_at: alert.resolvedAt,
    severity: alert.severity,
    suppressed: false,
    service: serviceOf(around),
    incident,
    integration: null,
    body: {
      type: 'alert_body',
      details: { ...(alert.description && { description: alert.description }), ...alert.labels, ...alert.annotations },
      contexts: [],
      cef_details: {
        dedup_key: alert.dedupKey,
        description: alert.title,
        severity: alert.severity,
        source_origin: alert.source,
        creation_time: alert.firstSeenAt,
      },
    },
  };
};

const logId = (alertId: string, sequence: number): string => `${alertId}-${sequence}`;

/** The alert and the entry that an id of a log entry names. */
export const logEntryIn = (id: string): { readonly alertId: string; readonly sequence: number } | undefined => {
  const found = /^(alr_[0-9a-z]{38})-([1-9]\d{0,8})$/.exec(id);
  return found ? { alertId: found[1] ?? '', sequence: Number(found[2]) } : undefined;
};

/** What entries of our timeline are in PagerDuty's log. */
const LOG_TYPES: Readonly<Record<TimelineEntry['type'], readonly [type: string, summary: string]>> = {
  opened: ['trigger', 'Triggered'],
  severity_raised: ['priority_change', 'Priority raised'],
  acknowledged: ['acknowledge', 'Acknowledged'],
  unacknowledged: ['unacknowledge', 'Unacknowledged'],
  snoozed: ['snooze', 'Snoozed'],
  snooze_ended: ['unacknowledge', 'Snooze ended'],
  silence_ended: ['unacknowledge', 'Silence ended'],
  assigned: ['assign', 'Assigned'],
  noted: ['annotate', 'Note added'],
  resolved: ['resolve', 'Resolved'],
};

/** Who did something, as a reference. */
export const agentOf = (
  { kind, id, name }: TimelineEntry['actor'],
  around: Pick<Around, 'people' | 'services' | 'decision'>,
) => {
  const person = around.people.find((each) => each.id === id || each.username === name);
  if (person) return userReference(person);
  return kind === 'user' ? { ...nobodyReference(name), id } : serviceOf(around);
};

/** An entry of a timeline, as PagerDuty shows an entry of its log. */
export const logEntryOf = (alert: Alert, entry: TimelineEntry, around: Around) => {
  const [type, what] = LOG_TYPES[entry.type];
  const id = logId(alert.id, entry.sequence);
  return {
    id,
    type: `${type}_log_entry`,
    summary: `${what} by ${entry.actor.name}${entry.note ? `: ${entry.note}` : ''}`,
    self: `/log_entries/${id}`,
    html_url: null,
    created_at: entry.at,
    agent: agentOf(entry.actor, around),
    channel: {
      type: entry.type === 'noted' ? 'note' : entry.type === 'opened' ? 'api' : 'website',
      ...(entry.note && { summary: entry.note, content: entry.note }),
    },
    service: serviceOf(around),
    incident: reference('incident', alert.id, alert.title),
    teams: teamsOf(alert, around),
    contexts: [],
    ...(entry.type === 'assigned' && { assignees: entry.to ? [byName(entry.to, around.people)] : [] }),
    ...(entry.type === 'opened' && { event_details: { description: alert.title } }),
  };
};

export const noteOf = ({ at, actor, note = '', sequence }: TimelineEntry, alertId: string, around: Around) => ({
  id: logId(alertId, sequence),
  user: agentOf(actor, around),
  content: note,
  created_at: at,
  channel: { summary: 'Tocsin', id: 'tocsin', type: 'web_client_channel' },
});
