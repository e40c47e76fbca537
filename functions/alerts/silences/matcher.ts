import * as z from 'zod/mini';
import { LabelName } from '../../../shared/kernel/label-name.ts';
import { lazy } from '../../../shared/kernel/lazy.ts';
import { PatternError, re2, type Pattern } from '../../../shared/kernel/re2.ts';
import { own } from '../../../shared/kernel/own.ts';

/** A label holds 1,024 characters; an expression may name as many as fit into four times that, such as sixty hosts. */
const MAX_VALUE_CHARS = 4096;
/** A match against a label of 1,024 characters takes 2 million steps at most. */
const MAX_PATTERN_SIZE = 2000;

/** `name=value`, `!=`, `=~` or `!~`: the two flags say which. Regular expressions are anchored at both ends. */
export const Matcher = z
  .object({
    name: LabelName,
    value: z.string().check(z.maxLength(MAX_VALUE_CHARS)),
    isRegex: z.boolean(),
    isEqual: z._default(z.boolean(), true),
  })
  .register(z.globalRegistry, { id: 'Matcher' });
export type Matcher = z.infer<typeof Matcher>;

export type Labels = Readonly<Record<string, string>>;

/** Whether labels satisfy every matcher; a label that is not there counts as empty. Throws `PatternError`. */
export const matches = (labels: Labels, matchers: readonly Matcher[]): boolean =>
  matchers.every((matcher) => satisfies(labels, matcher, remembered));

/** The same for a matcher of one request: its pattern is forgotten with the request. */
export const compiledOnce = (matcher: Matcher): ((labels: Labels) => boolean) => {
  const pattern = lazy(() => re2(matcher.value, MAX_PATTERN_SIZE));
  return (labels) => satisfies(labels, matcher, pattern);
};

export const isSameMatcher = (one: Matcher, other: Matcher): boolean =>
  one.name === other.name &&
  one.value === other.value &&
  one.isRegex === other.isRegex &&
  one.isEqual === other.isEqual;

const satisfies = (
  labels: Labels,
  { name, value, isRegex, isEqual }: Matcher,
  patternOf: (source: string) => Pattern,
): boolean => {
  const given = own(labels, name) ?? '';
  return (isRegex ? patternOf(value).matches(given) : given === value) === isEqual;
};

/** The state of each pattern may grow to 8 MB. */
const MAX_REMEMBERED = 100;
const known = new Map<string, Pattern>();

/** The pattern of a silence: those used last stay compiled. */
const remembered = (source: string): Pattern => {
  const pattern = known.get(source) ?? re2(source, MAX_PATTERN_SIZE);
  known.delete(source);
  known.set(source, pattern);
  for (const oldest of known.keys()) {
    if (known.size <= MAX_REMEMBERED) break;
    known.delete(oldest);
  }
  return pattern;
};

/** Why the regular expression of a matcher is refused; undefined where it is valid or there is none. */
export const patternProblem = ({ value, isRegex }: Matcher): string | undefined => {
  try {
    if (isRegex) re2(value, MAX_PATTERN_SIZE);
    return undefined;
  } catch (error) {
    if (error instanceof PatternError) return error.message;
    throw error;
  }
};

/** Why a set of matchers is refused; undefined where it is valid. A set that matches everything would silence everything. */
export const refusedMatchers = (matchers: readonly Matcher[]): string | undefined =>
  matchers.map(patternProblem).find((problem) => problem !== undefined) ??
  (matches({}, matchers) ? 'at least one matcher must not match the empty string' : undefined);
