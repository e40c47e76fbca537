import type { Opened } from '../../../shared/kernel/capability.ts';
import { conflict, Problem } from '../../../shared/kernel/errors.ts';
import { mapLimit } from '../../../shared/kernel/map-limit.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import type { Caller } from '../../../shared/kernel/caller.ts';
import { actorOf } from '../../../shared/kernel/audit-event.ts';
import { own } from '../../../shared/kernel/own.ts';
import {
  eventIdIn,
  idOfEvent,
  type Alert,
  type alertDesk,
  type AlertEvent,
  type Intake,
  type Severity,
  type Status,
  type TimelineEntry,
} from '../../alerts/port.ts';
import type { pagingDesk } from '../../paging/port.ts';
import { fitted } from '../labels.ts';
import { isFields, textIn } from '../pagerduty/event.ts';
import { outcomeOf } from '../receipts/outcome-of.ts';
import { arounds, type AroundDeps } from './around.ts';
import { carryOutAll, changeIncident, checkChange } from './change-incident.ts';
import {
  ALERT_STATUSES,
  alertOf,
  assigneesOf,
  INCIDENT_STATUSES,
  incidentOf,
  logEntryIn,
  logEntryOf,
  noteOf,
  statusOf,
  teamsOf,
  serviceOf,
  type Around,
  type IncidentStatus,
} from './incident.ts';
import { isTrue, listIn, pageUnder, pagingIn, sliceUnder, spanIn, textOf, type Query } from './paging.ts';
import { noSuch, noSuchService, wrong } from './refusal.ts';
import { PRIORITIES, userOf } from './shapes.ts';

export interface IncidentDeps extends AroundDeps {
  readonly desk: Opened<typeof alertDesk>;
  readonly intake: Pick<Intake, 'observe'>;
  readonly pages: Opened<typeof pagingDesk>;
}

export type Fields = Readonly<Record<string, unknown>>;

const DAY_MS = 86_400_000;
/** Lists are of the last month where nothing else is said. */
const USUAL_DAYS = 30;
const MOST_SORTED = 1_000;
const MOST_ENTRIES = 1_000;
/** More than these are refused in one change. */
export const MOST_CHANGED = 250;

/** The source of alerts that are created by the REST API. */
export const REST_SOURCE = 'pagerduty';

/** The alert of an incident. An id that was answered while the table refused names the event, and finds its alert. */
export const findIncident = async ({ desk }: Pick<IncidentDeps, 'desk'>, id: string): Promise<Alert> => {
  const event = eventIdIn(id);
  const outcome = event && (await outcomeOf({ alertById: desk.byId, outcome: desk.outcome }, event));
  const alert = outcome ? (outcome.state === 'applied' ? outcome.alert : null) : await desk.byId(id);
  if (!alert) throw noSuch('incident');
  return alert;
};

const statusesIn = (query: Query): readonly IncidentStatus[] => {
  const asked = listIn(query, 'statuses');
  const unknown = asked.find((each) => !(INCIDENT_STATUSES as readonly string[]).includes(each));
  if (unknown !== undefined) throw wrong(`statuses must be some of ${INCIDENT_STATUSES.join(', ')}.`);
  return asked.length === 0 ? INCIDENT_STATUSES : (asked as IncidentStatus[]);
};

const SORTS: Readonly<Record<string, (alert: Alert, around: Around) => string | number>> = {
  created_at: ({ firstSeenAt }) => firstSeenAt,
  incident_number: ({ firstSeenAt }) => firstSeenAt,
  resolved_at: ({ resolvedAt }) => resolvedAt ?? '~',
  urgency: (_, { decision }) => (decision.urgency === 'high' ? 1 : 0),
};

const sortsIn = (query: Query): readonly (readonly [field: string, sign: 1 | -1])[] =>
  listIn(query, 'sort_by')
    .flatMap((each) => each.split(','))
    .slice(0, 3)
    .map((each) => {
      const [field = '', direction = 'asc'] = each.trim().split(':');
      if (!own(SORTS, field) || !/^(asc|desc)$/i.test(direction)) {
        throw wrong(`sort_by must be some of ${Object.keys(SORTS).join(', ')}, each with :asc or :desc.`);
      }
      return [field, direction.toLowerCase() === 'desc' ? -1 : 1] as const;
    });

