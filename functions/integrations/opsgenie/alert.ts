import { sha256 } from '../../../shared/kernel/ids.ts';
import { own } from '../../../shared/kernel/own.ts';
import { instantOfAlertId, type Alert, type AlertEvent } from '../../alerts/port.ts';
import { annotationsOf, fitted, labelsOf } from '../labels.ts';
import type { StoredIntegration } from '../resources/integration.ts';
import { lifetimeOf } from '../sender.ts';
import { severityOf } from '../severity.ts';
import type { Severity } from '../vocabulary.ts';
import { detailsIn, fieldsIn, noteIn, objectsIn, required, textIn, textsIn, wrong, type Fields } from './fields.ts';

/*
 * An alert of Opsgenie as one of ours, and back. Details are labels, so that routing and silences read them. What has no field of ours is an
 * annotation: tags, actions, responders, the source that the client named, and the priority, of which there are five.
 */

export const PRIORITIES = ['P1', 'P2', 'P3', 'P4', 'P5'] as const;
export type Priority = (typeof PRIORITIES)[number];

const DEFAULT_PRIORITY = 'P3';
const MAX_ALIAS_CHARS = 512;
const MAX_TAGS = 20;
const MAX_RESPONDERS = 50;
const MAX_TAG_CHARS = 50;
const MAX_RESPONDERS_CHARS = 4_000;
/** What an annotation of this name is, and no detail. */
const META = ['tags', 'actions', 'responders', 'source', 'priority', 'visibleTo', 'note', 'attachments'] as const;
/** Marks an alert that a client deleted: this API knows it no more. */
export const DELETED = 'deletedByOpsgenie';
/** Says whom nobody could page, and why. */
export const NOT_PAGED = 'notPaged';
const ENTITY = 'entity';
const RESERVED: ReadonlySet<string> = new Set([...META, ENTITY]);
const DETAIL_PREFIX = 'details.';

const BY_SEVERITY: Readonly<Record<Severity, Priority>> = { critical: 'P1', error: 'P2', warning: 'P3', info: 'P4' };

/** The severity that a priority means to the integration. */
export const severityBy = (priority: Priority, integration: StoredIntegration): Severity =>
  severityOf(priority, integration) ?? integration.defaultSeverity;

export const priorityIn = (fields: Fields, field = 'priority'): Priority | undefined => {
  const text = textIn(fields, 'priority', field)?.trim().toUpperCase();
  const priority = PRIORITIES.find((each) => each === text);
  if (text !== undefined && !priority) throw wrong(field, 'must be one of [P1, P2, P3, P4, P5]');
  return priority;
};

/** Details under names of ours: one with the name of another annotation gets a prefix. */
export const detailLabels = (details: Readonly<Record<string, string>>): Record<string, string> =>
  labelsOf(
    Object.fromEntries(
      Object.entries(details).map(([name, value]) => [RESERVED.has(name) ? `${DETAIL_PREFIX}${name}` : name, value]),
    ),
  );

/** Tags in one text. A comma parts them, as in Opsgenie's own addresses. */
export const tagsText = (tags: readonly string[]): string =>
  [...new Set(tags.flatMap((tag) => tag.split(',')).map((tag) => tag.slice(0, MAX_TAG_CHARS)))]
    .filter((tag) => tag.trim() !== '')
    .slice(0, MAX_TAGS)
    .join(',');

/** The annotations of an alert with one more, which is cut last. An empty text removes it. */
export const withAnnotation = (
  { annotations }: Pick<Alert, 'annotations'>,
  name: string,
  value: string,
): Pick<Alert, 'annotations'> => {
  const { [name]: _, ...others } = annotations;
  return { annotations: annotationsOf({ [name]: value, ...others }) };
};

export const isDeleted = ({ annotations }: Pick<Alert, 'annotations'>): boolean => Object.hasOwn(annotations, DELETED);

export const tagsOf = ({ annotations }: Pick<Alert, 'annotations'>): string[] =>
  (own(annotations, 'tags') ?? '').split(',').filter((tag) => tag !== '');

export interface Responder {
  readonly type: string;
  readonly id?: string;
  readonly name?: string;
  readonly username?: string;
}

const RESPONDER_TYPES = ['user', 'team', 'schedule', 'escalation'];

