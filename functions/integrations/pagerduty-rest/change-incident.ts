import type { Caller } from '../../../shared/kernel/caller.ts';
import { Problem } from '../../../shared/kernel/errors.ts';
import type { Alert } from '../../alerts/port.ts';
import type { Person } from '../../auth/port.ts';
import { fitted } from '../labels.ts';
import { isFields, textIn } from '../pagerduty/event.ts';
import { INCIDENT_STATUSES, statusOf } from './incident.ts';
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
 * begun, is assigned all the same: the policy pages on.
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
      if (i === 0) await desk.assign({ caller }, { id, assignee: person.username });
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

const prioritised = async ({ desk }: ChangeDeps, caller: Caller, alert: Alert, priority: string): Promise<Alert> => {
  const found = PRIORITIES.find(([id, name]) => id === priority || name === priority);
  if (!found) throw wrong('Priority is unknown: GET /priorities lists them.');
  const [severity, name] = found;
  if (severity === alert.severity) return alert;
  return desk.edit(
    { caller },
    { id: alert.id, correct: () => ({ set: { severity }, note: `Set the priority to ${name}.` }) },
  );
};

const escalated = async (
  { desk, pages, escalation, organisation }: ChangeDeps,
  caller: Caller,
  alert: Alert,
  level: number,
): Promise<Alert> => {
  const now = await escalation(alert.id);
  if (now?.step === level) return alert;
  if (now?.step !== level - 1) throw wrong('Escalation level must be the next one.');
  const asking = { people: (wanted: string) => organisation().people.find((each) => each.id === wanted), acts: desk };
  await pages.escalate(asking, { caller }, { id: alert.id });
  return (await desk.byId(alert.id)) ?? alert;
};

/**
 * Makes the changes of an incident that the fields ask for. All that can be refused is looked at first, so that a wrong field changes
 * nothing.
 */
export const changeIncident = async (
  deps: ChangeDeps,
  caller: Caller,
  before: Alert,
  fields: Fields,
): Promise<Alert> => {
  const status = textIn(fields, 'status');
  if (status !== undefined && !(INCIDENT_STATUSES as readonly string[]).includes(status)) {
    throw wrong(`Status must be one of ${INCIDENT_STATUSES.join(', ')}.`);
  }
  const refused = FOLLOWING.find((name) => fields[name] !== undefined && fields[name] !== null);
  if (refused !== undefined)
    throw wrong(`${refused} cannot be changed: it follows from the service and the routing rules.`);
  const assignees = await assigneesIn(fields, deps.organisation().people);
  const title = textIn(fields, 'title');
  const priority = isFields(fields['priority']) ? textIn(fields['priority'], 'id') : undefined;
  const level = fields['escalation_level'];
  const resolution = textIn(fields, 'resolution');
  let alert = before;
  if (title !== undefined) alert = await titled(deps, caller, alert, fitted(title, 1024));
  if (priority !== undefined) alert = await prioritised(deps, caller, alert, priority);
  if (assignees) alert = (await reassigned(deps, caller, alert, assignees)) ?? alert;
  if (typeof level === 'number') alert = await escalated(deps, caller, alert, level);
  if (status !== undefined) {
    const change = STATUS_CHANGES[status as keyof typeof STATUS_CHANGES];
    alert = await change(deps, caller, alert, resolution && fitted(resolution, 4000));
  }
  return alert;
};
