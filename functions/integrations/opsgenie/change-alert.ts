import { actorOf } from '../../../shared/kernel/audit-event.ts';
import { notFound, Problem } from '../../../shared/kernel/errors.ts';
import { idOfChange, idOfEvent, type Alert, type Editable, type Intake } from '../../alerts/port.ts';
import { fitted } from '../labels.ts';
import type { StoredIntegration } from '../resources/integration.ts';
import type { Tally } from '../resources/tally.ts';
import { senderBy } from '../sender.ts';
import { admit, type AdmitDeps } from './admit.ts';
import {
  creationIn,
  DELETED,
  detailLabels,
  priorityIn,
  responderOf,
  respondersOf,
  respondersText,
  severityBy,
  tagsOf,
  tagsText,
  withAnnotation,
  type Responder,
} from './alert.ts';
import { failureOf, FAILED, isFailure, type FailureCode } from './failure.ts';
import { detailsIn, fieldsIn, noteIn, objectIn, required, textIn, textsIn, wrong, type Fields } from './fields.ts';
import { findAlert, isAlias, type AlertDesk, type Named } from './find-alert.ts';
import { escalateBy, pageNamed, pageResponder, personBehind, type PageDeps } from './page-responders.ts';

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

/** A request to change one alert, before the alert is looked up. */
interface Wanted {
  readonly deps: ChangeDeps;
  readonly integration: StoredIntegration;
  readonly fields: Fields;
  readonly query: Readonly<Record<string, unknown>>;
  /** The last part of the path, where it names something. */
  readonly name: string;
}

/** Carries a change out on its alert. */
type Apply = (alert: Alert) => Promise<unknown>;

/** Reads what a request wants. Refuses what cannot be meant with `opsgenie.invalid`, whether the alert is there or not. */
type Change = (wanted: Wanted) => Apply;

/** The longest snooze that an alert takes. */
const LONGEST_SNOOZE_MS = 7 * 86_400_000;

const by = ({ integration }: Pick<Wanted, 'integration'>) => ({ caller: senderBy(integration) });

/** Corrects an alert, and says so in its timeline. */
const corrected = (wanted: Wanted, what: string, set: (now: Alert) => Partial<Editable>): Apply => {
  const { deps, fields } = wanted;
  const note = [what, noteIn(fields)].filter(Boolean).join(' ').slice(0, 4000);
  return ({ id }) => deps.desk.edit(by(wanted), { id, correct: (now) => ({ set: set(now), note }) });
};

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

const snoozed: Change = (wanted) => {
  const { deps, fields } = wanted;
  const text = required(fields, 'endTime');
  const end = new Date(text);
  const now = deps.clock.now().getTime();
  if (Number.isNaN(end.getTime()) || end.getTime() - now < 1000) throw wrong('endTime', 'must be a time ahead');
  const until = new Date(Math.min(end.getTime(), now + LONGEST_SNOOZE_MS)).toISOString();
  // A longer snooze than we have rings again earlier, and says why.
  const cut = end.getTime() > now + LONGEST_SNOOZE_MS ? `Asked for a snooze until ${text.slice(0, 64)}.` : undefined;
  const note = [noteIn(fields), cut].filter(Boolean).join(' ');
  return ({ id }) => deps.desk.snooze(by(wanted), { id, until, ...(note && { note }) });
};

const assigned: Change = (wanted) => {
  const { deps, fields } = wanted;
  const owner = objectIn(fields, 'owner') ?? {};
  const [username, id] = ['username', 'id'].map((part) => textIn(owner, part, 'owner')?.trim());
  if ((username ?? id) === undefined) throw wrong('owner', 'cannot be empty');
  const note = noteIn(fields);
  return async (alert) => {
    const person = await personBehind(deps, { ...(username && { username }), ...(id && { id }) });
    if (person?.status !== 'active') throw notFound('owner.no_user', 'There is no such user.');
    return deps.desk.assign(by(wanted), { id: alert.id, assignee: person.username, note });
  };
};

