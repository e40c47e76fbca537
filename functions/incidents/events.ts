/** Version of the message that subscribers of incidents receive. A change that breaks a reader gets a new one. */
export const INCIDENT_MESSAGE_SCHEMA = 'tocsin.incident/1';

/**
 * What is published to the topic when an incident that is not private opens, changes status or severity, or when somebody
 * tells how things stand. Its attributes are `incident` (the happening), `severity`, `status`, `service`, `team` and
 * `environment`; messages about alerts have `transition` instead of `incident`.
 */
export interface IncidentMessage {
  readonly schema: typeof INCIDENT_MESSAGE_SCHEMA;
  /** `opened`, `status_changed`, `severity_changed` or `update_published`. */
  readonly happening: string;
  /** When it happened, RFC 3339 UTC. */
  readonly at: string;
  readonly actor: { readonly kind: string; readonly id: string; readonly name: string };
  readonly from?: string;
  readonly to?: string;
  /** What was said. */
  readonly text?: string;
  readonly incident: {
    readonly id: string;
    readonly status: string;
    readonly severity: string;
    readonly title: string;
    readonly summary: string;
    readonly service: string | null;
    readonly team: string | null;
    readonly openedAt: string;
    readonly resolvedAt: string | null;
    readonly version: number;
  };
}

/** Version of the message that tells that somebody was named. A change that breaks a reader gets a new one. */
export const PERSON_NAMED_SCHEMA = 'tocsin.named/1';

/**
 * Somebody was given a role in an incident by another, and is to be paged. Readers may receive it twice: incident, version
 * and user name it.
 */
export interface PersonNamed {
  readonly schema: typeof PERSON_NAMED_SCHEMA;
  readonly incidentId: string;
  /** The version of the incident that they were named by. */
  readonly version: number;
  readonly userId: string;
  /** `commander`, `communications`, `scribe`, `responder`. */
  readonly roles: readonly string[];
  readonly title: string;
  /** `SEV1` to `SEV5`. */
  readonly severity: string;
  readonly service: string | null;
  /** What the one who named them is called. */
  readonly by: string;
}
