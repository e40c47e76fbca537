import type { AuditActor, AuditEvent } from '../../../shared/kernel/audit-event.ts';
import { own } from '../../../shared/kernel/own.ts';
import type { Ranges } from '../../../shared/http/address.ts';
import { urlProblem } from '../../../shared/channels/url-problem.ts';
import { isFields, textIn } from '../pagerduty/event.ts';
import type { KnownList } from '../pagerduty-rest/organisation.ts';
import { wrong } from '../pagerduty-rest/refusal.ts';
import { NO_SERVICE } from '../pagerduty-rest/shapes.ts';

/** The events of PagerDuty that Tocsin sends. */
export const EVENT_TYPES = [
  'incident.triggered',
  'incident.acknowledged',
  'incident.unacknowledged',
  'incident.resolved',
  'incident.reassigned',
  'incident.annotated',
  'incident.priority_updated',
  'pagey.ping',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** Names of events that PagerDuty has besides. A subscription may name them: nothing is sent for them. */
const NEVER_SENT =
  /^incident\.(escalated|delegated|reopened|responder\.\w+|status_update_published|conference_bridge\.updated|custom_field_values\.updated|incident_type\.changed|action_invocation\.\w+|service_updated|workflow\.\w+|role\.\w+)$|^service\.\w+$/;

export const FILTERS = ['account_reference', 'service_reference', 'team_reference'] as const;

/** There are at most so many; each list is one read. */
export const MAX_WEBHOOKS = 100;

/** What a caller says of a webhook. */
export interface WebhookSettings {
  readonly url: string;
  readonly description: string;
  readonly events: readonly string[];
  readonly filter: { readonly type: (typeof FILTERS)[number]; readonly id: string | null };
  readonly active: boolean;
}

/** A webhook as the table stores it. Its secret lies nowhere: it follows from the id and the generation. */
export interface StoredWebhook extends WebhookSettings {
  readonly id: string;
  /** Its description, else its host, for the audit trail. */
  readonly name: string;
  /** How often its secret was renewed. */
  readonly generation: number;
  readonly version: number;
  readonly deleted: boolean;
  readonly createdAt: string;
  readonly changedAt: string;
  readonly changedBy: AuditActor;
  readonly event: AuditEvent;
  /** The latest attempt that failed. */
  readonly lastFailure?: LastFailure;
}

export interface LastFailure {
  readonly at: string;
  readonly eventId: string;
  readonly reason: string;
  /** What the receiver answered; null where it did not. Absent of failures before this was noted. */
  readonly status?: number | null;
  /** 1 is the first attempt to send the event. */
  readonly attempt?: number;
  /** When the event is sent again; null where it was given up. */
  readonly nextAt?: string | null;
}

type Fields = Readonly<Record<string, unknown>>;

const eventsIn = (value: unknown): readonly string[] => {
  if (!Array.isArray(value) || value.length === 0 || value.length > 50) throw wrong('Events must be a list of names.');
  const unknown = value.find(
    (each: unknown) =>
      typeof each !== 'string' || !((EVENT_TYPES as readonly string[]).includes(each) || NEVER_SENT.test(each)),
  );
  if (unknown !== undefined) throw wrong(`Events must be some of ${EVENT_TYPES.join(', ')}.`);
  return [...new Set(value as string[])];
};

/** Who and what a filter may name. */
export interface Filterable {
  readonly services: KnownList<{ readonly id: string }>;
  readonly teams: KnownList<{ readonly id: string }>;
}

/** Refuses a filter by a service or a team that does not exist: nothing would ever be sent. */
export const assertFilter = async (
  { type, id }: WebhookSettings['filter'],
  { services, teams }: Filterable,
): Promise<void> => {
  if (type === 'account_reference' || id === NO_SERVICE.id) return;
  const list = type === 'service_reference' ? services : teams;
  if (await list.find((each) => each.id === id)) return;
  throw wrong(`The filter names no ${type === 'service_reference' ? 'service' : 'team'}: ${id?.slice(0, 64)}.`);
};

const filterIn = (value: unknown): WebhookSettings['filter'] => {
  const fields = isFields(value) ? value : {};
  const type = FILTERS.find((each) => each === textIn(fields, 'type'));
  if (!type) throw wrong(`The type of the filter must be one of ${FILTERS.join(', ')}.`);
  const id = textIn(fields, 'id') ?? null;
  if (type !== 'account_reference' && id === null) throw wrong('The filter must have the id of a service or a team.');
  return { type, id: type === 'account_reference' ? null : id };
};

/** The settings in a request, over those that are there. Refuses what cannot be meant. */
export const settingsIn = (fields: Fields, allowed: Ranges, before?: WebhookSettings): WebhookSettings => {
  const has = (name: string) => own<unknown>(fields, name) !== undefined;
  const method = isFields(fields['delivery_method']) ? fields['delivery_method'] : {};
  const url = textIn(method, 'url') ?? before?.url;
  if (url === undefined || url.length > 2048 || !URL.canParse(url)) {
    throw wrong('The delivery method must have a URL.');
  }
  const problem = urlProblem(url, allowed);
  if (problem !== undefined) throw wrong(`The URL ${problem}.`);
  const headers = method['custom_headers'];
  if (Array.isArray(headers) && headers.length > 0) throw wrong('Custom headers are not sent: leave them out.');
  return {
    url,
    description: (textIn(fields, 'description') ?? before?.description ?? '').slice(0, 1000),
    events: has('events') || !before ? eventsIn(fields['events']) : before.events,
    filter: has('filter') || !before ? filterIn(fields['filter']) : before.filter,
    active: typeof fields['active'] === 'boolean' ? fields['active'] : (before?.active ?? true),
  };
};

/** A webhook as PagerDuty shows its subscription. Only the answer that makes a secret has it. */
export const webhookView = (webhook: StoredWebhook, secret?: string) => ({
  id: webhook.id,
  type: 'webhook_subscription',
  active: webhook.active,
  description: webhook.description,
  delivery_method: {
    id: `${webhook.id}-delivery`,
    type: 'http_delivery_method',
    url: webhook.url,
    secret: secret ?? null,
    temporarily_disabled: false,
    custom_headers: [],
  },
  events: webhook.events,
  filter: { type: webhook.filter.type, ...(webhook.filter.id !== null && { id: webhook.filter.id }) },
  oauth_client: null,
  last_failure: webhook.lastFailure ?? null,
});