/** Whether an alert with its surroundings is one of those that a query asks for. */
const isAsked = (query: Query, now: Date): ((alert: Alert, around: Around) => boolean) => {
  const [statuses, services, teams, users, urgencies] = [
    statusesIn(query),
    ...['service_ids', 'team_ids', 'user_ids', 'urgencies'].map((name) => new Set(listIn(query, name))),
  ] as [readonly IncidentStatus[], ...Set<string>[]] as [
    readonly IncidentStatus[],
    Set<string>,
    Set<string>,
    Set<string>,
    Set<string>,
  ];
  const key = textOf(query, 'incident_key');
  const has = (wanted: Set<string>, found: readonly string[]) =>
    wanted.size === 0 || found.some((id) => wanted.has(id));
  return (alert, around) =>
    statuses.includes(statusOf(alert, now)) &&
    (key === undefined || alert.dedupKey === key) &&
    has(services, [serviceOf(around).id]) &&
    has(urgencies, [around.decision.urgency]) &&
    has(
      teams,
      teamsOf(alert, around).map(({ id }) => id),
    ) &&
    has(
      users,
      assigneesOf(alert, around).map(({ id }) => id),
    );
};

/** Lists incidents by the filters of PagerDuty, oldest first where nothing else is said. */
export const listIncidents = async (deps: IncidentDeps, query: Query) => {
  const paging = pagingIn(query);
  const { one, many, now, org } = arounds(deps);
  const { since, until } = textOf(query, 'date_range') === 'all' ? {} : { since: undefined, ...spanIn(query) };
  const isAll = textOf(query, 'date_range') === 'all';
  const span = {
    from: isAll ? undefined : (since ?? new Date((until ?? now).getTime() - USUAL_DAYS * DAY_MS)),
    to: until,
  };
  const asked = isAsked(query, now);
  const sorts = sortsIn(query);
  const [first = ['created_at', 1] as const] = sorts;
  const isByTime = SORTS[first[0]] === SORTS['created_at'] || SORTS[first[0]] === SORTS['incident_number'];
  const walked = await deps.desk.walk({
    ...span,
    statuses: [...new Set(statusesIn(query).flatMap((each): readonly Status[] => ALERT_STATUSES[each]))],
    order: isByTime && first[1] === 1 ? 'oldest_first' : 'newest_first',
    wants: async (alert) => asked(alert, await one(alert)),
    ...(isByTime ? { skip: paging.offset, take: paging.limit } : { skip: 0, take: MOST_SORTED }),
    counts: paging.total,
  });
  const include = new Set(listIn(query, 'include'));
  const shown = async (alerts: readonly Alert[]) => {
    const people = include.has('users') || include.has('assignees') ? await org.people() : [];
    const teams = await org.teams();
    return many(alerts, (alert, around) => {
      const incident = incidentOf(alert, around);
      const whole = (reference: { readonly id: string }) => {
        const person = people.find(({ id }) => id === reference.id);
        return person ? userOf(person, teams, []) : reference;
      };
      return {
        ...incident,
        ...(people.length > 0 && {
          assignments: incident.assignments.map(({ at, assignee }) => ({ at, assignee: whole(assignee) })),
        }),
        ...((include.has('body') || include.has('bodies')) && { body: bodyOf(alert) }),
      };
    });
  };
  if (isByTime) return pageUnder('incidents', paging, { ...walked, items: await shown(walked.items) });
  const ordered = await sortedBy(walked.items, sorts, one);
  const slice = ordered.slice(paging.offset, paging.offset + paging.limit);
  return pageUnder('incidents', paging, {
    items: await shown(slice),
    more: paging.offset + slice.length < ordered.length,
    total: walked.total,
  });
};

const bodyOf = ({ description }: Alert) => ({ type: 'incident_body', details: description });

const sortedBy = async (
  alerts: readonly Alert[],
  sorts: readonly (readonly [field: string, sign: 1 | -1])[],
  one: (alert: Alert) => Promise<Around>,
): Promise<readonly Alert[]> => {
  const rows = await Promise.all(
    alerts.map(async (alert) => {
      const around = await one(alert);
      return { alert, by: sorts.map(([field]) => own(SORTS, field)?.(alert, around) ?? '') };
    }),
  );
  return rows
    .sort((a, b) => {
      for (const [i, [, sign]] of sorts.entries()) {
        const [left = '', right = ''] = [a.by[i], b.by[i]];
        if (left !== right) return left < right ? -sign : sign;
      }
      return 0;
    })
    .map(({ alert }) => alert);
};

export const getIncident = async (deps: IncidentDeps, id: string) => {
  const alert = await findIncident(deps, id);
  return { incident: { ...incidentOf(alert, await arounds(deps).one(alert)), body: bodyOf(alert) } };
};

