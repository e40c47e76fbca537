import { sha256 } from '../../../shared/kernel/ids.ts';
import { own } from '../../../shared/kernel/own.ts';
import type { AlertEvent } from '../../alerts/port.ts';
import { annotationsOf, fitted, labelsOf } from '../labels.ts';
import type { StoredIntegration } from '../resources/integration.ts';
import { lifetimeOf } from '../sender.ts';
import { severityOf } from '../severity.ts';

/*
 * Events of PagerDuty's Events API, versions 2 and 1, in the words of https://developer.pagerduty.com/docs/events-api-v2/.
 * Unknown fields are accepted, and texts that are too long are cut, so that no alarm is lost over them.
 */

/** What a client asks for, in either version. */
export type PagerDutyEvent =
  | { readonly action: 'trigger'; readonly dedupKey: string; readonly event: AlertEvent }
  | { readonly action: 'acknowledge' | 'resolve'; readonly dedupKey: string; readonly note: string | undefined };

/** An event, or all that is wrong with it in the words of PagerDuty. */
export type Read<T> = { readonly value: T } | { readonly errors: readonly string[] };

type Fields = Readonly<Record<string, unknown>>;

const MAX_DEDUP_KEY_CHARS = 255;
const SEVERITIES = ['critical', 'warning', 'error', 'info'];
const ACTIONS = ['trigger', 'acknowledge', 'resolve'] as const;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fieldsIn = (fields: Fields, name: string): Fields => {
  const value = own(fields, name);
  return isFields(value) ? value : {};
};

/** A text or number as text, without spaces around it; undefined for what is neither, or blank. */
export const textIn = (fields: Fields, name: string): string | undefined => {
  const value = own(fields, name);
  const text = typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
  return text === '' ? undefined : text.toWellFormed();
};

const missing = (name: string): string => `'${name}' is missing or blank`;

const actionIn = (fields: Fields, name: string, errors: string[]): (typeof ACTIONS)[number] | undefined => {
  const text = textIn(fields, name);
  const action = ACTIONS.find((each) => each === text);
  if (text === undefined) errors.push(missing(name));
  else if (!action)
    errors.push(`'${name}' is invalid (must be one of the following: 'trigger', 'acknowledge' or 'resolve')`);
  return action;
};

const dedupKeyIn = (fields: Fields, name: string, errors: string[]): string | undefined => {
  const key = textIn(fields, name);
  if (key !== undefined && key.length > MAX_DEDUP_KEY_CHARS) {
    errors.push(`Length of '${name}' is incorrect (should be no longer than ${MAX_DEDUP_KEY_CHARS} characters)`);
  }
  return key;
};

/**
 * The key of a trigger without one. It follows from the event, so a client that sends it again because an answer was lost repeats the
 * alert, and opens no second one.
 */
const contentKey = (fields: Fields): string => sha256(JSON.stringify(fields)).slice(0, 32);

/** An event of version 2. A resolve may carry a whole payload, as Alertmanager sends it, and nothing of it counts. */
export const eventV2 = (fields: Fields, integration: StoredIntegration): Read<PagerDutyEvent> => {
  const errors: string[] = [];
  const action = actionIn(fields, 'event_action', errors);
  const dedupKey = dedupKeyIn(fields, 'dedup_key', errors);
  if (action === 'acknowledge' || action === 'resolve') {
    if (dedupKey === undefined) errors.push(missing('dedup_key'));
    return errors.length > 0 ? { errors } : { value: { action, dedupKey: dedupKey ?? '', note: undefined } };
  }
  const payload = fieldsIn(fields, 'payload');
  const summary = textIn(payload, 'summary');
  const source = textIn(payload, 'source');
  const word = textIn(payload, 'severity');
  const severity = word === undefined ? undefined : severityIn(word, integration);
  if (action === 'trigger') {
    if (!isFields(own(fields, 'payload'))) errors.push("'payload' is missing or blank");
    if (summary === undefined) errors.push(missing('payload.summary'));
    if (source === undefined) errors.push(missing('payload.source'));
    if (word === undefined) errors.push(missing('payload.severity'));
    else if (severity === undefined) {
      errors.push(
        "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')",
      );
    }
  }
  if (errors.length > 0 || !action) return { errors };
  const key = dedupKey ?? contentKey(fields);
  const labels = Object.fromEntries(
    ['source', 'component', 'group', 'class'].map((name) => [name, textIn(payload, name) ?? '']),
  );
  return {
    value: {
      action,
      dedupKey: key,
      event: {
        source: integration.source,
        dedupKey: key,
        title: fitted(summary ?? '', 1024),
        severity: severity ?? integration.defaultSeverity,
        description: '',
        ...lifetimeOf(integration),
        service: integration.service,
        team: integration.team,
        labels: labelsOf(labels),
        annotations: annotationsOf({
          ...linksIn(fields, payload),
          ...textsIn({ client: own(fields, 'client'), client_url: own(fields, 'client_url') }),
          ...textsIn({ timestamp: own(payload, 'timestamp') }),
          ...detailsIn(own(payload, 'custom_details')),
        }),
      },
    },
  };
};

