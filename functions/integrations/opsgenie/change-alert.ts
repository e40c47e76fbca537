import { actorOf } from '../../../shared/kernel/audit-event.ts';
import { notFound, Problem } from '../../../shared/kernel/errors.ts';
import { idOfChange, idOfEvent, type Alert, type Editable, type Intake } from '../../alerts/port.ts';
import { annotationsOf, fitted } from '../labels.ts';
import type { StoredIntegration } from '../resources/integration.ts';
import type { Tally } from '../resources/tally.ts';
import { senderBy } from '../sender.ts';
import { admit, type AdmitDeps } from './admit.ts';
import {
  detailLabels,
  eventIn,
  priorityIn,
  responderOf,
  respondersOf,
  respondersText,
  severityBy,
  tagsOf,
  tagsText,
  type Responder,
} from './alert.ts';
import { detailsIn, fieldsIn, isFields, noteIn, required, textIn, textsIn, wrong, type Fields } from './fields.ts';
import { findAlert, isAlias, type AlertDesk, type Named } from './find-alert.ts';
import { escalateBy, pageNamed, pageResponder, type PageDeps } from './page-responders.ts';

export interface ChangeDeps extends AdmitDeps, PageDeps {
  readonly intake: Pick<Intake, 'observe' | 'resolve' | 'acknowledge'>;
  readonly desk: AlertDesk;
  readonly tally: Tally;
}

/** What a request is about: its integration, its body, and the parameters of its query. */
export interface Asked {
  readonly integration: StoredIntegration;
  readonly text: string;
  readonly query: Readonly<Record<string, unknown>>;
}

/** A change of one alert as a client asks for it. */
interface Change {
  readonly deps: ChangeDeps;
  readonly integration: StoredIntegration;
  readonly alert: Alert;
  readonly fields: Fields;
  readonly query: Readonly<Record<string, unknown>>;
  /** The last part of the path, where it names something. */
  readonly name: string;
}

/** The longest snooze that an alert takes. */
const LONGEST_SNOOZE_MS = 7 * 86_400_000;

const by = ({ integration }: Pick<Change, 'integration'>) => ({ caller: senderBy(integration) });

/** Corrects an alert, and says so in its timeline. */
const corrected = (
  { deps, alert, fields, ...rest }: Change,
  what: string,
  set: (now: Alert) => Partial<Editable>,
): Promise<Alert> => {
  const note = [what, noteIn(fields)].filter(Boolean).join(' ').slice(0, 4000);
  return deps.desk.edit(by(rest), { id: alert.id, correct: (now) => ({ set: set(now), note }) });
};

const withAnnotation = ({ annotations }: Alert, name: string, value: string): Partial<Editable> => ({
  annotations: annotationsOf({ ...annotations, [name]: value }),
});

const listIn = (query: Readonly<Record<string, unknown>>, name: string): string[] => {
  const text = query[name];
  const list =
    typeof text === 'string'
      ? text
          .split(',')
          .map((each) => each.trim())
          .filter((each) => each !== '')
      : [];
  if (list.length === 0) throw wrong(name, 'cannot be empty');
  return list;
};

const snoozed = ({ deps, alert, fields, ...rest }: Change): Promise<Alert> => {
  const text = required(fields, 'endTime');
  const wanted = new Date(text);
  const now = deps.clock.now().getTime();
  if (Number.isNaN(wanted.getTime()) || wanted.getTime() - now < 1000) throw wrong('endTime', 'must be a time ahead');
  const until = new Date(Math.min(wanted.getTime(), now + LONGEST_SNOOZE_MS)).toISOString();
  // A longer snooze than we have rings again earlier, and says why.
  const cut = wanted.getTime() > now + LONGEST_SNOOZE_MS ? `Asked for a snooze until ${text.slice(0, 64)}.` : undefined;
  const note = [noteIn(fields), cut].filter(Boolean).join(' ');
  return deps.desk.snooze(by(rest), { id: alert.id, until, ...(note && { note }) });
};

const assigned = ({ deps, alert, fields, ...rest }: Change): Promise<Alert> => {
  const owner = fields['owner'];
  const assignee = isFields(owner) ? (textIn(owner, 'username') ?? textIn(owner, 'id')) : undefined;
  if (assignee === undefined) throw wrong('owner', 'cannot be empty');
  return deps.desk.assign(by(rest), { id: alert.id, assignee: assignee.trim().slice(0, 128), note: noteIn(fields) });
};