/**
 * Who is named by an object; of this type where it says none. Throws `opsgenie.invalid`, which names the field, for another type than those of
 * Opsgenie, and for one without an id and without a name.
 */
export const responderOf = (each: Fields, field: string, type?: string): Responder => {
  const [id, of, username] = ['id', 'name', 'username'].map((part) => textIn(each, part, field)?.slice(0, 128));
  const said = textIn(each, 'type', field)?.toLowerCase() ?? type ?? (username === undefined ? 'team' : 'user');
  if (!RESPONDER_TYPES.includes(said)) throw wrong(field, `must have a type of [${RESPONDER_TYPES.join(', ')}]`);
  if ((id ?? of ?? username) === undefined) throw wrong(field, 'must have an id or a name');
  return { type: said, ...(id && { id }), ...(of && { name: of }), ...(username && { username }) };
};

const respondersIn = (fields: Fields, name: string): Responder[] => {
  const all = objectsIn(fields, name);
  if (all.length > MAX_RESPONDERS) throw wrong(name, `cannot have more than ${MAX_RESPONDERS} entries`);
  const responders = all.map((each) => responderOf(each, name));
  // They are stored as one text, and a text that is cut names nobody.
  if (JSON.stringify(responders).length > MAX_RESPONDERS_CHARS) throw wrong(name, 'are too long in all');
  return responders;
};

/** The responders that an alert names, and those who were added. */
export const respondersOf = ({ annotations }: Pick<Alert, 'annotations'>): Responder[] =>
  parsedList(own(annotations, 'responders')) as Responder[];

/** The responders with one more, as an annotation; the latest of very many. */
export const respondersText = (responders: readonly Responder[]): string =>
  JSON.stringify([...new Map(responders.map((each) => [JSON.stringify(each), each])).values()].slice(-MAX_RESPONDERS));

export interface Attachment {
  readonly id: number;
  readonly name: string;
  readonly bytes: number;
  readonly by: string;
  readonly at: string;
}

/** What is known of files that clients attached. */
export const attachmentsOf = ({ annotations }: Pick<Alert, 'annotations'>): Attachment[] =>
  parsedList(own(annotations, 'attachments')) as Attachment[];

/**
 * The event of a create request, and whom it names. Without an alias it is named by its content, so a request that is sent again repeats the
 * alert. Throws `opsgenie.invalid`, which names the field, for one of the wrong type.
 */
export const creationIn = (
  text: string,
  integration: StoredIntegration,
): { readonly event: AlertEvent; readonly responders: readonly Responder[] } => {
  const fields = fieldsIn(text);
  const message = required(fields, 'message');
  const alias = textIn(fields, 'alias');
  if (alias !== undefined && alias.length > MAX_ALIAS_CHARS)
    throw wrong('alias', 'cannot be longer than 512 characters');
  const dedupKey = alias?.toWellFormed() ?? sha256(text.trim()).slice(0, 32);
  const priority = priorityIn(fields) ?? DEFAULT_PRIORITY;
  const responders = respondersIn(fields, 'responders');
  const team = responders.find(({ type }) => type === 'team');
  const visibleTo = respondersIn(fields, 'visibleTo');
  const event: AlertEvent = {
    source: integration.source,
    dedupKey,
    title: fitted(message.trim(), 1024),
    severity: severityBy(priority, integration),
    description: fitted(textIn(fields, 'description') ?? '', 15_000),
    ...lifetimeOf(integration),
    service: integration.service,
    team: team?.name ?? integration.team,
    labels: { ...detailLabels(detailsIn(fields)), ...labelsOf({ [ENTITY]: textIn(fields, 'entity') ?? '' }) },
    annotations: annotationsOf({
      priority,
      tags: tagsText(textsIn(fields, 'tags')),
      actions: textsIn(fields, 'actions').join(','),
      responders: responders.length > 0 ? JSON.stringify(responders) : '',
      visibleTo: visibleTo.length > 0 ? JSON.stringify(visibleTo) : '',
      source: textIn(fields, 'source') ?? '',
      note: noteIn(fields) ?? '',
    }),
  };
  return { event, responders };
};

/** Tiny ids count the milliseconds from here, so that they have fifteen digits and are exact as numbers of JavaScript. */
const TINY_EPOCH_MS = Date.UTC(2024, 0, 1);
/** Tells alerts of the same millisecond apart. */
const TINY_TAILS = 10_000;