const prioritised: Change = (wanted) => {
  const priority = priorityIn(wanted.fields);
  if (priority === undefined) throw wrong('priority', 'cannot be empty');
  return corrected(wanted, `Set the priority to ${priority}.`, (now) => ({
    ...withAnnotation(now, 'priority', priority),
    severity: severityBy(priority, wanted.integration),
  }));
};

const tagsAdded: Change = (wanted) => {
  const tags = textsIn(wanted.fields, 'tags');
  if (tags.length === 0) throw wrong('tags', 'cannot be empty');
  return corrected(wanted, `Added the tags ${tags.join(', ')}.`, (now) =>
    withAnnotation(now, 'tags', tagsText([...tagsOf(now), ...tags])),
  );
};

const tagsRemoved: Change = (wanted) => {
  const tags = new Set(listIn(wanted.query, 'tags'));
  return corrected(wanted, `Removed the tags ${[...tags].join(', ')}.`, (now) =>
    withAnnotation(now, 'tags', tagsText(tagsOf(now).filter((tag) => !tags.has(tag.trim())))),
  );
};

const detailsAdded: Change = (wanted) => {
  const details = detailLabels(detailsIn(wanted.fields));
  if (Object.keys(details).length === 0) throw wrong('details', 'cannot be empty');
  return corrected(wanted, `Added the details ${Object.keys(details).join(', ')}.`, (now) => ({
    labels: Object.fromEntries(Object.entries({ ...now.labels, ...details }).slice(0, 64)),
  }));
};

const detailsRemoved: Change = (wanted) => {
  const keys = Object.fromEntries(listIn(wanted.query, 'keys').map((name) => [name, '-']));
  const names = Object.keys(detailLabels(keys));
  return corrected(wanted, `Removed the details ${names.join(', ')}.`, (now) => ({
    labels: Object.fromEntries(Object.entries(now.labels).filter(([name]) => !names.includes(name))),
  }));
};

const namedIn = (fields: Fields, field: string, type?: string): Responder => {
  const value = objectIn(fields, field);
  if (!value) throw wrong(field, 'cannot be empty');
  return responderOf(value, field, type);
};

/** Has a responder paged, and adds it to those whom the alert names. */
const responderAdded =
  (field: string, type?: string): Change =>
  (wanted) => {
    const { deps, integration, fields } = wanted;
    const responder = namedIn(fields, field, type);
    const name = responder.username ?? responder.name ?? responder.id;
    const set = (now: Alert): Partial<Editable> =>
      withAnnotation(now, 'responders', respondersText([...respondersOf(now), responder]));
    const note = noteIn(fields);
    return async (alert) => {
      const notPaged = await pageResponder(deps, integration, { alert, responder });
      const said = [`Added the ${responder.type} ${name}.`, notPaged, note].filter(Boolean).join(' ').slice(0, 4000);
      return deps.desk.edit(by(wanted), { id: alert.id, correct: (now) => ({ set: set(now), note: said }) });
    };
  };

const escalated: Change = ({ deps, integration, fields }) => {
  const escalation = namedIn(fields, 'escalation', 'escalation');
  return (alert) => escalateBy(deps, integration, { alert, escalation });
};

const noted: Change = (wanted) => {
  required(wanted.fields, 'note');
  const note = noteIn(wanted.fields) ?? '';
  return ({ id }) => wanted.deps.desk.note(by(wanted), { id, note });
};

/** Resolves the alert where it is open, and then hides it from this API. The record of it stays with its timeline. */
const deleted: Change = (wanted) => {
  const { deps, query } = wanted;
  const note = ['Deleted by the API of Opsgenie.', noteIn(query)].filter(Boolean).join(' ');
  return async ({ id, status }) => {
    if (status !== 'resolved') {
      try {
        await deps.desk.resolve(by(wanted), { id });
      } catch (error) {
        if (!(error instanceof Problem && error.code === 'alert.resolved')) throw error;
      }
    }
    // Last: a client that got no answer sends again, and finds the alert until it is hidden.
    await deps.desk.edit(by(wanted), { id, correct: (now) => ({ set: withAnnotation(now, DELETED, 'true'), note }) });
  };
};

