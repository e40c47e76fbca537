import { patternProblem, type Matcher } from './matcher.ts';

/*
 * Matchers as text, such as `node=~"db.*"` or `"service.name"="shop"`. As Alertmanager does since version 0.27
 * (matcher/compat/parse.go), a text is read with the UTF-8 grammar and with the classic one. The classic one decides where
 * both take it and mean different things. Both read in one pass: no text costs more than its length.
 */

export const MAX_MATCHER_CHARS = 8192;

type Read = { readonly matcher: Matcher } | { readonly problem: string };

/** The matcher that a text says, or why it says none. */
export const matcherIn = (text: string): Read => {
  if (text.length > MAX_MATCHER_CHARS) return { problem: `it is longer than ${MAX_MATCHER_CHARS} characters` };
  if (text.startsWith('{') || text.endsWith('}')) return { problem: `unexpected open or close brace: ${text}` };
  const classic = valid(classicMatcher(text));
  const modern = valid(utf8Matcher(text));
  return 'problem' in classic && 'matcher' in modern ? modern : classic;
};

const valid = (read: Read): Read => {
  const problem = 'matcher' in read ? patternProblem(read.matcher) : undefined;
  return problem === undefined ? read : { problem };
};

/** As Alertmanager prints a matcher: quoted the Go way where the name needs quotes, else the value as OpenMetrics has it. */
export const matcherText = ({ name, value, isRegex, isEqual }: Matcher): string => {
  const operator = isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!=';
  if (name === '' || [...name].some(isReserved)) return `${goQuoted(name)}${operator}${goQuoted(value)}`;
  return `${name}${operator}"${value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')}"`;
};

const matcherOf = (name: string, operator: string, value: string): Read => ({
  matcher: { name, value, isRegex: operator.endsWith('~'), isEqual: !operator.startsWith('!') },
});

/* The UTF-8 grammar: matcher/parse of Alertmanager. */

const SPACE = /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/;
const isSpace = (char: string): boolean => SPACE.test(char);
const isReserved = (char: string): boolean => isSpace(char) || '{}!=~,\\"\'`'.includes(char);

interface Token {
  readonly kind: 'operator' | 'text' | '{' | '}' | ',';
  readonly value: string;
}

const utf8Matcher = (text: string): Read => {
  const tokens = tokensIn(text);
  if (!tokens) return { problem: `bad matcher format: ${text}` };
  const isBraced = tokens[0]?.kind === '{';
  if (isBraced && tokens.at(-1)?.kind !== '}') return { problem: `bad matcher format: ${text}` };
  const inner = isBraced ? tokens.slice(1, -1) : tokens;
  const [name, operator, value, comma, ...more] = inner;
  if (name?.kind !== 'text' || operator?.kind !== 'operator' || value?.kind !== 'text')
    return { problem: `bad matcher format: ${text}` };
  if ((comma && comma.kind !== ',') || more.length > 0) return { problem: `expected 1 matcher: ${text}` };
  return matcherOf(name.value, operator.value, value.value);
};

const tokensIn = (text: string): readonly Token[] | undefined => {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length;) {
    const char = text.charAt(at);
    if (isSpace(char)) at++;
    else if (char === '{' || char === '}' || char === ',') {
      tokens.push({ kind: char, value: char });
      at++;
    } else if (char === '=' || char === '!') {
      const next = text.charAt(at + 1);
      const value = next === '~' || (char === '!' && next === '=') ? char + next : char;
      if (value === '!') return undefined;
      tokens.push({ kind: 'operator', value });
      at += value.length;
    } else if (char === '"') {
      const end = closingQuote(text, at);
      const value = end === undefined ? undefined : goUnquoted(text.slice(at + 1, end));
      if (end === undefined || value === undefined) return undefined;
      tokens.push({ kind: 'text', value });
      at = end + 1;
    } else if (isReserved(char)) return undefined;
    else {
      const from = at;
      while (at < text.length && !isReserved(text.charAt(at))) at++;
      tokens.push({ kind: 'text', value: text.slice(from, at) });
    }
  }
  return tokens;
};

