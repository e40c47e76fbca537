import type { JSONValue } from 'json-p3';
import { own } from '../../../shared/kernel/own.ts';
import type { AlertEvent } from '../../alerts/port.ts';
import { annotationsOf, fitted, labelsOf } from '../labels.ts';
import { severityOf, type SeverityWords } from '../severity.ts';
import { capture, finds } from './capture.ts';
import { filledIn, type Comparison, type Condition, type Expression, type Mapping, type Refined } from './mapping.ts';
import { isPath, valueAt, type Message } from './path.ts';

/** What one field or condition of a mapping came to. */
export interface Step {
  /** `title`, `labels.region`, `resolve`. */
  readonly name: string;
  /** The text of a field, null where nothing was found; `true` or `false` of a condition. */
  readonly value: string | null;
}

/** What a mapping makes of one event. */
export type Mapped = { readonly steps: readonly Step[]; /** Ascends as a text. */ readonly order?: string } & (
  | { readonly action: 'trigger'; readonly event: Omit<AlertEvent, 'source'> }
  | { readonly action: 'acknowledge' | 'resolve'; readonly dedupKey: string }
  | { readonly action: 'ignore'; readonly why: string }
  | {
      readonly action: 'reject';
      readonly why: string;
      /** Where the message as a whole is wrong, whatever the mapping. */
      readonly message?: 'malformed' | 'too_many_events';
    }
);

/** A message has at most so many events. */
export const MOST_EVENTS = 100;

const MAX_KEY_CHARS = 512;

