import { SEVERITIES, STATUSES, type Alert } from '../alert.ts';
import { nearest } from '../../../shared/kernel/nearest.ts';
import { own } from '../../../shared/kernel/own.ts';
import type { Operator, Value } from './query.ts';

/** Begins the name of a field that is a label: `label.region`. */
export const LABEL = 'label.';

/** What an alert is known to be. Fields that are absent are not known. */
export type Known = Partial<Alert>;

export interface Field {
  /** Other names of it, in small letters. */
  readonly also: readonly string[];
  /** Why the operator or the value does not fit; undefined where it does. */
  readonly problem: (operator: Operator, value: Value) => string | undefined;
  /** Whether an alert has it so; undefined where that is not known. */
  readonly is: (alert: Known, operator: Operator, value: Value, now: Date, label?: string) => boolean | undefined;
}

const ORDERED: ReadonlySet<Operator> = new Set(['>', '>=', '<', '<=']);
const isOrdered = (operator: Operator): boolean => ORDERED.has(operator);

const compared = (operator: Operator, left: number, right: number): boolean => {
  switch (operator) {
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '!=':
      return left !== right;
    default:
      return left === right;
  }
};

/** Whether a text has the parts in this order, the first at its beginning and the last at its end. Takes time by their lengths only. */
const fits = (text: string, parts: readonly string[]): boolean => {
  const [first = '', ...others] = parts;
  const last = others.pop();
  if (last === undefined) return text === first;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let from = first.length;
  const end = text.length - last.length;
  for (const part of others) {
    const at = text.indexOf(part, from);
    if (at === -1 || at + part.length > end) return false;
    from = at + part.length;
  }
  return from <= end;
};

const folded = (text: string): string => text.normalize('NFC').toLowerCase();

const equals = (text: string, { text: wanted, isQuoted }: Value): boolean =>
  fits(folded(text), isQuoted ? [folded(wanted)] : folded(wanted).split('*'));

/** Whether a text has the value in it; whole with a star. */
const contains = (text: string, value: Value): boolean =>
  !value.isQuoted && value.text.includes('*') ? equals(text, value) : folded(text).includes(folded(value.text));

const NONE = 'none';

/** `none`, without quotes, is a field without a value. */
const word = (read: (alert: Known, label?: string) => string | null | undefined, ...also: string[]): Field => ({
  also,
  problem: (operator) =>
    isOrdered(operator) ? `texts have no order. Use :, = or != in place of ${operator}.` : undefined,
  is: (alert, operator, value, _now, label) => {
    const text = read(alert, label);
    if (text === undefined) return undefined;
    const isIt = text === null ? !value.isQuoted && folded(value.text) === NONE : equals(text, value);
    return operator === '!=' ? !isIt : isIt;
  },
});

/** Several words, of which one is meant. */
const oneOf = (read: (alert: Known) => readonly string[] | undefined, ...also: string[]): Field => ({
  ...word(() => '', ...also),
  is: (alert, operator, value) => {
    const texts = read(alert);
    return texts && texts.some((text) => equals(text.trim(), value)) !== (operator === '!=');
  },
});

/** A text of sentences: a colon looks inside it, and = compares it whole. */
const prose = (read: (alert: Known) => string | undefined, ...also: string[]): Field => ({
  ...word(read, ...also),
  is: (alert, operator, value) => {
    const text = read(alert);
    if (text === undefined) return undefined;
    const isIt = operator === '=' ? equals(text, value) : contains(text, value);
    return operator === '!=' ? !isIt : isIt;
  },
});

const choice = <T extends string>(
  names: readonly T[],
  read: (alert: Known) => T | undefined,
  {
    also = [],
    meaning = {},
    hasOrder = false,
  }: {
    readonly also?: readonly string[];
    /** Other words, with the choices that they mean. */
    readonly meaning?: Readonly<Record<string, readonly T[]>>;
    readonly hasOrder?: boolean;
  },
): Field => {
  const meant = ({ text }: Value): readonly T[] | undefined => {
    const lower = folded(text);
    const found = names.find((name) => name === lower);
    return found ? [found] : own(meaning, lower);
  };
  return {
    also,
    problem: (operator, value) => {
      const found = meant(value);
      if (!found) {
        const all = [...names, ...Object.keys(meaning)];
        const near = nearest(value.text, all);
        return `${value.text} is not a value of this field. Use one of ${all.join(', ')}.${near === undefined ? '' : ` Did you mean ${near}?`}`;
      }
      if (isOrdered(operator) && !(hasOrder && found.length === 1))
        return `${value.text} has no order. Use :, = or != in place of ${operator}.`;
      return undefined;
    },
    is: (alert, operator, value) => {
      const mine = read(alert);
      if (mine === undefined) return undefined;
      const found = meant(value) ?? [];
      if (isOrdered(operator)) return compared(operator, names.indexOf(mine), names.indexOf(found[0] as T));
      return found.includes(mine) !== (operator === '!=');
    },
  };
};

const flag = (read: (alert: Known, now: Date) => boolean | undefined, ...also: string[]): Field => ({
  also,
  problem: (operator, { text }) =>
    isOrdered(operator) || !/^(true|false)$/i.test(text) ? 'it is true or false, such as snoozed:true.' : undefined,
  is: (alert, operator, { text }, now) => {
    const mine = read(alert, now);
    return mine === undefined ? undefined : (mine === (folded(text) === 'true')) !== (operator === '!=');
  },
});