const severityIn = (incident: Fields): Severity => {
  const priority = isFields(incident['priority']) ? textIn(incident['priority'], 'id') : undefined;
  if (priority !== undefined) {
    const found = PRIORITIES.find(([id, name]) => id === priority || name === priority);
    if (!found) throw wrong('Priority is unknown: GET /priorities lists them.');
    return found[0];
  }
  const urgency = textIn(incident, 'urgency');
  if (urgency !== undefined && urgency !== 'high' && urgency !== 'low') throw wrong('Urgency must be high or low.');
  return urgency === 'low' ? 'warning' : 'error';
};

const eventIn = async (deps: IncidentDeps, incident: Fields): Promise<AlertEvent> => {
  const [title, service] = [textIn(incident, 'title'), isFields(incident['service']) ? incident['service'] : {}];
  const serviceId = textIn(service, 'id');
  const missing = [
    ...(title === undefined ? ['Title cannot be empty.'] : []),
    ...(serviceId === undefined ? ['Service cannot be empty.'] : []),
  ];
  if (missing.length > 0) throw wrong(...missing);
  const found = await deps.organisation().services.find(({ id, name }) => id === serviceId || name === serviceId);
  if (!found) throw noSuchService();
  const body = isFields(incident['body']) ? textIn(incident['body'], 'details') : undefined;
  const event: AlertEvent = {
    source: REST_SOURCE,
    dedupKey: fitted(textIn(incident, 'incident_key') ?? newId('inc', deps.clock.now()), 512),
    title: fitted(title ?? '', 1024),
    severity: severityIn(incident),
    description: fitted(body ?? '', 15_000),
    service: found.name,
    team: null,
    labels: {},
    annotations: {},
  };
  await assertPolicy(deps, incident, event);
  return event;
};

/** The policy follows from service and routing. Another one is refused rather than left out, because somebody else would be paged. */
const assertPolicy = async (deps: IncidentDeps, incident: Fields, event: AlertEvent): Promise<void> => {
  const policy = isFields(incident['escalation_policy']) ? textIn(incident['escalation_policy'], 'id') : undefined;
  if (policy === undefined) return;
  const { policyId } = await deps.routing().routingOf(event, deps.clock.now());
  if (policyId !== policy) {
    throw wrong(`The escalation policy follows from the service and the routing rules, and is ${policyId}.`);
  }
};

/** Creates an incident: opens an alert, which goes through the intake, so that an outage of the table loses none. */
export const createIncident = async (deps: IncidentDeps, caller: Caller, incident: Fields) => {
  const event = await eventIn(deps, incident);
  const isTaken = (alert: Alert | undefined): boolean => alert !== undefined && alert.status !== 'resolved';
  // In an outage nobody knows, and the event goes to the spill queue.
  const before = await deps.desk.latestIn(event.source, event.dedupKey).catch(() => undefined);
  if (isTaken(before)) throw openAlready();
  const accepted = await deps.intake.observe(event, actorOf(caller));
  if (accepted.kept === 'spilled') return { incident: waiting(event, idOfEvent('create', accepted), deps) };
  const { alert, opened } = accepted.result;
  if (!opened) throw openAlready();
  const wanted = {
    ...(incident['assignments'] !== undefined && { assignments: incident['assignments'] }),
  };
  const now = Object.keys(wanted).length > 0 ? await changeIncident(deps, caller, alert, wanted) : alert;
  return { incident: { ...incidentOf(now, await arounds(deps).one(now)), body: bodyOf(now) } };
};

const openAlready = () =>
  conflict('pagerduty.open', 'Open incident with matching dedup key already exists on this service');

/** An incident that was accepted and waits for the table. Its id finds it when it is stored. */
const waiting = (event: AlertEvent, id: string, { clock }: IncidentDeps) => {
  const at = clock.now().toISOString();
  const alert: Alert = {
    ...event,
    id,
    status: 'open',
    count: 1,
    firstSeenAt: at,
    lastSeenAt: at,
    acknowledgedBy: null,
    acknowledgedAt: null,
    resolvedBy: null,
    resolvedAt: null,
    snoozedUntil: null,
    assignee: null,
    sequence: 1,
    version: 1,
  };
  const decision = { service: event.service, urgency: 'high', policyId: 'default' } as const;
  return incidentOf(alert, {
    now: clock.now(),
    people: [],
    services: [],
    teams: [],
    policies: [],
    paged: [],
    decision,
  });
};

export const updateIncident = async (deps: IncidentDeps, caller: Caller, id: string, incident: Fields) => {
  const alert = await changeIncident(deps, caller, await findIncident(deps, id), incident);
  return { incident: incidentOf(alert, await arounds(deps).one(alert)) };
};

/**
 * Changes many incidents in their order. All are found and checked first, so that one that does not exist, or cannot be changed, changes none.
 * Repeating the request changes nothing twice.
 */
