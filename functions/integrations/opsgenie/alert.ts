import { sha256 } from '../../../shared/kernel/ids.ts';
import { own } from '../../../shared/kernel/own.ts';
import type { Alert, AlertEvent } from '../../alerts/port.ts';
import { annotationsOf, fitted, labelsOf } from '../labels.ts';
import type { StoredIntegration } from '../resources/integration.ts';
import { lifetimeOf } from '../sender.ts';
import { severityOf } from '../severity.ts';
import type { Severity } from '../vocabulary.ts';
import { detailsIn, fieldsIn, isFields, noteIn, required, textIn, textsIn, wrong, type Fields } from './fields.ts';

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
/** What an annotation of this name is, and no detail. */
const META = ['tags', 'actions', 'responders', 'source', 'priority', 'visibleTo', 'note', 'attachments'] as const;
const ENTITY = 'entity';
const RESERVED: ReadonlySet<string> = new Set([...META, ENTITY]);
const DETAIL_PREFIX = 'details.';

const BY_SEVERITY: Readonly<Record<Severity, Priority>> = { critical: 'P1', error: 'P2', warning: 'P3', info: 'P4' };

/** The severity that a priority means to the integration. */
export const severityBy = (priority: Priority, integration: StoredIntegration): Severity =>
  severityOf(priority, integration) ?? integration.defaultSeverity;

export const priorityIn = (fields: Fields, field = 'priority'): Priority | undefined => {
  const text = textIn(fields, 'priority')?.trim().toUpperCase();
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

export const tagsOf = ({ annotations }: Pick<Alert, 'annotations'>): string[] =>
  (own(annotations, 'tags') ?? '').split(',').filter((tag) => tag !== '');

export interface Responder {
  readonly type: string;
  readonly id?: string;
  readonly name?: string;
  readonly username?: string;
}

/** Who is named by an object; of this type where it says none. */
export const responderOf = (each: Fields, type?: string): Responder => {
  const [id, of, username] = ['id', 'name', 'username'].map((part) => textIn(each, part)?.slice(0, 128));
  return {
    type: textIn(each, 'type')?.toLowerCase() ?? type ?? (username === undefined ? 'team' : 'user'),
    ...(id && { id }),
    ...(of && { name: of }),
    ...(username && { username }),
  };
};

const respondersIn = (fields: Fields, name: string): Responder[] => {
  const value = own(fields, name);
  return (Array.isArray(value) ? value.filter(isFields) : []).slice(0, MAX_RESPONDERS).map((each) => responderOf(each));
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

/** The event of a create request. Without an alias it is named by its content, so a request that is sent again repeats the alert. */
export const eventIn = (text: string, integration: StoredIntegration): AlertEvent => {
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
  return {
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
};

/** The whole number that stands for an id, and back: no number is written down for it. */
export const tinyIdOf = ({ id }: Pick<Alert, 'id'>): string =>
  [...id.slice('alr_'.length)].reduce((sum, digit) => sum * 36n + BigInt(Number.parseInt(digit, 36)), 1n).toString();

export const idOfTiny = (tinyId: string): string | undefined => {
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
