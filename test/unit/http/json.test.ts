import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJson, parseStrictJson } from '../../../shared/http/json.ts';
import { Problem } from '../../../shared/kernel/errors.ts';
import { runs } from '../../support/runs.ts';

const refusalOf = (text: string): string => {
  try {
    parseStrictJson(text);
    return 'accepted';
  } catch (error) {
    return error instanceof Problem ? error.code : `threw ${String(error)}`;
  }
};

test.each([
  ['{"a":1,"a":2}', 'body.duplicate_key'],
  ['{"a":1,"\\u0061":2}', 'body.duplicate_key'],
  ['[{"b":{"a":1,"c":[],"a":2}}]', 'body.duplicate_key'],
  ['{"__proto__":{}}', 'body.key_refused'],
  ['{"\\u005f_proto__":{}}', 'body.key_refused'],
  ['['.repeat(33) + ']'.repeat(33), 'body.too_deep'],
  ['"\ud800"', 'body.malformed'],
  ['{"a":["\\ud83d"]}', 'body.malformed'],
  ['"\\udd25\\uD83D"', 'body.malformed'],
  ['{"a":1,}', 'body.malformed'],
  ['', 'body.malformed'],
])('%j is refused as %s', (text, code) => {
  expect(refusalOf(text)).toBe(code);
});

test.each([
  '{"a":{"a":1},"b":[{"a":1},{"a":2}]}',
  '["a","a","__proto__"]',
  '["\\ud83d\\udd25", "\\\\ud83d"]',
  '{"a":"{\\"a\\":1,\\"a\\":2}"}',
  '['.repeat(32) + ']'.repeat(32),
])('%s is accepted: nothing in it can be read in two ways', (text) => {
  expect(parseStrictJson(text)).toEqual(JSON.parse(text));
});

test('any text gives the result of JSON.parse, or a refusal with a code', () => {
  const texts = fc.oneof(
    fc.json(),
    fc.string({ unit: 'binary' }),
    fc
      .array(fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '\\', 'a', '1', ' '), { maxLength: 30 })
      .map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      let value: unknown;
      try {
        value = parseStrictJson(text);
      } catch (error) {
        expect(error).toBeInstanceOf(Problem);
        return;
      }
      expect(value).toEqual(JSON.parse(text));
    }),
    { numRuns: runs(2000) },
  );
});

test('a surface that must take what others send gets half a character as one that stands for it', () => {
  expect(parseJson('{"title":"\\ud83d full","labels":{"a":["\\udd25"]},"n":1}')).toEqual({
    title: '\uFFFD full',
    labels: { a: ['\uFFFD'] },
    n: 1,
  });
});
