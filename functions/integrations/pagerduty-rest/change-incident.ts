import type { Caller } from '../../../shared/kernel/caller.ts';
import { isTransient } from '../../../shared/aws/transient.ts';
import { storeUnavailable } from '../../../shared/http/problem.ts';
import { conflict, Problem } from '../../../shared/kernel/errors.ts';
import type { Alert } from '../../alerts/port.ts';
import type { Person } from '../../auth/port.ts';
import { fitted } from '../labels.ts';
import { isFields, textIn } from '../pagerduty/event.ts';
import { INCIDENT_STATUSES, statusOf, type IncidentStatus } from './incident.ts';
import type { Fields, IncidentDeps } from './incidents.ts';
import type { KnownList } from './organisation.ts';
import { noSuchAssignee, wrong } from './refusal.ts';
import { PRIORITIES } from './shapes.ts';

type ChangeDeps = Pick<IncidentDeps, 'clock' | 'desk' | 'pages' | 'organisation' | 'escalation'>;

/** Fields that follow from service and routing, and which no caller sets. */
const FOLLOWING = ['urgency', 'escalation_policy', 'conference_bridge'] as const;

/** The people to whom a change assigns an incident. Undefined where it assigns nobody. */
const assigneesIn = async (fields: Fields, people: KnownList<Person>): Promise<readonly Person[] | undefined> => {
  const assignments = fields['assignments'];
  if (!Array.isArray(assignments) || assignments.length === 0) return undefined;
  const assignees: Person[] = [];
  for (const each of assignments as readonly unknown[]) {
    const assignee = isFields(each) && isFields(each['assignee']) ? each['assignee'] : {};
    const person = await people.find(({ id, status }) => id === textIn(assignee, 'id') && status === 'active');
    if (!person) throw noSuchAssignee();
    assignees.push(person);
  }
  return assignees;
};

const isRefused = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Problem && codes.includes(error.code);

/**
 * Hands an alert over, and pages the person at once, as PagerDuty does. Somebody who cannot be paged, or an alert whose paging has not
 * begun, is assigned all the same, and the timeline says why nobody was paged: the policy pages on.
 */
const reassigned = async (
  { desk, pages, organisation }: ChangeDeps,
  caller: Caller,
  { id }: Alert,
  [first, ...others]: readonly Person[],
): Promise<Alert | undefined> => {
  if (!first) return undefined;
  const asking = { people: (wanted: string) => organisation().people.find((each) => each.id === wanted), acts: desk };
  for (const [i, person] of [first, ...others].entries()) {
    try {
      await pages.ask(asking, { caller }, { id, userId: person.id, reassign: i === 0 });
    } catch (error) {
      if (!isRefused(error, 'escalation.not_found', 'responder.unreachable')) throw error;
      const why = isRefused(error, 'escalation.not_found')
        ? 'The escalation has not begun.'
        : (error as Problem).message;
      const note = `${person.username} was not paged: ${why}`;
      if (i === 0) await desk.assign({ caller }, { id, assignee: person.username, note });
      else await desk.note({ caller }, { id, note });
    }
  }
  return desk.byId(id);
};

const STATUS_CHANGES = {
  acknowledged: async ({ desk, clock }: ChangeDeps, caller: Caller, alert: Alert, note: string | undefined) => {
    // An incident that somebody has acknowledged stays theirs: acknowledging it again is no mistake.
    if (alert.status === 'acknowledged') return alert;
    try {
      return await desk.acknowledge({ caller }, { id: alert.id, note });
    } catch (error) {
      const now = isRefused(error, 'alert.acknowledged') ? await desk.byId(alert.id) : undefined;
      if (now && statusOf(now, clock.now()) === 'acknowledged') return now;
      throw error;
    }
  },
  triggered: ({ desk }: ChangeDeps, caller: Caller, alert: Alert, note: string | undefined) =>
    alert.status === 'open' ? Promise.resolve(alert) : desk.unacknowledge({ caller }, { id: alert.id, note }),
  resolved: ({ desk }: ChangeDeps, caller: Caller, alert: Alert, note: string | undefined) =>
    desk.resolve({ caller }, { id: alert.id, note }),
} as const;

const titled = async ({ desk }: ChangeDeps, caller: Caller, alert: Alert, title: string): Promise<Alert> =>
  title === alert.title
    ? alert
    : desk.edit({ caller }, { id: alert.id, correct: () => ({ set: { title }, note: 'Changed the title.' }) });

type Priority = (typeof PRIORITIES)[number];

const priorityIn = (fields: Fields): Priority | undefined => {
  const priority = isFields(fields['priority']) ? textIn(fields['priority'], 'id') : undefined;
  if (priority === undefined) return undefined;
  const found = PRIORITIES.find(([id, name]) => id === priority || name === priority);
  if (!found) throw wrong('Priority is unknown: GET /priorities lists them.');
  return found;
};

const prioritised = async (
  { desk }: ChangeDeps,
  caller: Caller,
  alert: Alert,
  [severity, name]: Priority,
): Promise<Alert> => {
  if (severity === alert.severity) return alert;
  return desk.edit(
    { caller },
    { id: alert.id, correct: () => ({ set: { severity }, note: `Set the priority to ${name}.` }) },
  );
};

/** Why an escalation has no next level, by its status, and how a client pages somebody anyway. */
const NO_LEVEL: Readonly<Record<string, string>> = {
  held: 'Somebody has acknowledged or snoozed the incident, so it does not escalate. Assign it to page somebody.',
  silenced: 'A silence keeps the incident quiet, so it does not escalate. Assign it to page somebody.',
  exhausted: 'Its last escalation level was reached. Assign it to page somebody.',
  suppressed: 'A routing rule suppresses the incident, so it does not escalate. Assign it to page somebody.',
  ended: 'The incident is resolved, so it does not escalate.',
};
const NOT_BEGUN = 'The escalation of the incident has not begun. Assign it to page somebody, or try again in a moment.';