/** Only PagerDuty's words, and those that the integration gives a meaning: PagerDuty refuses all others, and so its clients expect. */
const severityIn = (word: string, integration: StoredIntegration) =>
  SEVERITIES.includes(word.toLowerCase()) ||
  Object.keys(integration.severities).some((each) => each.toLowerCase() === word.toLowerCase())
    ? severityOf(word, integration)
    : undefined;

/** An event of version 1. It has no severity, so the alert has the default one of the integration. */
export const eventV1 = (fields: Fields, integration: StoredIntegration): Read<PagerDutyEvent> => {
  const errors: string[] = [];
  const action = actionIn(fields, 'event_type', errors);
  const dedupKey = dedupKeyIn(fields, 'incident_key', errors);
  const description = textIn(fields, 'description');
  if (action === 'trigger' && description === undefined) errors.push(missing('description'));
  if ((action === 'acknowledge' || action === 'resolve') && dedupKey === undefined)
    errors.push(missing('incident_key'));
  if (errors.length > 0 || !action) return { errors };
  if (action !== 'trigger') return { value: { action, dedupKey: dedupKey ?? '', note: description } };
  const key = dedupKey ?? contentKey(fields);
  return {
    value: {
      action,
      dedupKey: key,
      event: {
        source: integration.source,
        dedupKey: key,
        title: fitted(description ?? '', 1024),
        severity: integration.defaultSeverity,
        description: '',
        ...lifetimeOf(integration),
        service: integration.service,
        team: integration.team,
        labels: {},
        annotations: annotationsOf({
          ...contextsIn(own(fields, 'contexts')),
          ...textsIn({ client: own(fields, 'client'), client_url: own(fields, 'client_url') }),
          ...detailsIn(own(fields, 'details')),
        }),
      },
    },
  };
};

/** A change, such as a deployment. It opens no alert and notifies nobody. */
export interface ChangeEvent {
  readonly summary: string;
  readonly source: string | null;
  /** RFC 3339, where the sender says when it happened. */
  readonly at: string | null;
  readonly details: Readonly<Record<string, string>>;
  readonly links: readonly { readonly href: string; readonly text: string }[];
}

const MOST_LINKS = 20;

export const changeIn = (fields: Fields): Read<ChangeEvent> => {
  const payload = fieldsIn(fields, 'payload');
  const summary = textIn(payload, 'summary');
  if (summary === undefined) return { errors: [missing('payload.summary')] };
  return {
    value: {
      summary: fitted(summary, 1024),
      source: textIn(payload, 'source')?.slice(0, 1024) ?? null,
      at: instantIn(textIn(payload, 'timestamp')),
      details: annotationsOf(detailsIn(own(payload, 'custom_details'))),
      links: objectsIn(own(fields, 'links'))
        .flatMap((link) => {
          const href = textIn(link, 'href');
          return href === undefined
            ? []
            : [{ href: href.slice(0, 2048), text: (textIn(link, 'text') ?? href).slice(0, 256) }];
        })
        .slice(0, MOST_LINKS),
    },
  };
};

/** A time of ISO 8601, also with an offset such as `+0000`. Null for anything else. */
const instantIn = (text: string | undefined): string | null => {
  if (text === undefined || !/^\d{4}-\d\d-\d\dT/.test(text)) return null;
  const at = new Date(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
};

const objectsIn = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);

/** A name that no other has yet: the second `Runbook` is `Runbook (2)`. */
const named = (entries: readonly (readonly [name: string, value: string])[]): Record<string, string> => {
  const all: Record<string, string> = {};
  for (const [name, value] of entries) {
    let free = name;
    for (let number = 2; Object.hasOwn(all, free); number++) free = `${name} (${number})`;
    all[free] = value;
  }
  return all;
};

/** Links and images by their texts, so that people see where each leads. */
const linksIn = (fields: Fields, payload: Fields): Record<string, string> =>
  named([
    ...objectsIn(own(fields, 'links') ?? own(payload, 'links')).map(
      (link) => [textIn(link, 'text') ?? 'link', textIn(link, 'href') ?? ''] as const,
    ),
    ...objectsIn(own(fields, 'images') ?? own(payload, 'images')).map(
      (image) =>
        [`image: ${textIn(image, 'alt') ?? textIn(image, 'href') ?? 'image'}`, textIn(image, 'src') ?? ''] as const,
    ),
  ]);

const contextsIn = (value: unknown): Record<string, string> =>
  named(
    objectsIn(value).map((context) =>
      textIn(context, 'type') === 'image'
        ? ([`image: ${textIn(context, 'alt') ?? 'image'}`, textIn(context, 'src') ?? ''] as const)
        : ([textIn(context, 'text') ?? 'link', textIn(context, 'href') ?? ''] as const),
    ),
  );

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? ''));

const textsIn = (values: Fields): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      value === undefined || value === null ? [] : [[name, asText(value)]],
    ),
  );

/** Details may be any JSON: an object becomes an annotation for each member, and anything else becomes one. */
const detailsIn = (value: unknown): Record<string, string> =>
  isFields(value) ? textsIn(value) : value === undefined || value === null ? {} : { details: asText(value) };
