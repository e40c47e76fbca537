import { invalid, type Problem } from '../../../shared/kernel/errors.ts';
import { nearest } from '../../../shared/kernel/nearest.ts';
import { FIELDS, LABEL, type FieldName } from './fields.ts';

/*
 * The query language over alerts: `status:open AND severity>=error AND service:(shop OR cart) AND created<2h`.
 *
 *   query    = term, joined by AND (or nothing) and OR; AND binds closer; NOT, or a minus, in front; parentheses
 *   term     = field operator value, or a text that is looked for in title, description, service and labels
 *   operator = :  =  !=  >  >=  <  <=
 *   value    = a word, in which * stands for any characters, or a text in quotes, or (a OR b)
 */

export type Operator = ':' | '=' | '!=' | '>' | '>=' | '<' | '<=';

export interface Value {
  readonly text: string;
  /** In quotes, where a star is a star. */
  readonly isQuoted: boolean;
}

export type Query =
  | { readonly kind: 'every' | 'some'; readonly of: readonly Query[] }
  | { readonly kind: 'not'; readonly of: Query }
  | { readonly kind: 'text'; readonly value: Value }
  | {
      readonly kind: 'term';
      readonly field: FieldName;
      /** The name of a label, where the field is one. */
      readonly label?: string;
      readonly operator: Operator;
      readonly value: Value;
    };

export const MAX_QUERY_CHARS = 1000;
const MAX_TERMS = 50;
const MAX_DEPTH = 20;

interface Token {
  readonly kind: '(' | ')' | 'operator' | 'word' | 'quoted';
  readonly text: string;
  /** Position of its first character. */
  readonly at: number;
  /** Nothing lies between it and the token before. */
  readonly isJoined: boolean;
}

const refused = (at: number, why: string): Problem =>
  invalid('query.invalid', `The query cannot be read at character ${at + 1}: ${why}`);

const LEXEME = /\s*(?:([()])|(!=|>=|<=|[:=<>])|"((?:[^"\\]|\\.)*)"|((?:[^\s()":=<>!\\]|!(?!=))+))/suy;

const tokensIn = (text: string): readonly Token[] => {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  LEXEME.lastIndex = 0;
  for (let from = 0; from < end; from = LEXEME.lastIndex) {
    LEXEME.lastIndex = from;
    const found = LEXEME.exec(text);
    if (!found) {
      const at = from + (/^\s*/.exec(text.slice(from))?.[0].length ?? 0);
      const isQuote = text.charAt(at) === '"';
      throw refused(at, isQuote ? 'the quotation mark is not closed.' : `${text.charAt(at)} must be in quotes.`);
    }
    const [lexeme, parenthesis, operator, quoted, word] = found;
    const at = from + (/^\s*/.exec(lexeme)?.[0].length ?? 0);
    const isJoined = at === from;
    if (parenthesis !== undefined) tokens.push({ kind: parenthesis as '(', text: parenthesis, at, isJoined });
    else if (operator !== undefined) tokens.push({ kind: 'operator', text: operator, at, isJoined });
    else if (quoted !== undefined)
      tokens.push({ kind: 'quoted', text: quoted.replaceAll(/\\(.)/gsu, '$1'), at, isJoined });
    else tokens.push({ kind: 'word', text: word ?? '', at, isJoined });
  }
  return tokens;
};

const isWord = (token: Token | undefined, word: 'AND' | 'OR' | 'NOT'): boolean =>
  token?.kind === 'word' && token.text.toUpperCase() === word;