/** The changes of one alert, by our names of them (`actions.ts`). */
const CHANGES = {
  acknowledge: (wanted) => {
    const note = noteIn(wanted.fields);
    return ({ id }) => wanted.deps.desk.acknowledge(by(wanted), { id, note });
  },
  unacknowledge: (wanted) => {
    const note = noteIn(wanted.fields);
    return ({ id }) => wanted.deps.desk.unacknowledge(by(wanted), { id, note });
  },
  close: (wanted) => {
    const note = noteIn(wanted.fields);
    return ({ id }) => wanted.deps.desk.resolve(by(wanted), { id, note });
  },
  delete: deleted,
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
  message: (wanted) => {
    const title = fitted(required(wanted.fields, 'message').trim(), 1024);
    return corrected(wanted, 'Changed the message.', () => ({ title }));
  },
  description: (wanted) => {
    const description = fitted(textIn(wanted.fields, 'description') ?? '', 15_000);
    return corrected(wanted, 'Changed the description.', () => ({ description }));
  },
  action: (wanted) => {
    const asked = `Asked for the action ${wanted.name.slice(0, 100)}.`;
    const note = [asked, noteIn(wanted.fields)].filter(Boolean).join(' ');
    return ({ id }) => wanted.deps.desk.note(by(wanted), { id, note });
  },
} as const satisfies Readonly<Record<string, Change>>;

export type ChangeName = keyof typeof CHANGES;

const ALIAS_VERBS = { close: 'resolve', acknowledge: 'acknowledge' } as const;

/**
 * Opens or repeats the alert of an alias, and answers the id of the request. When it returns, the alert is stored, and the pages of its
 * responders are. An event that waits for the table names them in its alert, which pages by routing alone.
 */
export const createAlert = async (deps: ChangeDeps, { integration, text }: Asked, key: string): Promise<string> => {
  await admit(deps, integration);
  let creation;
  try {
    creation = creationIn(text, integration);
  } catch (error) {
    if (error instanceof Problem) await deps.tally.rejected(integration.id, reasonOf(error), text, key);
    throw error;
  }
  const { event, responders } = creation;
  const accepted = await deps.intake.observe(event, actorOf(senderBy(integration)));
  if (accepted.kept === 'stored') await pageNamed(deps, integration, { alert: accepted.result.alert, responders });
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
  const apply: Apply = CHANGES[change]({ deps, integration, fields, query, name });
  if (isAlias(named) && (change === 'close' || change === 'acknowledge')) {
    const sender = actorOf(senderBy(integration));
    const note = noteIn(fields);
    const accepted = await deps.intake[ALIAS_VERBS[change]](integration.source, named.identifier, sender, note);
    if (accepted.kept === 'spilled' || accepted.result) return idOfEvent(change, accepted);
    const latest = await findAlert(deps.desk, integration, named);
    return idOfChange(`${FAILED}${change}`, at, latest?.id, whyNot(latest));
  }
  const alert = await findAlert(deps.desk, integration, named);
  try {
    if (!alert) throw notFound('alert.not_found', 'There is no such alert.');
    await apply(alert);
    return idOfChange(change, at, alert.id);
  } catch (error) {
    if (isFailure(error)) return idOfChange(`${FAILED}${change}`, at, alert?.id, failureOf(error));
    throw error;
  }
};

/** Why an event by an alias changed nothing: there is no alert, or the latest one is as it says. */
const whyNot = (latest: Alert | undefined): FailureCode => {
  if (!latest) return 'not_found';
  return latest.status === 'open' ? 'changed' : latest.status;
};
