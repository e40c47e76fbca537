import { dynamoClient, sqsClient } from '../../shared/aws/clients.ts';
import { table, type Table } from '../../shared/aws/dynamo.ts';
import { bound } from '../../shared/kernel/bound.ts';
import type { Caller } from '../../shared/kernel/caller.ts';
import { capability } from '../../shared/kernel/capability.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { readEnv } from '../../shared/kernel/env.ts';
import { countOpened, type Opened } from './analytics/count-opened.ts';
import { lastPublished, listRows, noteAlert, notePublished } from './analytics/fact-store.ts';
import { findPublished } from './analytics/find-published.ts';
import { recorderOrQueue } from './analytics/record-later.ts';
import type { AlertMessage } from '../alerts/events.ts';
import { INCIDENTS_GRANTS } from './grants.ts';
import { incidentsConcern } from './lifecycle/concern.ts';
import { followMuted } from './lifecycle/follow-muted.ts';
import { maySee } from './lifecycle/find-incident.ts';
import { isOver, participantsOf, viewOf, type Incident } from './lifecycle/incident.ts';
import { byId, list as listOpen } from './lifecycle/incident-store.ts';
import { linked, linkOf } from './lifecycle/link-store.ts';
import { knownRules } from './rules/known-rules.ts';
import { list } from './rules/rule-store.ts';

/*
 * What other contexts may do with the incidents: ask whether one still needs people and who takes part in it, read the incident of an alert, ask which alerts
 * concern incidents, have them follow muted transitions, add transitions of alerts to the figures, find which were published, and count them.
 */

const incidentsTable = () => table(dynamoClient(), readEnv(['INCIDENTS_TABLE']).INCIDENTS_TABLE);

/** An incident as paging sees it. */
export interface Standing {
  readonly isOver: boolean;
  readonly participants: ReadonlySet<string>;
}

/** Looks at an incident as it is at this moment; undefined where there is none. */
export const incidentReader = /* @__PURE__ */ capability(INCIDENTS_GRANTS.look, () => {
  const incidents = incidentsTable();
  return async (id: string): Promise<Standing | undefined> => {
    const incident = await byId(incidents, id);
    return incident && { isOver: isOver(incident.status), participants: participantsOf(incident) };
  };
});

/** The incident of an alert: it, or that the caller may not see it. Null where the alert belongs to none. */
export type IncidentOfAlert =
  | {
      readonly hidden: false;
      readonly id: string;
      readonly title: string;
      readonly status: string;
      readonly severity: string;
      readonly linkedAt: string;
      /** The person, or the rule: `Incident rule Databases`. */
      readonly linkedBy: string;
    }
  | { readonly hidden: true };

/** Reads the incident of an alert, as far as a caller may see it. */
export const incidentOfAlertReader = /* @__PURE__ */ capability(INCIDENTS_GRANTS.ofAlert, () =>
  incidentOfAlertOver(incidentsTable()),
);

/** The same over a table. */
export const incidentOfAlertOver =
  (incidents: Table) =>
  async (alertId: string, caller: Caller): Promise<IncidentOfAlert | null> => {
    const link = await linkOf(incidents, alertId);
    const incident = link?.incidentId ? await byId(incidents, link.incidentId) : undefined;
    if (!link || !incident) return null;
    if (!maySee(incident, caller)) return { hidden: true };
    const { id, title, status, severity } = incident;
    return { hidden: false, id, title, status, severity, linkedAt: link.linkedAt, linkedBy: link.linkedBy };
  };

/** Whether an incident exists that a caller may see. */
export const incidentIsVisible = /* @__PURE__ */ capability(INCIDENTS_GRANTS.look, () => {
  const incidents = incidentsTable();
  return async (id: string, caller: Caller): Promise<boolean> => {
    const incident = await byId(incidents, id);
    return incident !== undefined && maySee(incident, caller);
  };
});

/** The open incidents that a caller may see, newest first. Reads so many at most. */
export const openIncidentsReader = /* @__PURE__ */ capability(INCIDENTS_GRANTS.open, () => {
  const incidents = incidentsTable();
  return async (caller: Caller, atMost: number): Promise<Incident[]> => {
    const { items } = await listOpen(incidents, 'OPEN', { limit: atMost });
    return items.filter((incident) => maySee(incident, caller)).map(viewOf);
  };
});

/** Finds which transitions of a batch concern incidents. */
export const incidentsConcernReader = /* @__PURE__ */ capability(INCIDENTS_GRANTS.concern, () => {
  const incidents = incidentsTable();
  const rules = knownRules(bound({ list }, incidents), systemClock);
  return bound({ incidentsConcern }, { incidents: bound({ linked }, incidents), knownRules: rules }).incidentsConcern;
});

const incidentsQueue = () => ({ sqs: sqsClient(), queueUrl: readEnv(['PAGES_QUEUE']).PAGES_QUEUE });

/** Has incidents and figures follow muted transitions. The figures are those of `figureRecorder`. */
export const mutedFollower = /* @__PURE__ */ capability(INCIDENTS_GRANTS.concern, () => {
  const incidents = incidentsTable();
  const deps = {
    incidents: bound({ linked }, incidents),
    knownRules: knownRules(bound({ list }, incidents), systemClock),
    queue: incidentsQueue(),
  };
  return (recordFigure: (message: AlertMessage) => Promise<void>) =>
    bound({ followMuted }, { ...deps, recordFigure }).followMuted;
});

/** Adds a transition of an alert to the figures; while the table refuses, by the queue of incidents. */
export const figureRecorder = /* @__PURE__ */ capability(INCIDENTS_GRANTS.figures, () => {
  const queue = incidentsQueue();
  const facts = bound({ noteAlert, notePublished }, incidentsTable());
  return recorderOrQueue({ clock: systemClock, facts, queue });
});

/** Finds which transitions of alerts were published. */
export const publishedFinder = /* @__PURE__ */ capability(INCIDENTS_GRANTS.published, () => {
  const facts = bound({ lastPublished }, incidentsTable());
  return bound({ findPublished }, { facts }).findPublished;
});

export type { Opened };

/** Counts the alerts that opened and the pages that were sent, from the figures. */
export const openedCounter = /* @__PURE__ */ capability(INCIDENTS_GRANTS.counts, () => {
  const facts = bound({ listRows }, incidentsTable());
  return bound({ countOpened }, { facts }).countOpened;
});
