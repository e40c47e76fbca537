import { createHmac } from 'node:crypto';
import { webhookSecret } from '../../../shared/channels/webhook.ts';
import { sha256 } from '../../../shared/kernel/ids.ts';
import type { AlertMessage } from '../../alerts/events.ts';
import { agentOf, incidentOf, numberOf, teamsOf, type Around } from '../pagerduty-rest/incident.ts';
import { reference } from '../pagerduty-rest/shapes.ts';
import type { EventType, StoredWebhook } from './subscription.ts';

/** What each transition of an alert is for receivers of PagerDuty's webhooks. */
export const TYPE_OF: Readonly<Record<AlertMessage['transition'], EventType>> = {
  opened: 'incident.triggered',
  severity_raised: 'incident.priority_updated',
  acknowledged: 'incident.acknowledged',
  unacknowledged: 'incident.unacknowledged',
  // As the REST API shows it: a snooze holds the paging, and its end begins it again.
  snoozed: 'incident.acknowledged',
  snooze_ended: 'incident.unacknowledged',
  // Under the silence nobody was sent that it opened.
  silence_ended: 'incident.triggered',
  assigned: 'incident.reassigned',
  noted: 'incident.annotated',
  resolved: 'incident.resolved',
};

/** An event as it is sent: its id, and the text that is signed. */
export interface Outbound {
  readonly id: string;
  readonly type: EventType;
  readonly body: string;
}

const eventId = (...parts: readonly string[]): string =>
  sha256('pagerduty-webhook', ...parts)
    .slice(0, 26)
    .toUpperCase();

const htmlUrl = (publicUrl: string, id: string): string => `${publicUrl}alerts?state=all&alert=${id}`;

/** The incident of an event. PagerDuty gives it other names here than in its REST API. */
const dataOf = ({ alert }: AlertMessage, around: Around, publicUrl: string) => {
  const incident = incidentOf(alert, around);
  return {
    id: incident.id,
    type: 'incident',
    self: incident.self,
    html_url: htmlUrl(publicUrl, alert.id),
    number: numberOf(alert),
    status: incident.status,
    incident_key: incident.incident_key,
    created_at: incident.created_at,
    title: incident.title,
    service: incident.service,
    assignees: incident.assignments.map(({ assignee }) => assignee),
    escalation_policy: incident.escalation_policy,
    teams: teamsOf(alert, around),
    priority: incident.priority,
    urgency: incident.urgency,
    conference_bridge: null,
    resolve_reason: null,
  };
};

/** A note of an incident. */
const noteOf = ({ alert, note = '', sequence }: AlertMessage, publicUrl: string) => ({
  id: `${alert.id}-${sequence}`,
  type: 'incident_note',
  incident: { ...reference('incident', alert.id, alert.title), html_url: htmlUrl(publicUrl, alert.id) },
  content: note,
  trimmed: false,
});

/**
 * The event of a transition. Its id follows from the transition, so that a receiver knows what it has had already, and so does all of it but
 * who is on call.
 */
export const eventOf = (message: AlertMessage, around: Around, publicUrl: string): Outbound => {
  const { alert, transition, sequence, at, actor } = message;
  const type = TYPE_OF[transition];
  const id = eventId(alert.id, String(sequence));
  const event = {
    id,
    event_type: type,
    resource_type: 'incident',
    occurred_at: at,
    agent: actor.kind === 'system' ? null : agentOf(actor, around),
    client: null,
    data: type === 'incident.annotated' ? noteOf(message, publicUrl) : dataOf(message, around, publicUrl),
  };
  return { id, type, body: JSON.stringify({ event }) };
};

/** The event by which somebody tries a webhook. */
export const pingOf = (webhookId: string, at: Date): Outbound => {
  const id = eventId(webhookId, at.toISOString());
  const event = {
    id,
    event_type: 'pagey.ping',
    resource_type: 'pagey',
    occurred_at: at.toISOString(),
    agent: null,
    client: null,
    data: { message: 'Hello from your friend Pagey!', type: 'ping' },
  };
  return { id, type: 'pagey.ping', body: JSON.stringify({ event }) };
};

/**
 * The headers of an event: a signature of the body by each live secret, that is the present one and the one before it. A receiver needs one
 * of them.
 */
export const headersOf = (
  { id, generation }: Pick<StoredWebhook, 'id' | 'generation'>,
  body: string,
  key: string,
): Readonly<Record<string, string>> => {
  const signatures = [generation, generation - 1]
    .filter((each) => each >= 0)
    .map(
      (each) =>
        `v1=${createHmac('sha256', webhookSecret(key, id, each))
          .update(body)
          .digest('hex')}`,
    );
  return {
    'content-type': 'application/json',
    'user-agent': 'PagerDuty-Webhook/V3.0',
    'x-webhook-id': id,
    'x-webhook-subscription': id,
    'x-pagerduty-signature': signatures.join(','),
  };
};
