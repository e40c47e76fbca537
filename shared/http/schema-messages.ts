import type { $ZodObjectDef, $ZodISODateTimeDef, $ZodRawIssue } from 'zod/v4/core';
import { nearest } from '../kernel/nearest.ts';

/**
 * What is wrong with a value, in words that follow its name: `must be at least 1`. It is the one source of the details in
 * refusals, for every kind of issue that the schema library reports; a message that stands in a schema goes first. It names the
 * choices, the bound or an example, so the reader can mend the request without the schema.
 */
export const schemaMessage = (issue: $ZodRawIssue): string => {
  if (issue.input === undefined && MISSING.has(issue.code)) return missing(issue);
  switch (issue.code) {
    case 'invalid_type':
      return ofAnotherType(issue.expected, issue.input);
    case 'invalid_value':
      return notAmong(issue.values.map(String), issue.input);
    case 'too_small':
      return tooSmall(issue.origin, Number(issue.minimum), issue.inclusive ?? true);
    case 'too_big':
      return tooBig(issue.origin, Number(issue.maximum), issue.inclusive ?? true);
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return ofAnotherForm(issue);
    case 'unrecognized_keys':
      return unknownFields(issue.keys, knownFields(issue.inst));
    case 'invalid_union':
      return noneOf(issue);
    case 'invalid_key':
      return `is a key that ${issue.issues[0]?.message}`;
    case 'invalid_element':
      return `has an element that ${issue.issues[0]?.message}`;
    case 'custom':
      return 'does not match the schema';
  }
};

const MISSING: ReadonlySet<string> = new Set<$ZodRawIssue['code']>(['invalid_type', 'invalid_value', 'invalid_union']);

const missing = (issue: $ZodRawIssue): string => {
  if (issue.code === 'invalid_value') return `is missing: ${amongst(issue.values.map(String))}`;
  return 'is missing';
};

const NOUNS: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'an integer',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  tuple: 'a list',
  null: 'null',
};

const nounOf = (type: string): string => NOUNS[type] ?? type;

const nounOfValue = (value: unknown): string => {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return String(value);
  return nounOf(Array.isArray(value) ? 'array' : typeof value);
};

const ofAnotherType = (expected: string, input: unknown): string => {
  if (typeof input !== 'number') return `must be ${nounOf(expected)}, not ${nounOfValue(input)}`;
  if (!Number.isFinite(input)) return 'must be a number that fits into 64 bits';
  return expected === 'int' ? 'must be an integer' : `must be ${nounOf(expected)}, not a number`;
};

/** More choices than this would bury the sentence. */
const MOST_CHOICES = 16;

const amongst = (choices: readonly string[]): string => {
  if (choices.length === 1) return `must be ${choices[0]}`;
  if (choices.length <= MOST_CHOICES) return `must be one of ${choices.join(', ')}`;
  return `must be one of the ${choices.length} values that the schema in GET /api/openapi.json lists`;
};

const notAmong = (choices: readonly string[], input: unknown): string => {
  const meant = typeof input === 'string' ? nearest(input, choices) : undefined;
  const isAdvice = meant !== undefined && choices.length > 1;
  return input === undefined
    ? `is missing: ${amongst(choices)}`
    : `${amongst(choices)}${isAdvice ? `. Did you mean ${meant}?` : ''}`;
};

const COUNTED: Readonly<Record<string, readonly [one: string, many: string]>> = {
  string: ['character', 'characters'],
  array: ['item', 'items'],
  set: ['item', 'items'],
  map: ['entry', 'entries'],
  record: ['entry', 'entries'],
  object: ['entry', 'entries'],
};

const counted = (origin: string, count: number): string | undefined => {
  const noun = COUNTED[origin];
  return noun && `${count} ${count === 1 ? noun[0] : noun[1]}`;
};

const tooSmall = (origin: string, minimum: number, inclusive: boolean): string => {
  const least = inclusive ? minimum : minimum + 1;
  if (origin in COUNTED) return least === 1 ? 'must not be empty' : `must have at least ${counted(origin, least)}`;
  return inclusive ? `must be at least ${minimum}` : `must be greater than ${minimum}`;
};

const tooBig = (origin: string, maximum: number, inclusive: boolean): string => {
  const most = inclusive ? maximum : maximum - 1;
  if (origin in COUNTED) return `must have at most ${counted(origin, most)}`;
  return inclusive ? `must be at most ${maximum}` : `must be less than ${maximum}`;
};

type FormatIssue = Extract<$ZodRawIssue, { readonly code: 'invalid_format' }>;

/** An example says more than the name of a form. */
const FORMS: Readonly<Record<string, string>> = {
  datetime: 'a time in UTC such as 2026-11-30T05:30:00Z',
  date: 'a date such as 2026-11-30',
  time: 'a time of day such as 05:30:00',
  duration: 'a duration such as PT15M',
  email: 'an e-mail address such as ana@example.com',
  url: 'a URL such as https://example.com/hook',
  uuid: 'a UUID such as 0190f5fe-7c00-7a00-8000-000000000000',
  ipv4: 'an IPv4 address such as 192.0.2.1',
  ipv6: 'an IPv6 address such as 2001:db8::1',
  cidrv4: 'an IPv4 range such as 192.0.2.0/24',
  cidrv6: 'an IPv6 range such as 2001:db8::/32',
};

const ofAnotherForm = ({ format, inst, ...issue }: FormatIssue): string => {
  if (format === 'datetime' && (inst?._zod.def as Partial<$ZodISODateTimeDef> | undefined)?.offset) {
    return `must be ${FORMS['datetime']} or with an offset such as 2026-11-30T06:30:00+01:00`;
  }
  if (format === 'starts_with') return `must begin with ${issue['prefix']}`;
  if (format === 'ends_with') return `must end with ${issue['suffix']}`;
  if (format === 'includes') return `must contain ${issue['includes']}`;
  const form = FORMS[format];
  return form === undefined ? `must match ${issue.pattern ?? format}` : `must be ${form}`;
};

const knownFields = (inst: $ZodRawIssue['inst']): readonly string[] =>
  Object.keys((inst?._zod.def as Partial<$ZodObjectDef> | undefined)?.shape ?? {});

const unknownFields = (keys: readonly string[], known: readonly string[]): string => {
  const meant = keys.length === 1 ? nearest(keys[0] ?? '', known) : undefined;
  if (meant !== undefined) return `unknown field. Did you mean ${meant}?`;
  return known.length > 0 && known.length <= MOST_CHOICES
    ? `unknown field. Known: ${known.join(', ')}`
    : 'unknown field';
};

type UnionIssue = Extract<$ZodRawIssue, { readonly code: 'invalid_union' }>;

/** The choices of the field that decides about the form; without such a field, what is wrong for each form. */
const noneOf = ({ discriminator, errors, input, ...issue }: UnionIssue): string => {
  const options = issue['options'] as readonly unknown[] | undefined;
  if (discriminator !== undefined && options) return notAmong(options.map(String), valueAt(input, discriminator));
  const reasons = (errors as readonly (readonly { readonly message: string }[])[]).map(([first]) => first?.message);
  return `matches none of its forms: ${[...new Set(reasons)].join(', or ')}`;
};

const valueAt = (input: unknown, key: string): unknown =>
  typeof input === 'object' && input !== null ? (input as Readonly<Record<string, unknown>>)[key] : undefined;
