import { invalid } from '../kernel/errors.ts';

const MAX_DEPTH = 32;

/**
 * Parses JSON from outside more strictly than RFC 8259 demands. It refuses duplicate keys, a key `__proto__`, nesting deeper than
 * 32 levels and unpaired surrogates, because two readers could understand them differently. Throws `body.malformed`,
 * `body.duplicate_key`, `body.key_refused` or `body.too_deep`.
 */
export const parseStrictJson = (text: string): unknown => {
  const value = parsed(text, refusing);
  if (!text.isWellFormed()) throw malformed(UNPAIRED);
  checkKeys(text);
  return value;
};

/** Parses JSON. An unpaired surrogate becomes U+FFFD, because no table stores it. Throws `body.malformed`. */
export const parseJson = (text: string): unknown => parsed(text, mending);

const UNPAIRED = 'contains an unpaired surrogate';

type Reviver = (key: string, value: unknown) => unknown;
const mending: Reviver = (_key, value) => (typeof value === 'string' ? value.toWellFormed() : value);
const refusing: Reviver = (_key, value) => {
  if (typeof value === 'string' && !value.isWellFormed()) throw new Error(UNPAIRED);
  return value;
};

/** Values are checked one by one only where the text has the escape of a surrogate. */
const SURROGATE = /\\u[dD][89a-fA-F]/;

const parsed = (text: string, reviver: Reviver): unknown => {
  try {
    return JSON.parse(text, SURROGATE.test(text) ? reviver : undefined);
  } catch (error) {
    throw malformed(error instanceof Error ? error.message.replace(/"[^"]*"\.\.\.|\.\.\.".*?"/gs, '…') : 'not JSON');
  }
};

const malformed = (why: string) => invalid('body.malformed', `The body is not JSON: ${why}`);

/** Checks the keys of a text that is valid JSON. */
const checkKeys = (text: string): void => {
  const open: (Set<string> | undefined)[] = [];
  let expectsKey = false;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x7b /* { */:
      case 0x5b /* [ */: {
        const isObject = text.charCodeAt(i) === 0x7b;
        open.push(isObject ? new Set() : undefined);
        if (open.length > MAX_DEPTH) {
          throw invalid('body.too_deep', `The body nests deeper than ${MAX_DEPTH} levels. Flatten it.`);
        }
        expectsKey = isObject;
        break;
      }
      case 0x7d /* } */:
      case 0x5d /* ] */:
        open.pop();
        expectsKey = false;
        break;
      case 0x2c /* , */:
        expectsKey = open.at(-1) !== undefined;
        break;
      case 0x22 /* " */: {
        const start = i;
        for (i++; text.charCodeAt(i) !== 0x22; i++) if (text.charCodeAt(i) === 0x5c /* \ */) i++;
        if (expectsKey) {
          checkKey(JSON.parse(text.slice(start, i + 1)) as string, open.at(-1));
          expectsKey = false;
        }
        break;
      }
    }
  }
};

const checkKey = (key: string, seen: Set<string> | undefined): void => {
  if (key === '__proto__') throw invalid('body.key_refused', 'The body has a key "__proto__". Leave it out.');
  if (seen?.has(key)) {
    throw invalid(
      'body.duplicate_key',
      `The body has the key ${JSON.stringify(key.slice(0, 100))} twice in one object. Send it once.`,
    );
  }
  seen?.add(key);
};
