import * as z from 'zod/mini';
import { LabelName } from '../../../shared/kernel/label-name.ts';
import { patternProblem } from './capture.ts';
import { isPath, MAX_PATH_CHARS, pathProblem } from './path.ts';

/*
 * How a message becomes an event of an alert. A mapping is data: each field of the event has an expression, and the first
 * condition that holds says what happened.
 */

const MAX_TEXT_CHARS = 2000;
const MAX_PATTERN_CHARS = 500;
const MOST_WORDS = 64;
const MOST_FIELDS = 32;
const MOST_CONDITIONS = 16;
const MAX_DEPTH = 2;

/** The paths in double braces of a text. */
const TEMPLATE = /\{\{([^{}]*)\}\}/g;

/** A text with what `of` says in place of each path in double braces. */
export const filledIn = (text: string, of: (path: string) => string): string =>
  text.replaceAll(TEMPLATE, (_, path: string) => of(path.trim()));

/** `z.refine` with the reason in place of one sentence for all. */
const because = <T>(reason: (value: T) => string | undefined) =>
  z.superRefine<T>((value, context) => {
    const why = reason(value);
    if (why !== undefined) context.issues.push({ code: 'custom', message: why, input: value });
  });

const Path = z.string().check(
  z.maxLength(MAX_PATH_CHARS),
  because((path: string) =>
    isPath(path) ? pathProblem(path) : 'must be a path such as $.alert.title or header.x-event',
  ),
);

/** Text with paths in double braces, or a path alone. */
const Text = z.string().check(
  z.maxLength(MAX_TEXT_CHARS),
  because((text: string) => {
    if (isPath(text)) return pathProblem(text);
    for (const [, inner = ''] of text.matchAll(TEMPLATE)) {
      const path = inner.trim();
      const why = isPath(path) ? pathProblem(path) : `{{ ${path} }} is no path. Write {{ $.alert.title }}`;
      if (why !== undefined) return why;
    }
    return undefined;
  }),
);

const Pattern = z.string().check(z.minLength(1), z.maxLength(MAX_PATTERN_CHARS), because(patternProblem));

const Words = z
  .record(z.string().check(z.maxLength(256)), z.string().check(z.maxLength(256)))
  .check(z.refine((words) => Object.keys(words).length <= MOST_WORDS, `at most ${MOST_WORDS} words`));

const Refined = z.strictObject({
  /** The first of these that finds something wins. */
  from: z.union([Text, z.array(Text).check(z.minLength(1), z.maxLength(8))]),
  /** A regular expression (RE2), of which the first group is taken, or all where it has none. */
  extract: z.optional(Pattern),
  /** Other words for what was found, capitals ignored; `*` is the word for all others. */
  lookup: z.optional(Words),
  /** Where nothing was found. */
  otherwise: z.optional(z.string().check(z.maxLength(MAX_TEXT_CHARS))),
});

/** A path such as `$.alert.title`, a text such as `{{ $.host }} is down`, or one of these with what to do with it. */
export const Expression = z.union([Text, Refined]).register(z.globalRegistry, { id: 'MappingExpression' });
export type Expression = z.infer<typeof Expression>;
export type Refined = z.infer<typeof Refined>;

const Comparison = z.strictObject({
  value: Expression,
  /** It is one of these, capitals ignored. */
  is: z.optional(
    z.union([
      z.string().check(z.maxLength(256)),
      z.array(z.string().check(z.maxLength(256))).check(z.minLength(1), z.maxLength(MOST_WORDS)),
    ]),
  ),
  /** The regular expression (RE2) finds something in it. */
  matches: z.optional(Pattern),
  /** There is a value that is not empty. */
  exists: z.optional(z.boolean()),
});
export type Comparison = z.infer<typeof Comparison>;

export type Condition =
  | Comparison
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition };

/** Conditions may contain conditions, so many levels deep. */
const conditionOf = (depth: number): z.ZodMiniType<Condition> => {
  if (depth === 0) return Comparison as z.ZodMiniType<Condition>;
  const inner = conditionOf(depth - 1);
  const several = z.array(inner).check(z.minLength(1), z.maxLength(MOST_CONDITIONS));
  return z
    .union([
      Comparison,
      z.strictObject({ all: several }),
      z.strictObject({ any: several }),
      z.strictObject({ not: inner }),
    ])
    .register(z.globalRegistry, {
      id: depth === MAX_DEPTH ? 'MappingCondition' : 'MappingInnerCondition',
    }) as z.ZodMiniType<Condition>;
};

export const Condition = conditionOf(MAX_DEPTH);

const fields = z
  .record(LabelName, Expression)
  .check(z.refine((each) => Object.keys(each).length <= MOST_FIELDS, `at most ${MOST_FIELDS} fields`));

export const Mapping = z
  .strictObject({
    /** Where the events of a message are, which may be a list; the message itself where it is absent. */
    events: z.optional(Path),
    /** The first of these that holds decides. An event for which none holds triggers, unless `trigger` says when it does. */
    ignore: z.optional(Condition),
    resolve: z.optional(Condition),
    acknowledge: z.optional(Condition),
    trigger: z.optional(Condition),
    /** The deduplication key: the same for all events of one problem. */
    key: Expression,
    title: Expression,
    /**
     * An instant or a whole number that grows with each change of one problem. An event whose order is not above the latest that was
     * heard of its key changes nothing, so late and repeated messages do no harm.
     */
    order: z.optional(Expression),
    description: z.optional(Expression),
    severity: z.optional(Expression),
    service: z.optional(Expression),
    team: z.optional(Expression),
    labels: z.optional(fields),
    annotations: z.optional(fields),
    /** Objects of which each entry becomes a label or an annotation; those that are named above go before. */
    labelsFrom: z.optional(Path),
    annotationsFrom: z.optional(Path),
  })
  .register(z.globalRegistry, { id: 'Mapping' });
export type Mapping = z.infer<typeof Mapping>;