const prioritised = (change: Change): Promise<Alert> => {
  const priority = priorityIn(change.fields);
  if (priority === undefined) throw wrong('priority', 'cannot be empty');
  return corrected(change, `Set the priority to ${priority}.`, (now) => ({
    ...withAnnotation(now, 'priority', priority),
    severity: severityBy(priority, change.integration),
  }));
};

const tagsAdded = (change: Change): Promise<Alert> => {
  const tags = textsIn(change.fields, 'tags');
  if (tags.length === 0) throw wrong('tags', 'cannot be empty');
  return corrected(change, `Added the tags ${tags.join(', ')}.`, (now) =>
    withAnnotation(now, 'tags', tagsText([...tagsOf(now), ...tags])),
  );
};

const tagsRemoved = (change: Change): Promise<Alert> => {
  const tags = new Set(listIn(change.query, 'tags'));
  return corrected(change, `Removed the tags ${[...tags].join(', ')}.`, (now) =>
    withAnnotation(now, 'tags', tagsText(tagsOf(now).filter((tag) => !tags.has(tag.trim())))),
  );
};

const detailsAdded = (change: Change): Promise<Alert> => {
  const details = detailLabels(detailsIn(change.fields));
  if (Object.keys(details).length === 0) throw wrong('details', 'cannot be empty');
  return corrected(change, `Added the details ${Object.keys(details).join(', ')}.`, (now) => ({
    labels: Object.fromEntries(Object.entries({ ...now.labels, ...details }).slice(0, 64)),
  }));
};

const detailsRemoved = (change: Change): Promise<Alert> => {
  const names = Object.keys(detailLabels(Object.fromEntries(listIn(change.query, 'keys').map((name) => [name, '-']))));
  return corrected(change, `Removed the details ${names.join(', ')}.`, (now) => ({
    labels: Object.fromEntries(Object.entries(now.labels).filter(([name]) => !names.includes(name))),
  }));
};

const namedIn = (fields: Fields, field: string, type: string | undefined): Responder => {
  const value = fields[field];
  const responder = isFields(value) ? responderOf(value, type) : undefined;
  if (!responder || (responder.id ?? responder.name ?? responder.username) === undefined)
    throw wrong(field, 'cannot be empty');
  return responder;
};

/** Has a responder paged, and adds it to those whom the alert names. */
const responderAdded =
  (field: string, type?: string) =>
  async (change: Change): Promise<Alert> => {
    const { deps, integration, alert, fields } = change;
    const responder = namedIn(fields, field, type);
    await pageResponder(deps, integration, { alert, responder });
    const name = responder.username ?? responder.name ?? responder.id;
    return corrected(change, `Added the ${responder.type} ${name}.`, (now) =>
      withAnnotation(now, 'responders', respondersText([...respondersOf(now), responder])),
    );
  };

const escalated = async ({ deps, integration, alert, fields }: Change): Promise<Alert> => {
  await escalateBy(deps, integration, { alert, escalation: namedIn(fields, 'escalation', 'escalation') });
  return alert;
};

const noted = ({ deps, alert, fields, ...rest }: Change): Promise<Alert> => {
  required(fields, 'note');
  return deps.desk.note(by(rest), { id: alert.id, note: noteIn(fields) ?? '' });
};