const number = (read: (alert: Known) => number | undefined): Field => ({
  also: [],
  problem: (_operator, { text }) => (/^\d{1,15}$/.test(text) ? undefined : `${text} is no whole number.`),
  is: (alert, operator, { text }) => {
    const mine = read(alert);
    return mine === undefined ? undefined : compared(operator, mine, Number(text));
  },
});

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
/** Seconds or milliseconds since 1970. */
const EPOCH = /^\d{10}(\d{3})?$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/** A duration in milliseconds, such as `90m`. */
const durationIn = ({ text }: Value): number | undefined => {
  const found = /^(\d{1,6})(s|m|h|d|w)$/.exec(text);
  return found ? Number(found[1]) * UNIT_MS[found[2] as keyof typeof UNIT_MS] : undefined;
};

/** The first and the last millisecond of a day, or an instant twice. */
const spanIn = ({ text }: Value): readonly [number, number] | undefined => {
  if (EPOCH.test(text)) return [Number(text.padEnd(13, '0')), Number(text.padEnd(13, '9'))];
  if (!DAY.test(text) && !INSTANT.test(text)) return undefined;
  const at = Date.parse(text);
  if (Number.isNaN(at)) return undefined;
  return DAY.test(text) ? [at, at + UNIT_MS.d - 1] : [at, at];
};

const TIME_EXAMPLES = 'Write an age such as 2h, a day such as 2026-11-30, or an instant such as 2026-11-30T03:00:00Z.';

/**
 * A duration is an age: `created>2h` is older than two hours, `created:2h` is at most two hours old. A day or an instant is a point:
 * `created>2026-11-30` is after that day, `created:2026-11-30` within it. Days are in UTC.
 */
const time = (read: (alert: Known) => string | null | undefined, ...also: string[]): Field => ({
  also,
  problem: (_operator, value) =>
    durationIn(value) !== undefined || spanIn(value) || isNone(value)
      ? undefined
      : `${value.text} is no time. ${TIME_EXAMPLES}`,
  is: (alert, operator, value, now) => {
    const text = read(alert);
    if (text === undefined) return undefined;
    if (text === null || isNone(value)) {
      const isIt = text === null && isNone(value);
      return operator === '!=' ? !isIt : isIt;
    }
    const at = Date.parse(text);
    const age = durationIn(value);
    if (age !== undefined) {
      const isWithin = now.getTime() - at <= age;
      if (operator === ':' || operator === '=') return isWithin;
      return operator === '!=' ? !isWithin : compared(operator, now.getTime() - at, age);
    }
    const [first, last] = spanIn(value) ?? [0, 0];
    switch (operator) {
      case '>':
        return at > last;
      case '>=':
        return at >= first;
      case '<':
        return at < first;
      case '<=':
        return at <= last;
      default:
        return (at >= first && at <= last) !== (operator === '!=');
    }
  },
});

const isNone = ({ text, isQuoted }: Value): boolean => !isQuoted && folded(text) === NONE;

/** The earliest instant that a term on a time leaves possible; undefined where there is none. */
export const earliestOf = (operator: Operator, value: Value, now: Date): number | undefined => {
  const age = durationIn(value);
  if (age !== undefined) return [':', '=', '<', '<='].includes(operator) ? now.getTime() - age : undefined;
  const span = spanIn(value);
  return span && [':', '=', '>', '>='].includes(operator) ? span[0] : undefined;
};

/** The fields of the language. */
export const FIELDS = {
  status: choice(STATUSES, ({ status }) => status, {
    meaning: { unresolved: ['open', 'acknowledged'], closed: ['resolved'] },
  }),
  severity: choice(SEVERITIES, ({ severity }) => severity, {
    hasOrder: true,
    meaning: { p1: ['critical'], p2: ['error'], p3: ['warning'], p4: ['info'], p5: ['info'] },
    also: ['priority'],
  }),
  service: word(({ service }) => service),
  team: word(({ team }) => team, 'teams'),
  tag: oneOf(({ annotations }) => annotations && (own(annotations, 'tags') ?? '').split(','), 'tags'),
  entity: word(({ labels }) => labels && (own(labels, 'entity') ?? null)),
  source: word(({ source }) => source),
  title: prose(({ title }) => title, 'message'),
  description: prose(({ description }) => description),
  assignee: word(({ assignee }) => assignee, 'owner'),
  key: word(({ dedupKey }) => dedupKey, 'alias', 'dedupkey'),
  id: word(({ id }) => id),
  label: word(({ labels }, label = '') => labels && (own(labels, label) ?? null)),
  acknowledgedBy: word(({ acknowledgedBy }) => acknowledgedBy),
  resolvedBy: word(({ resolvedBy }) => resolvedBy, 'closedby'),
  acknowledged: flag(({ acknowledgedAt }) => (acknowledgedAt === undefined ? undefined : acknowledgedAt !== null)),
  snoozed: flag(({ snoozedUntil }, now) =>
    snoozedUntil === undefined ? undefined : snoozedUntil !== null && Date.parse(snoozedUntil) > now.getTime(),
  ),
  count: number(({ count }) => count),
  created: time(({ firstSeenAt }) => firstSeenAt, 'createdat', 'firstseenat'),
  seen: time(({ lastSeenAt }) => lastSeenAt, 'lastseenat', 'lastoccurredat', 'updatedat'),
  acknowledgedAt: time(({ acknowledgedAt }) => acknowledgedAt),
  resolvedAt: time(({ resolvedAt }) => resolvedAt, 'closedat'),
} as const satisfies Readonly<Record<string, Field>>;
export type FieldName = keyof typeof FIELDS;

/** Whether a text is in the title, the description, the service or a label. */
export const mentions = ({ title, description, service, labels }: Known, value: Value): boolean | undefined => {
  const texts = [title, description, service, ...Object.values(labels ?? {})];
  if (texts.some((text) => typeof text === 'string' && contains(text, value))) return true;
  return title === undefined || description === undefined || service === undefined || !labels ? undefined : false;
};
