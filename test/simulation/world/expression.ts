import { isDeepStrictEqual } from 'node:util';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/*
 * DynamoDB's expression language, as far as documents without sets go: conditions, key conditions, filters and updates.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html
 */

export type WireItem = Readonly<Record<string, AttributeValue>>;

/** What `#name` and `:value` stand for in one request. */
export interface Placeholders {
  readonly names: Readonly<Record<string, string>>;
  readonly values: WireItem;
}

/** What DynamoDB answers to a request that it cannot understand. */
export class ValidationError extends Error {
  override readonly name = 'ValidationException';
}

type Path = readonly (string | number)[];
type Operand = (item: WireItem, given: Placeholders) => AttributeValue | undefined;
type Test = (item: WireItem, given: Placeholders) => boolean;
type Change = (before: WireItem, after: Record<string, AttributeValue>, given: Placeholders) => void;

const TOKENS = /\s*(:[A-Za-z0-9_]+|#?[A-Za-z_][A-Za-z0-9_]*|\d+|<>|<=|>=|[=<>(),.[\]+-])/y;

const tokensOf = (expression: string): string[] => {
  const tokens: string[] = [];
  TOKENS.lastIndex = 0;
  while (TOKENS.lastIndex < expression.trimEnd().length) {
    const at = TOKENS.lastIndex;
    const found = TOKENS.exec(expression)?.[1];
    if (found === undefined) throw new ValidationError(`Syntax error in "${expression}" at ${at}`);
    tokens.push(found);
  }
  return tokens;
};

const reader = (expression: string) => {
  const tokens = tokensOf(expression);
  let at = 0;
  const peek = (ahead = 0): string => tokens[at + ahead] ?? '';
  const take = (): string => tokens[at++] ?? '';
  const is = (word: string, ahead = 0): boolean => peek(ahead).toUpperCase() === word;
  const takeIf = (word: string): boolean => is(word) && take() !== '';
  const expect = (word: string): void => {
    if (!takeIf(word)) throw new ValidationError(`Expected ${word} before "${peek()}" in "${expression}"`);
  };
  return { peek, take, is, takeIf, expect, done: () => at >= tokens.length };
};
type Reader = ReturnType<typeof reader>;

const pathIn = (read: Reader): ((given: Placeholders) => Path) => {
  const parts: string[] = [read.take()];
  for (;;) {
    if (read.takeIf('.')) parts.push(read.take());
    else if (read.takeIf('[')) {
      parts.push(`[${read.take()}`);
      read.expect(']');
    } else break;
  }
  return ({ names }) =>
    parts.map((part) => {
      if (part.startsWith('[')) return Number(part.slice(1));
      if (!part.startsWith('#')) return part;
      const name = names[part];
      if (name === undefined) throw new ValidationError(`An expression attribute name is not defined: ${part}`);
      return name;
    });
};

const valueAt = (item: WireItem, path: Path): AttributeValue | undefined => {
  let value: AttributeValue | undefined = { M: item as Record<string, AttributeValue> };
  for (const step of path) value = typeof step === 'number' ? value?.L?.[step] : value?.M?.[step];
  return value;
};

const operandIn = (read: Reader): Operand => {
  if (read.is('SIZE') && read.peek(1) === '(') {
    read.take();
    read.expect('(');
    const of = operandIn(read);
    read.expect(')');
    return (item, given) => sizeOf(of(item, given));
  }
  if (read.peek().startsWith(':')) {
    const name = read.take();
    return (_item, { values }) => {
      if (!values[name]) throw new ValidationError(`An expression attribute value is not defined: ${name}`);
      return values[name];
    };
  }
  const path = pathIn(read);
  return (item, given) => valueAt(item, path(given));
};

const sizeOf = (value: AttributeValue | undefined): AttributeValue | undefined => {
  const size =
    value?.S !== undefined ? Buffer.byteLength(value.S) : (value?.B?.length ?? value?.L?.length ?? keysOf(value?.M));
  return size === undefined ? undefined : { N: String(size) };
};
const keysOf = (map: object | undefined): number | undefined => map && Object.keys(map).length;

/** Order of two values of one type that has an order; undefined where there is none between them. */
export const compare = (a: AttributeValue | undefined, b: AttributeValue | undefined): number | undefined => {
  if (a?.S !== undefined && b?.S !== undefined) return a.S === b.S ? 0 : a.S < b.S ? -1 : 1;
  if (a?.N !== undefined && b?.N !== undefined) return Math.sign(Number(a.N) - Number(b.N));
  if (a?.B !== undefined && b?.B !== undefined) return Buffer.compare(a.B, b.B);
  return undefined;
};

const equal = (a: AttributeValue | undefined, b: AttributeValue | undefined): boolean =>
  a !== undefined && b !== undefined && (compare(a, b) === 0 || isDeepStrictEqual(a, b));

const COMPARATORS: Readonly<Record<string, (a: AttributeValue | undefined, b: AttributeValue | undefined) => boolean>> =
  {
    '=': equal,
    '<>': (a, b) => !equal(a, b),
    '<': (a, b) => (compare(a, b) ?? 1) < 0,
    '<=': (a, b) => (compare(a, b) ?? 1) <= 0,
    '>': (a, b) => (compare(a, b) ?? -1) > 0,
    '>=': (a, b) => (compare(a, b) ?? -1) >= 0,
  };

const FUNCTIONS: Readonly<
  Record<string, (of: AttributeValue | undefined, other: AttributeValue | undefined) => boolean>
> = {
  ATTRIBUTE_EXISTS: (of) => of !== undefined,
  ATTRIBUTE_NOT_EXISTS: (of) => of === undefined,
  BEGINS_WITH: (of, prefix) => of?.S !== undefined && prefix?.S !== undefined && of.S.startsWith(prefix.S),
  CONTAINS: (of, part) =>
    (of?.S !== undefined && part?.S !== undefined && of.S.includes(part.S)) ||
    (of?.L?.some((each) => equal(each, part)) ?? false),
};

const anyOf = (read: Reader): Test => {
  const sides = [allOf(read)];
  while (read.takeIf('OR')) sides.push(allOf(read));
  return sides.length === 1 && sides[0] ? sides[0] : (item, given) => sides.some((side) => side(item, given));
};

const allOf = (read: Reader): Test => {
  const sides = [oneOf(read)];
  while (read.takeIf('AND')) sides.push(oneOf(read));
  return sides.length === 1 && sides[0] ? sides[0] : (item, given) => sides.every((side) => side(item, given));
};

const oneOf = (read: Reader): Test => {
  if (read.takeIf('NOT')) {
    const inner = oneOf(read);
    return (item, given) => !inner(item, given);
  }
  if (read.takeIf('(')) {
    const inner = anyOf(read);
    read.expect(')');
    return inner;
  }
  const fn = read.peek(1) === '(' ? FUNCTIONS[read.peek().toUpperCase()] : undefined;
  if (fn) {
    read.take();
    read.expect('(');
    const of = operandIn(read);
    const other = read.takeIf(',') ? operandIn(read) : undefined;
    read.expect(')');
    return (item, given) => fn(of(item, given), other?.(item, given));
  }
  const left = operandIn(read);
  if (read.takeIf('BETWEEN')) {
    const low = operandIn(read);
    read.expect('AND');
    const high = operandIn(read);
    return (item, given) => {
      const value = left(item, given);
      return (compare(value, low(item, given)) ?? -1) >= 0 && (compare(value, high(item, given)) ?? 1) <= 0;
    };
  }
  if (read.takeIf('IN')) {
    read.expect('(');
    const among = [operandIn(read)];
    while (read.takeIf(',')) among.push(operandIn(read));
    read.expect(')');
    return (item, given) => among.some((each) => equal(left(item, given), each(item, given)));
  }
  const comparator = COMPARATORS[read.take()];
  if (!comparator) throw new ValidationError('Expected a comparison');
  const right = operandIn(read);
  return (item, given) => comparator(left(item, given), right(item, given));
};

const whole = <T>(expression: string, parse: (read: Reader) => T): T => {
  const read = reader(expression);
  const parsed = parse(read);
  if (!read.done()) throw new ValidationError(`Unexpected "${read.peek()}" in "${expression}"`);
  return parsed;
};

const MOST_REMEMBERED = 500;

const remembered = <T>(parse: (expression: string) => T): ((expression: string) => T) => {
  const known = new Map<string, T>();
  return (expression) => {
    const found = known.get(expression);
    if (found !== undefined) return found;
    // Some name an attribute after a producer: over many runs there is no end of them.
    if (known.size >= MOST_REMEMBERED) known.clear();
    const made = parse(expression);
    known.set(expression, made);
    return made;
  };
};

/** Reads a condition once; the same text again costs nothing. */
export const condition: (expression: string) => Test = remembered((expression) => whole(expression, anyOf));

const write = (item: Record<string, AttributeValue>, path: Path, value: AttributeValue | undefined): void => {
  const [name, ...rest] = path;
  if (rest.length === 0) {
    if (value === undefined) Reflect.deleteProperty(item, String(name));
    else item[String(name)] = value;
    return;
  }
  const inner = item[String(name)]?.M;
  if (!inner) throw new ValidationError('The document path provided in the update expression is invalid for update');
  const copy = { ...inner };
  write(copy, rest, value);
  item[String(name)] = { M: copy };
};

const termIn = (read: Reader): Operand => {
  if (read.is('IF_NOT_EXISTS')) {
    read.take();
    read.expect('(');
    const there = operandIn(read);
    read.expect(',');
    const otherwise = termIn(read);
    read.expect(')');
    return (item, given) => there(item, given) ?? otherwise(item, given);
  }
  if (read.is('LIST_APPEND')) {
    read.take();
    read.expect('(');
    const first = termIn(read);
    read.expect(',');
    const second = termIn(read);
    read.expect(')');
    return (item, given) => ({ L: [...(first(item, given)?.L ?? []), ...(second(item, given)?.L ?? [])] });
  }
  return operandIn(read);
};

const numberOf = (value: AttributeValue | undefined): number => {
  if (value?.N === undefined)
    throw new ValidationError('An operand in the update expression has an incorrect data type');
  return Number(value.N);
};

const setIn = (read: Reader): Change => {
  const path = pathIn(read);
  read.expect('=');
  const first = termIn(read);
  const sign = read.takeIf('+') ? 1 : read.takeIf('-') ? -1 : 0;
  const second = sign === 0 ? undefined : termIn(read);
  return (before, after, given) => {
    const value = second
      ? { N: String(numberOf(first(before, given)) + sign * numberOf(second(before, given))) }
      : first(before, given);
    if (!value) throw new ValidationError('The provided expression refers to an attribute that does not exist');
    write(after, path(given), value);
  };
};

const removeIn = (read: Reader): Change => {
  const path = pathIn(read);
  return (_before, after, given) => write(after, path(given), undefined);
};

const addIn = (read: Reader): Change => {
  const path = pathIn(read);
  const by = operandIn(read);
  return (before, after, given) => {
    const there = valueAt(before, path(given)) ?? { N: '0' };
    write(after, path(given), { N: String(numberOf(there) + numberOf(by(before, given))) });
  };
};

const SECTIONS: Readonly<Record<string, (read: Reader) => Change>> = { SET: setIn, REMOVE: removeIn, ADD: addIn };

const changesIn = (read: Reader): Change[] => {
  const changes: Change[] = [];
  while (!read.done()) {
    const section = SECTIONS[read.take().toUpperCase()];
    if (!section) throw new ValidationError('Expected SET, REMOVE or ADD');
    do changes.push(section(read));
    while (read.takeIf(','));
  }
  return changes;
};

const update: (expression: string) => Change[] = remembered((expression) => whole(expression, changesIn));

/** The item after an update expression; every right side is read from the item as it was before. */
export const updated = (before: WireItem, expression: string, given: Placeholders): WireItem => {
  const after = { ...before };
  for (const change of update(expression)) change(before, after, given);
  return after;
};