/** The changes of one alert, by the names of their request statuses. */
const CHANGES = {
  acknowledge: ({ deps, alert, fields, ...rest }: Change) =>
    deps.desk.acknowledge(by(rest), { id: alert.id, note: noteIn(fields) }),
  unacknowledge: ({ deps, alert, fields, ...rest }: Change) =>
    deps.desk.unacknowledge(by(rest), { id: alert.id, note: noteIn(fields) }),
  close: ({ deps, alert, fields, ...rest }: Change) =>
    deps.desk.resolve(by(rest), { id: alert.id, note: noteIn(fields) }),
  delete: ({ deps, alert, query, ...rest }: Change) =>
    deps.desk.resolve(by(rest), {
      id: alert.id,
      note: ['Deleted by the API of Opsgenie.', noteIn(query)].filter(Boolean).join(' '),
    }),
  snooze: snoozed,
  note: noted,
  assign: assigned,
  priority: prioritised,
  addtags: tagsAdded,
  addresponder: responderAdded('responder'),
  addteam: responderAdded('team', 'team'),
  escalate: escalated,
  removetags: tagsRemoved,
  adddetails: detailsAdded,
  removedetails: detailsRemoved,
  message: (change: Change) => {
    const title = fitted(required(change.fields, 'message').trim(), 1024);
    return corrected(change, 'Changed the message.', () => ({ title }));
  },
  description: (change: Change) => {
    const description = fitted(textIn(change.fields, 'description') ?? '', 15_000);
    return corrected(change, 'Changed the description.', () => ({ description }));
  },
  action: (change: Change) => {
    const note = [`Asked for the action ${change.name.slice(0, 100)}.`, noteIn(change.fields)]
      .filter(Boolean)
      .join(' ');
    return change.deps.desk.note(by(change), { id: change.alert.id, note });
  },
} as const satisfies Readonly<Record<string, (change: Change) => Promise<Alert>>>;

export type ChangeName = keyof typeof CHANGES;

/** Begins the action of a request that changed nothing. */
export const FAILED = 'failed';

const ALIAS_VERBS = { close: 'resolve', acknowledge: 'acknowledge' } as const;

/**
 * Opens or repeats the alert of an alias, and answers the id of the request. When it returns, the alert is stored, and the pages of its
 * responders are. An event that waits for the table names them in its alert, which pages by routing alone.
 */
export const createAlert = async (deps: ChangeDeps, { integration, text }: Asked, key: string): Promise<string> => {
  await admit(deps, integration);
  let event;
  try {
    event = eventIn(text, integration);
  } catch (error) {
    if (error instanceof Problem) await deps.tally.rejected(integration.id, reasonOf(error), text, key);
    throw error;
  }
  const accepted = await deps.intake.observe(event, actorOf(senderBy(integration)));
  if (accepted.kept === 'stored') {
    const { alert } = accepted.result;
    await pageNamed(deps, integration, { alert, responders: respondersOf(event) });
  }
  await deps.tally.accepted(integration.id);
  return idOfEvent('create', accepted);
};

const reasonOf = ({ message, extras: { errors = [] } }: Problem): string =>
  [message, ...errors.map(({ pointer, detail }) => `${pointer} ${detail}`)].join(' ');

/**
 * Changes an alert, and answers the id of the request. A request about an alert that does not exist, or is not as the change needs it,
 * is accepted as Opsgenie accepts it, and its status says that it failed. By an alias, close and acknowledge take the way of events, which
 * an outage of the table does not close.
 */
export const changeAlert = async (
  deps: ChangeDeps,
  asked: Asked,
  change: ChangeName,
  named: Named & { readonly name?: string },
): Promise<string> => {
  await admit(deps, asked.integration);
  const requestId = await carriedOut(deps, asked, change, named);
  await deps.tally.accepted(asked.integration.id);
  return requestId;
};

const carriedOut = async (
  deps: ChangeDeps,
  { integration, text, query }: Asked,
  change: ChangeName,
  { name = '', ...named }: Named & { readonly name?: string },
): Promise<string> => {
  const fields = fieldsIn(text);
  const at = deps.clock.now();
  if (isAlias(named) && (change === 'close' || change === 'acknowledge')) {
    const sender = actorOf(senderBy(integration));
    const note = noteIn(fields);
    const accepted = await deps.intake[ALIAS_VERBS[change]](integration.source, named.identifier, sender, note);
    if (accepted.kept === 'spilled' || accepted.result) return idOfEvent(change, accepted);
    return idOfChange(`${FAILED}${change}`, at);
  }
  const alert = await findAlert(deps.desk, integration, named);
  try {
    if (!alert) throw notFound('alert.not_found', 'There is no such alert.');
    await CHANGES[change]({ deps, integration, alert, fields, query, name });
    return idOfChange(change, at, alert.id);
  } catch (error) {
    if (error instanceof Problem && (error.kind === 'not_found' || error.kind === 'conflict')) {
      return idOfChange(`${FAILED}${change}`, at, alert?.id);
    }
    throw error;
  }
};