/** Refuses a level that is neither the present one nor the next. */
const assertLevel = async ({ escalation }: ChangeDeps, { id }: Alert, level: number): Promise<void> => {
  const now = await escalation(id);
  if (!now) throw wrong(NOT_BEGUN);
  if (now.step === level) return;
  if (now.status !== 'escalating') throw wrong(NO_LEVEL[now.status] ?? 'The incident does not escalate.');
  if (now.step !== level - 1) throw wrong('Escalation level must be the next one.');
};

const escalated = async (deps: ChangeDeps, caller: Caller, alert: Alert, level: number): Promise<Alert> => {
  const { desk, pages, escalation, organisation } = deps;
  await assertLevel(deps, alert, level);
  if ((await escalation(alert.id))?.step === level) return alert;
  const asking = { people: (wanted: string) => organisation().people.find((each) => each.id === wanted), acts: desk };
  try {
    await pages.escalate(asking, { caller }, { id: alert.id });
  } catch (error) {
    // It was held or ended in between. The sentence of our own routes names a way that this API does not have.
    if (!isRefused(error, 'escalation.not_escalating')) throw error;
    await assertLevel(deps, alert, level);
    throw wrong('The incident does not escalate any more.');
  }
  return (await desk.byId(alert.id)) ?? alert;
};

/** Refuses what the present status of an incident does not allow. */
const assertStatus = (
  { status, resolvedBy, resolvedAt }: Alert,
  wanted: IncidentStatus | undefined,
  isAssigned: boolean,
  { name }: Caller,
): void => {
  if (status !== 'resolved' || (wanted === undefined && !isAssigned)) return;
  // A request that is sent again resolves nothing twice.
  if (wanted === 'resolved' && resolvedBy === name && !isAssigned) return;
  throw conflict('alert.resolved', `${resolvedBy} resolved this incident at ${resolvedAt}.`);
};

/** A change of an incident that was checked, and waits to be carried out. */
export interface Checked {
  readonly alert: Alert;
  /** On the alert as a change before this one left it. */
  readonly carryOut: (present: Alert) => Promise<Alert>;
}

/** Looks at all that can be refused of a change. Throws before anything is changed. */
export const checkChange = async (
  deps: ChangeDeps,
  caller: Caller,
  before: Alert,
  fields: Fields,
): Promise<Checked> => {
  const said = textIn(fields, 'status');
  const status = INCIDENT_STATUSES.find((each) => each === said);
  if (said !== undefined && status === undefined) {
    throw wrong(`Status must be one of ${INCIDENT_STATUSES.join(', ')}.`);
  }
  const refused = FOLLOWING.find((name) => fields[name] !== undefined && fields[name] !== null);
  if (refused !== undefined)
    throw wrong(`${refused} cannot be changed: it follows from the service and the routing rules.`);
  const assignees = await assigneesIn(fields, deps.organisation().people);
  const title = textIn(fields, 'title');
  const priority = priorityIn(fields);
  const level = fields['escalation_level'];
  const resolution = textIn(fields, 'resolution');
  assertStatus(before, status, assignees !== undefined, caller);
  if (typeof level === 'number') await assertLevel(deps, before, level);
  const carryOut = async (present: Alert): Promise<Alert> => {
    let alert = present;
    if (title !== undefined) alert = await titled(deps, caller, alert, fitted(title, 1024));
    if (priority !== undefined) alert = await prioritised(deps, caller, alert, priority);
    if (assignees) alert = (await reassigned(deps, caller, alert, assignees)) ?? alert;
    if (typeof level === 'number') alert = await escalated(deps, caller, alert, level);
    if (status !== undefined) {
      alert = await STATUS_CHANGES[status](deps, caller, alert, resolution && fitted(resolution, 4000));
    }
    return alert;
  };
  return { alert: before, carryOut };
};

/**
 * Makes the changes of an incident that the fields ask for. All that can be refused is looked at first, so that a wrong field changes
 * nothing.
 */
export const changeIncident = async (deps: ChangeDeps, caller: Caller, before: Alert, fields: Fields): Promise<Alert> =>
  (await checkChange(deps, caller, before, fields)).carryOut(before);

/**
 * Carries out changes of many incidents in their order. Where one fails all the same, because somebody else was faster or the database does not
 * answer, the refusal says which were changed and which were not.
 */
export const carryOutAll = async (all: readonly Checked[]): Promise<readonly Alert[]> => {
  const done: Alert[] = [];
  for (const { alert, carryOut } of all) {
    try {
      // One incident may be named twice.
      done.push(await carryOut(done.findLast(({ id }) => id === alert.id) ?? alert));
    } catch (thrown) {
      const error = isTransient(thrown) ? storeUnavailable(thrown) : thrown;
      if (!(error instanceof Problem)) throw thrown;
      const left = all.slice(done.length + 1);
      const idsOf = (alerts: readonly Pick<Alert, 'id'>[]): string => alerts.map(({ id }) => id).join(', ') || 'none';
      throw new Problem(error.kind, error.code, error.message, {
        ...error.extras,
        errors: [
          `Incident ${alert.id} could not be changed: ${error.message}`,
          `Changed before: ${idsOf(done)}.`,
          `Not changed: ${idsOf(left.map((each) => each.alert))}.`,
        ].map((detail) => ({ pointer: '', detail })),
      });
    }
  }
  return done;
};
