import type { AlertMessage } from '../../alerts/events.ts';
import type { EntryOf, EntryType } from './entry.ts';

/** What happened, as far as a sentence names it. A timeline entry is one. */
export type Happening = Pick<EntryOf, 'type' | 'field' | 'from' | 'to' | 'text' | 'note' | 'incidentId'>;

/** How a document writes names and texts of users. */
export interface Wording {
  readonly text: (text: string) => string;
  /** A note or an update, which may have several lines. */
  readonly note: (text: string) => string;
  readonly person: (userId: string) => string;
}

const PLAIN: Wording = { text: (text) => text, note: (text) => text, person: (userId) => userId };

const TRANSITIONS: Readonly<Record<AlertMessage['transition'], string>> = {
  opened: 'opened the alert',
  severity_raised: 'raised the severity of the alert',
  acknowledged: 'acknowledged the alert',
  unacknowledged: 'unacknowledged the alert',
  snoozed: 'snoozed the alert',
  snooze_ended: 'ended the snooze of the alert',
  silence_ended: 'ended the silence of the alert',
  assigned: 'assigned the alert',
  noted: 'added a note to the alert',
  resolved: 'resolved the alert',
};

type Sentence = (happening: Happening, wording: Wording) => string;

const between = ({ from, to }: Happening, say: (value: string) => string): string =>
  from === undefined ? '' : ` from ${from ? say(from) : 'nothing'} to ${to ? say(to) : 'nothing'}`;

const withNote = ({ note }: Happening, wording: Wording): string => (note ? `: ${wording.note(note)}` : '');

const of =
  (subject: string): Sentence =>
  ({ text }, wording) =>
    text ? `${subject}: ${wording.text(text)}` : subject;

const named = ({ incidentId = '', text }: Happening, wording: Wording): string =>
  text ? `${incidentId} ${wording.text(text)}` : incidentId;

/** What each type of entry says, to follow the name of the actor. */
const SENTENCES: Readonly<Record<EntryType, Sentence>> = {
  opened: ({ to }) => (to ? `opened the incident as ${to}` : 'opened the incident'),
  status_changed: (happening, { text }) => `changed the status${between(happening, text)}`,
  severity_changed: (happening, { text }) => `changed the severity${between(happening, text)}`,
  field_changed: (happening, { text }) => `changed the ${happening.field}${between(happening, text)}`,
  role_changed: ({ field, from = '', to = '' }, { person }) =>
    `changed the ${field} from ${from ? person(from) : 'nobody'} to ${to ? person(to) : 'nobody'}`,
  noted: ({ text }, wording) => (text === undefined ? 'added a note' : wording.note(text)),
  update_published: ({ text }, wording) =>
    text ? `sent an update to subscribers: ${wording.note(text)}` : 'sent an update to subscribers',
  task_added: of('added a task'),
  task_changed: (happening, wording) => {
    const isDone = happening.field === 'done' ? happening.to === 'true' : undefined;
    return of(isDone === undefined ? 'changed a task' : isDone ? 'completed a task' : 'reopened a task')(
      happening,
      wording,
    );
  },
  alert_linked: ({ text = '', to }, wording) => `linked the alert ${wording.text(text)}${to ? ` (${to})` : ''}`,
  alert_unlinked: ({ text = '' }, wording) => `unlinked the alert ${wording.text(text)}`,
  alert_changed: (happening, wording) =>
    `${TRANSITIONS[happening.field as AlertMessage['transition']]} ${wording.text(happening.text ?? '')}${withNote(happening, wording)}`,
  person_paged: ({ field, to = '', text = '' }, wording) =>
    `paged ${to ? wording.person(to) : 'nobody'} by ${field} for ${wording.text(text)}`,
  page_failed: (happening, wording) => {
    const { field, to, text = '' } = happening;
    const whom = to ? wording.person(to) : 'anybody';
    return `could not page ${whom}${field ? ` by ${field}` : ''} for ${wording.text(text)}${withNote(happening, wording)}`;
  },
  merged_into: (happening, wording) => `merged this incident into ${named(happening, wording)}`,
  merged_from: (happening, wording) => `merged ${named(happening, wording)} into this incident`,
  split_into: (happening, wording) => `split off ${named(happening, wording)}`,
  split_from: (happening, wording) => `split this incident off ${named(happening, wording)}`,
};

/** What happened, to follow the name of the actor: `changed the status from triggered to identified`. */
export const sentenceOf = (happening: Happening, wording: Wording = PLAIN): string =>
  SENTENCES[happening.type](happening, wording);

/** Several happenings in one sentence. */
export const sentencesOf = (happenings: readonly Happening[]): string =>
  happenings.map((happening) => sentenceOf(happening)).join(' and ');