/** A short number of an alert: the millisecond of its beginning, and four digits of its id. It is written nowhere and costs no counter. */
export const tinyIdOf = ({ id }: Pick<Alert, 'id'>): string =>
  String(
    (instantOfAlertId(id).getTime() - TINY_EPOCH_MS) * TINY_TAILS +
      (Number.parseInt(sha256(id).slice(0, 8), 16) % TINY_TAILS),
  );

/** The millisecond in which the alert of a tiny id began; undefined for a text that is none. */
export const instantOfTiny = (tinyId: string): Date | undefined =>
  /^[1-9]\d{3,15}$/.test(tinyId) ? new Date(TINY_EPOCH_MS + Math.floor(Number(tinyId) / TINY_TAILS)) : undefined;

/** The id in a tiny id of the former form: the whole id as a decimal number. Clients may still have some. */
export const idOfLongTiny = (tinyId: string): string | undefined => {
  if (!/^\d{50,70}$/.test(tinyId)) return undefined;
  const text = BigInt(tinyId).toString(36);
  return text.startsWith('1') ? `alr_${text.slice(1)}` : undefined;
};

/** The priority that was said where it still means the severity, else the one that the severity is like. */
export const priorityBySeverity = (
  text: string | undefined,
  severity: string,
  integration: StoredIntegration,
): Priority => {
  const said = PRIORITIES.find((each) => each === text);
  return said && severityBy(said, integration) === severity
    ? said
    : (own<Priority>(BY_SEVERITY, severity) ?? DEFAULT_PRIORITY);
};

export const priorityOf = ({ annotations, severity }: Alert, integration: StoredIntegration): Priority =>
  priorityBySeverity(own(annotations, 'priority'), severity, integration);

export const detailsOf = ({ labels }: Pick<Alert, 'labels'>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(labels)
      .filter(([name]) => name !== ENTITY)
      .map(([name, value]) => [name.startsWith(DETAIL_PREFIX) ? name.slice(DETAIL_PREFIX.length) : name, value]),
  );

const parsedList = (text: string | undefined): unknown[] => {
  if (text === undefined) return [];
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch {
    // An annotation that was cut is no JSON any more.
    return [];
  }
};

const sinceMs = (from: string, to: string | null): number | undefined =>
  to === null ? undefined : Math.max(0, Date.parse(to) - Date.parse(from));

/** An alert as Opsgenie answers it. Times that are not known are left out, because clients cannot read an empty one. */
export const opsgenieAlert = (alert: Alert, integration: StoredIntegration) => {
  const said = (name: string): string => own(alert.annotations, name) ?? '';
  const [ackTime, closeTime] = [alert.acknowledgedAt, alert.resolvedAt].map((at) => sinceMs(alert.firstSeenAt, at));
  return {
    id: alert.id,
    tinyId: tinyIdOf(alert),
    alias: alert.dedupKey,
    message: alert.title,
    status: alert.status === 'resolved' ? 'closed' : 'open',
    acknowledged: alert.status === 'acknowledged',
    isSeen: alert.acknowledgedAt !== null,
    seen: alert.acknowledgedAt !== null,
    tags: tagsOf(alert),
    snoozed: alert.snoozedUntil !== null,
    ...(alert.snoozedUntil !== null && { snoozedUntil: alert.snoozedUntil }),
    count: alert.count,
    lastOccurredAt: alert.lastSeenAt,
    createdAt: alert.firstSeenAt,
    updatedAt: [alert.lastSeenAt, alert.acknowledgedAt ?? '', alert.resolvedAt ?? ''].sort().at(-1) ?? alert.lastSeenAt,
    source: said('source'),
    owner: alert.assignee ?? '',
    priority: priorityOf(alert, integration),
    responders: respondersOf(alert),
    integration: { id: integration.id, name: integration.name, type: 'API' },
    report: {
      ...(ackTime !== undefined && { ackTime }),
      ...(closeTime !== undefined && { closeTime }),
      ...(alert.acknowledgedBy !== null && { acknowledgedBy: alert.acknowledgedBy }),
      ...(alert.resolvedBy !== null && { closedBy: alert.resolvedBy }),
    },
    actions: said('actions')
      .split(',')
      .filter((each) => each !== ''),
    entity: own(alert.labels, ENTITY) ?? '',
    description: alert.description,
    details: detailsOf(alert),
  };
};