const closingQuote = (text: string, opening: number): number | undefined => {
  for (let at = opening + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return undefined;
};

/* Strings of Go in double quotes: strconv.Unquote and strconv.Quote. */

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
  ['"', '"'],
]);

/** How many digits follow, and their base. */
const NUMERIC: Readonly<Record<string, readonly [digits: number, base: 8 | 16]>> = {
  x: [2, 16],
  u: [4, 16],
  U: [8, 16],
};

/** What stands between the quotes; undefined where Go does not take it. `\x` and octal escapes are bytes of UTF-8. */
const goUnquoted = (body: string): string | undefined => {
  const bytes: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const escape = body.indexOf('\\', at);
    const plain = body.slice(at, escape === -1 ? undefined : escape);
    if (plain.includes('\n')) return undefined;
    bytes.push(Buffer.from(plain));
    if (escape === -1) break;
    const letter = body.charAt(escape + 1);
    const simple = ESCAPES.get(letter);
    if (simple !== undefined) {
      bytes.push(Buffer.from(simple));
      at = escape + 2;
      continue;
    }
    const isOctal = letter >= '0' && letter <= '7';
    const [digits, base] = isOctal ? ([3, 8] as const) : (NUMERIC[letter] ?? [0, 16]);
    const from = escape + (isOctal ? 1 : 2);
    const number = body.slice(from, from + digits);
    if (digits === 0 || number.length < digits || !(base === 8 ? /^[0-7]+$/ : /^[0-9a-f]+$/i).test(number))
      return undefined;
    const value = Number.parseInt(number, base);
    if (digits <= 3) {
      if (value > 0xff) return undefined;
      bytes.push(Buffer.of(value));
    } else {
      if (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return undefined;
      bytes.push(Buffer.from(String.fromCodePoint(value)));
    }
    at = from + digits;
  }
  const whole = Buffer.concat(bytes);
  const text = whole.toString('utf8');
  return Buffer.from(text).equals(whole) ? text : undefined;
};

const QUOTED: ReadonlyMap<string, string> = new Map([...ESCAPES].map(([letter, char]) => [char, `\\${letter}`]));
/** What Go's strconv.IsPrint takes, near enough: what it does not print comes back from its escape all the same. */
const PRINTED = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

const goQuoted = (text: string): string =>
  `"${[...text].map((char) => QUOTED.get(char) ?? (PRINTED.test(char) ? char : escaped(char))).join('')}"`;

const escaped = (char: string): string => {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
};

/* The classic grammar: pkg/labels of Alertmanager. */

const CLASSIC = /^([a-zA-Z_:][a-zA-Z0-9_:]*)[\t\n\f\r ]*(=~|!=|!~|=)/;
const CLASSIC_SPACE = '\t\n\f\r ';

const classicMatcher = (text: string): Read => {
  const trimmed = trim(text);
  const [whole = '', name, operator] = CLASSIC.exec(trimmed) ?? [];
  if (name === undefined || operator === undefined) return { problem: `bad matcher format: ${text}` };
  const value = classicValue(trim(trimmed.slice(whole.length)));
  return value === undefined
    ? { problem: `matcher value contains unescaped double quote: ${text}` }
    : matcherOf(name, operator, value);
};

const trim = (text: string): string => {
  let [from, to] = [0, text.length];
  while (from < to && CLASSIC_SPACE.includes(text.charAt(from))) from++;
  while (to > from && CLASSIC_SPACE.includes(text.charAt(to - 1))) to--;
  return text.slice(from, to);
};

const classicValue = (given: string): string | undefined => {
  const isQuoted = given.startsWith('"');
  const raw = isQuoted ? given.slice(1) : given;
  let isClosed = !isQuoted;
  let value = '';
  for (let at = 0; at < raw.length; at++) {
    const char = raw.charAt(at);
    if (char === '\\' && at < raw.length - 1) {
      const next = raw.charAt(++at);
      value += next === 'n' ? '\n' : next === '"' || next === '\\' ? next : `\\${next}`;
    } else if (char === '"') {
      if (isClosed || at < raw.length - 1) return undefined;
      isClosed = true;
    } else value += char;
  }
  return isClosed ? value : undefined;
};