/** A query as a tree. Throws `query.invalid`, with the position and what to write instead. */
export const parseQuery = (text: string): Query => {
  if (text.length > MAX_QUERY_CHARS)
    throw refused(MAX_QUERY_CHARS, `a query has at most ${MAX_QUERY_CHARS} characters.`);
  const tokens = tokensIn(text);
  let next = 0;
  let terms = 0;
  const peek = (): Token | undefined => tokens[next];
  const atEnd = text.trimEnd().length;

  const some = (depth: number): Query => joined('some', 'OR', () => every(depth));
  const every = (depth: number): Query => joined('every', 'AND', () => negated(depth));

  /** One or more parts. Between those of an `every` the word may be left out. */
  const joined = (kind: 'every' | 'some', word: 'AND' | 'OR', part: () => Query): Query => {
    const parts = [part()];
    for (;;) {
      if (isWord(peek(), word)) next++;
      else if (kind === 'some' || peek() === undefined || peek()?.kind === ')' || isWord(peek(), 'OR')) break;
      parts.push(part());
    }
    return parts.length === 1 ? (parts[0] as Query) : { kind, of: parts };
  };

  const negated = (depth: number): Query => {
    if (depth > MAX_DEPTH) throw refused(peek()?.at ?? atEnd, `a query is at most ${MAX_DEPTH} levels deep.`);
    const token = peek();
    if (isWord(token, 'NOT')) {
      next++;
      return { kind: 'not', of: negated(depth + 1) };
    }
    if (token?.kind === 'word' && token.text === '-' && tokens[next + 1]?.isJoined) {
      next++;
      return { kind: 'not', of: negated(depth + 1) };
    }
    return primary(depth);
  };

  const primary = (depth: number): Query => {
    const token = tokens[next++];
    if (!token) throw refused(atEnd, 'it ends where a term should follow, such as status:open.');
    if (token.kind === '(') {
      const inner = some(depth + 1);
      closed(token);
      return inner;
    }
    if (token.kind === ')' || token.kind === 'operator' || isWord(token, 'AND') || isWord(token, 'OR'))
      throw refused(token.at, `a term should stand before ${token.text}, such as status:open.`);
    if (++terms > MAX_TERMS) throw refused(token.at, `a query has at most ${MAX_TERMS} terms.`);
    // A minus in front of a word is a NOT.
    if (token.kind === 'word' && token.text.length > 1 && token.text.startsWith('-')) {
      return { kind: 'not', of: termFrom({ ...token, text: token.text.slice(1), at: token.at + 1 }) };
    }
    return termFrom(token);
  };

  const closed = (opening: Token): void => {
    const token = tokens[next++];
    if (token?.kind !== ')') throw refused(opening.at, 'the parenthesis is not closed.');
  };

  const termFrom = (first: Token): Query => {
    const text = { text: first.text, isQuoted: first.kind === 'quoted' };
    let name = first.text;
    // label."a name" is a word and a text without a space between them.
    const quotedName = name.toLowerCase() === LABEL && peek()?.kind === 'quoted' && peek()?.isJoined;
    if (quotedName) name += tokens[next++]?.text ?? '';
    const operator = peek();
    if (operator?.kind !== 'operator') {
      if (quotedName) throw refused(operator?.at ?? atEnd, 'an operator should follow the name of the label.');
      return { kind: 'text', value: text };
    }
    if (first.kind === 'quoted') throw refused(first.at, 'the name of a field stands without quotes.');
    next++;
    const { field, label } = fieldOf(name, first.at);
    const of = (value: Token): Query => {
      const term = {
        kind: 'term' as const,
        field,
        ...(label !== undefined && { label }),
        operator: operator.text as Operator,
        value: { text: value.text, isQuoted: value.kind === 'quoted' },
      };
      const why = FIELDS[field].problem(term.operator, term.value);
      if (why !== undefined) throw refused(value.at, why);
      return term;
    };
    return valuesAfter(operator, of);
  };

  /** The term of one value, or of one in a list. */
  const valuesAfter = (operator: Token, of: (value: Token) => Query): Query => {
    const token = tokens[next++];
    if (token?.kind === 'word') return of(timeFrom(token));
    if (token?.kind === 'quoted') return of(token);
    if (token?.kind !== '(') throw refused(token?.at ?? atEnd, `a value should follow ${operator.text}`);
    const terms = [];
    do {
      const value = tokens[next++];
      if (value?.kind !== 'word' && value?.kind !== 'quoted')
        throw refused(value?.at ?? atEnd, 'values in parentheses are joined by OR.');
      terms.push(of(value.kind === 'word' ? timeFrom(value) : value));
      if (terms.length > MAX_TERMS) throw refused(value.at, `a list has at most ${MAX_TERMS} values.`);
    } while (isWord(peek(), 'OR') && next++ > 0);
    const after = peek();
    if (after && after.kind !== ')')
      throw refused(after.at, 'values in parentheses are joined by OR, such as status:(open OR acknowledged).');
    closed(token);
    return operator.text === '!=' ? { kind: 'every', of: terms } : { kind: 'some', of: terms };
  };

  /** A value goes on over colons, as those of an instant or an address. */
  const timeFrom = (token: Token): Token => {
    let value = token;
    while (peek()?.kind === 'operator' && peek()?.isJoined) {
      const sign = tokens[next++] as Token;
      value = { ...value, text: value.text + sign.text };
      if (peek()?.kind === 'word' && peek()?.isJoined)
        value = { ...value, text: value.text + (tokens[next++]?.text ?? '') };
    }
    return value;
  };

  if (tokens.length === 0) throw refused(0, 'it is empty. Write a term, such as status:open.');
  const query = some(0);
  const rest = peek();
  if (rest) throw refused(rest.at, `${rest.text} is not expected here.`);
  return query;
};

const fieldOf = (typed: string, at: number): { readonly field: FieldName; readonly label?: string } => {
  const lower = typed.toLowerCase();
  for (const prefix of [LABEL, 'labels.', 'details.']) {
    if (!lower.startsWith(prefix)) continue;
    const label = typed.slice(prefix.length);
    if (label === '') throw refused(at, 'the name of a label should follow the point.');
    return { field: 'label', label };
  }
  const names = Object.keys(FIELDS) as FieldName[];
  const field = names.find((name) => name.toLowerCase() === lower || FIELDS[name].also.includes(lower));
  if (field !== undefined && field !== 'label') return { field };
  const known = names.filter((name) => name !== 'label');
  const meant = nearest(typed, known);
  throw refused(
    at,
    meant === undefined
      ? `there is no field ${typed}. Fields are ${known.join(', ')} and label.<name>.`
      : `there is no field ${typed}. Did you mean ${meant}?`,
  );
};