const textOf = (value: JSONValue | undefined): string | undefined => {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

const plain = (word: string): string => word.trim().toLowerCase();

/** A text with paths in it finds nothing where none of these does: what stands between them says nothing of the event. */
const textIn = (text: string, message: Message): string | undefined => {
  if (isPath(text)) return textOf(valueAt(text, message));
  let [asked, found] = [0, 0];
  const filled = filledIn(text, (path) => {
    asked++;
    const value = textOf(valueAt(path, message)) ?? '';
    if (value.trim() !== '') found++;
    return value;
  });
  return asked > 0 && found === 0 ? undefined : filled;
};

const refined = ({ from, extract, lookup, otherwise }: Refined, message: Message): string | undefined => {
  const texts = typeof from === 'string' ? [from] : from;
  for (const each of texts) {
    let found = textIn(each, message)?.trim();
    if (found && extract !== undefined) found = capture(extract, found)?.trim();
    if (!found) continue;
    if (!lookup) return found;
    const word = plain(found);
    const known = Object.entries(lookup).find(([name]) => plain(name) === word)?.[1] ?? own(lookup, '*');
    if (known !== undefined) return known;
  }
  return otherwise;
};

/** The text of an expression; undefined where it finds nothing, or nothing but spaces. */
export const evaluate = (expression: Expression, message: Message): string | undefined => {
  const text = typeof expression === 'string' ? textIn(expression, message) : refined(expression, message);
  return text?.trim() || undefined;
};

const compares = ({ value, is, matches, exists }: Comparison, message: Message): boolean => {
  const text = evaluate(value, message);
  if (exists !== undefined && exists !== (text !== undefined)) return false;
  if (is !== undefined) {
    const words = (typeof is === 'string' ? [is] : is).map(plain);
    if (text === undefined || !words.includes(plain(text))) return false;
  }
  if (matches !== undefined && (text === undefined || !finds(matches, text))) return false;
  return exists !== undefined || is !== undefined || matches !== undefined || text !== undefined;
};

export const holds = (condition: Condition, message: Message): boolean => {
  if ('all' in condition) return condition.all.every((each) => holds(each, message));
  if ('any' in condition) return condition.any.some((each) => holds(each, message));
  if ('not' in condition) return !holds(condition.not, message);
  return compares(condition, message);
};

/** The entries of an object as texts. */
const entriesAt = (path: string | undefined, message: Message): Record<string, string> => {
  const found = path === undefined ? undefined : valueAt(path, message);
  if (typeof found !== 'object' || found === null || Array.isArray(found)) return {};
  return Object.fromEntries(
    Object.entries(found).flatMap(([name, value]) => {
      const text = textOf(value as JSONValue);
      return text === undefined ? [] : [[name, text]];
    }),
  );
};

/** The events of a message, each with the whole; undefined where the path finds none. */
const eventsIn = (mapping: Mapping, message: Message): readonly Message[] | undefined => {
  if (mapping.events === undefined) return [message];
  const found = valueAt(mapping.events, message);
  if (found === undefined || found === null) return undefined;
  return (Array.isArray(found) ? found : [found]).map((event) => ({ ...message, event: event as JSONValue }));
};

const rejected = (why: string, steps: readonly Step[] = []): Mapped => ({ action: 'reject', why, steps });

/** The outcome of a message that is wrong as a whole. */
export const wrongMessage = (message: 'malformed' | 'too_many_events', why: string): Mapped => ({
  action: 'reject',
  message,
  why,
  steps: [],
});

/**
 * What a mapping makes of a message: an outcome for each of its events, in their order. It never throws: an event that it
 * cannot map is rejected with the reason, and the others are mapped all the same.
 */
export const applyMapping = (
  mapping: Mapping,
  body: JSONValue,
  { header, words }: { readonly header: Message['header']; readonly words: SeverityWords },
): readonly Mapped[] => {
  const events = eventsIn(mapping, { event: body, whole: body, header });
  if (!events) return [rejected(`${mapping.events} finds nothing in the message.`)];
  if (events.length > MOST_EVENTS)
    return [wrongMessage('too_many_events', `The message has ${events.length} events. It may have ${MOST_EVENTS}.`)];
  return events.map((event) => mapped(mapping, event, words));
};

const ACTIONS = ['ignore', 'resolve', 'acknowledge', 'trigger'] as const;

const mapped = (mapping: Mapping, message: Message, words: SeverityWords): Mapped => {
  const steps: Step[] = [];
  const field = (name: string, expression: Expression | undefined): string | undefined => {
    if (expression === undefined) return undefined;
    const value = evaluate(expression, message);
    steps.push({ name, value: value ?? null });
    return value;
  };
  const action = ACTIONS.find((each) => {
    const condition = mapping[each];
    if (condition === undefined) return false;
    const value = holds(condition, message);
    steps.push({ name: each, value: String(value) });
    return value;
  });
  if (action === 'ignore') return { action, why: 'The condition `ignore` holds.', steps };
  if (action === undefined && mapping.trigger !== undefined)
    return { action: 'ignore', why: 'No condition holds.', steps };
  const dedupKey = field('key', mapping.key);
  if (dedupKey === undefined) return rejected('The key finds nothing, so nothing says which alert is meant.', steps);
  if (!dedupKey.isWellFormed()) return rejected('The key is no Unicode text.', steps);
  if (dedupKey.length > MAX_KEY_CHARS)
    return rejected(`The key has ${dedupKey.length} characters. It may have ${MAX_KEY_CHARS}.`, steps);
  const order = orderIn(field('order', mapping.order));
  const inOrder = order !== undefined && { order };
  if (action === 'resolve' || action === 'acknowledge') return { action, dedupKey, ...inOrder, steps };
  const title = field('title', mapping.title);
  if (title === undefined) return rejected('The title finds nothing.', steps);
  const description = field('description', mapping.description);
  const word = field('severity', mapping.severity);
  const service = field('service', mapping.service);
  const team = field('team', mapping.team);
  const texts = (name: 'labels' | 'annotations'): Record<string, string> => ({
    ...entriesAt(mapping[`${name}From`], message),
    ...Object.fromEntries(
      Object.entries(mapping[name] ?? {}).flatMap(([each, expression]) => {
        const value = field(`${name}.${each}`, expression);
        return value === undefined ? [] : [[each, value]];
      }),
    ),
  });
  return {
    action: 'trigger',
    event: {
      dedupKey,
      title: fitted(title, 1024),
      severity: severityOf(word ?? '', words) ?? words.defaultSeverity,
      description: fitted(description ?? '', 15_000),
      service: service === undefined ? null : fitted(service, 128),
      team: team === undefined ? null : fitted(team, 128),
      labels: labelsOf(texts('labels')),
      annotations: annotationsOf(texts('annotations')),
    },
    ...inOrder,
    steps,
  };
};

/** Instants and whole numbers as texts that ascend as they do; undefined for what is neither. */
const orderIn = (text: string | undefined): string | undefined => {
  if (text === undefined) return undefined;
  if (/^\d{1,20}$/.test(text)) return text.padStart(20, '0');
  const at = Date.parse(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
};