export const updateIncidents = async (deps: IncidentDeps, caller: Caller, changes: readonly Fields[]) => {
  const checked = await mapLimit(changes, CHECKED_AT_ONCE, async (fields) => {
    const id = textIn(fields, 'id');
    if (id === undefined) throw wrong('Each incident must have an id.');
    const alert = await findIncident(deps, id).catch((error: unknown) => {
      throw error instanceof Problem && error.kind === 'not_found' ? noSuch(`incident as ${id.slice(0, 64)}`) : error;
    });
    return checkChange(deps, caller, alert, fields);
  });
  return { incidents: await arounds(deps).many(await carryOutAll(checked), incidentOf) };
};
const CHECKED_AT_ONCE = 10;

export const snoozeIncident = async (deps: IncidentDeps, caller: Caller, id: string, fields: Fields) => {
  const seconds = fields['duration'];
  if (typeof seconds !== 'number' || !Number.isInteger(seconds) || seconds < 1 || seconds > 604_800) {
    throw wrong('Duration must be a number of seconds from 1 to 604800.');
  }
  const found = await findIncident(deps, id);
  const alert = await deps.desk.snooze({ caller }, { id: found.id, durationSeconds: seconds });
  return { incident: incidentOf(alert, await arounds(deps).one(alert)) };
};

/** The entries of a timeline, newest first. Of more than a thousand the newest. */
const entriesOf = async ({ desk }: IncidentDeps, id: string): Promise<readonly TimelineEntry[]> => {
  const entries: TimelineEntry[] = [];
  let cursor: string | undefined;
  do {
    const page = await desk.timeline({ id, limit: 100, ...(cursor !== undefined && { cursor }) });
    entries.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && entries.length < MOST_ENTRIES);
  return entries;
};

/** The notes of an incident, newest first, and nothing beside them: a client of Go reads lists alone. */
export const listNotes = async (deps: IncidentDeps, id: string) => {
  const alert = await findIncident(deps, id);
  const around = await arounds(deps).one(alert);
  const entries = await entriesOf(deps, alert.id);
  return {
    notes: entries
      .filter(({ note }) => note !== undefined && note !== '')
      .map((entry) => noteOf(entry, alert.id, around)),
  };
};

export const addNote = async (deps: IncidentDeps, caller: Caller, id: string, fields: Fields) => {
  const content = textIn(fields, 'content');
  if (content === undefined) throw wrong('Content cannot be empty.');
  const found = await findIncident(deps, id);
  const note = fitted(content, 4000);
  const alert = await deps.desk.note({ caller }, { id: found.id, note });
  const entry: TimelineEntry = {
    sequence: alert.sequence,
    at: deps.clock.now().toISOString(),
    type: 'noted',
    actor: actorOf(caller),
    note,
  };
  return { note: noteOf(entry, alert.id, await arounds(deps).one(alert)) };
};

/** What happened to an incident, newest first. `is_overview` leaves notes out. */
export const listLogEntries = async (deps: IncidentDeps, id: string, query: Query) => {
  const paging = pagingIn(query);
  const { since, until } = spanIn(query);
  const alert = await findIncident(deps, id);
  const around = await arounds(deps).one(alert);
  const wanted = (await entriesOf(deps, alert.id)).filter(
    ({ at, type }) =>
      !(since && at < since.toISOString()) &&
      !(until && at > until.toISOString()) &&
      !(isTrue(query, 'is_overview') && type === 'noted'),
  );
  return sliceUnder(
    'log_entries',
    paging,
    wanted.map((entry) => logEntryOf(alert, entry, around)),
  );
};

export const getLogEntry = async (deps: IncidentDeps, id: string) => {
  const named = logEntryIn(id);
  if (!named) throw noSuch('log entry');
  const alert = await findIncident(deps, named.alertId);
  const entry = (await entriesOf(deps, alert.id)).find(({ sequence }) => sequence === named.sequence);
  if (!entry) throw noSuch('log entry');
  return { log_entry: logEntryOf(alert, entry, await arounds(deps).one(alert)) };
};

export const listAlertsOf = async (deps: IncidentDeps, id: string, query: Query) => {
  const paging = pagingIn(query);
  const alert = await findIncident(deps, id);
  const wanted = listIn(query, 'statuses');
  const shown = alertOf(alert, await arounds(deps).one(alert));
  return sliceUnder('alerts', paging, wanted.length === 0 || wanted.includes(shown.status) ? [shown] : []);
};

export const getAlertOf = async (deps: IncidentDeps, id: string, alertId: string) => {
  const alert = await findIncident(deps, id);
  if (alertId !== alert.id) throw noSuch('alert');
  return { alert: alertOf(alert, await arounds(deps).one(alert)) };
};
