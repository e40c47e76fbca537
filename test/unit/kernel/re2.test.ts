import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PatternError, re2 } from '../../../shared/kernel/re2.ts';

const SIZE = 2000;

describe('a pattern', () => {
  it.each([
    ['db.*', 'db1', true],
    ['db.*', 'mydb1', false],
    ['(?i)prod', 'PrOd', true],
    ['(?i)[^p].*', 'PROD', false],
    ['(?i)[^p].*', 'staging', true],
    ['(?i)[^a-m]+', 'ABC', false],
    ['(?i:p)rod', 'Prod', true],
    ['(?i:p)rod', 'PROD', false],
    ['(?i)straße', 'STRAßE', true],
    ['(?i)k', '\u212a', true],
    ['a.c', 'a\nc', false],
    ['(?s)a.c', 'a\nc', true],
    ['a|b|', '', true],
    ['', '', true],
    ['^a$', 'a', true],
    ['(?m)^a$', 'a\nb', false],
    ['(?:a|ab)(?:c|bcd)', 'abcd', true],
    ['(?P<x>a)b', 'ab', true],
    ['[[:alpha:]]+', 'abc', true],
    ['\\pL+', 'größe', true],
    ['\\p{Greek}', 'λ', true],
    ['\\bdb\\b', 'db', true],
    ['\\Qa.b\\E', 'a.b', true],
    ['🔔+', '🔔🔔', true],
    ['\\x41\\x{1F514}', 'A🔔', true],
    ['a{,3}', 'a{,3}', true],
  ])('%j on the whole of %j: %j, as Go answers', (source, text, expected) => {
    expect(re2(source, SIZE).matches(text)).toBe(expected);
  });

  it.each(['(', ')', 'a)|(b', '[', '[b-a]', '*a', 'a**', '\\', '\\1', '\\C', '(?=a)', '(?<=a)b', 'x{3,2}', 'x{1001}'])(
    '%j is refused, with the reason that Go gives',
    (source) => {
      expect(() => re2(source, SIZE)).toThrow(/^error parsing regexp: /);
    },
  );

  it.each([
    ['longer than what a pattern may have', 'a'.repeat(4097)],
    ['more instructions than the caller allows', 'a{1000}b{1000}c{1000}'],
    ['repetitions within repetitions', '(?:(?:a{10}){10}){10}'.repeat(100)],
    ['repetitions beside each other', '[a-z]{1000}'.repeat(370)],
  ])('%s is refused before it costs anything', (_, source) => {
    const begun = performance.now();
    expect(() => re2(source, SIZE)).toThrow(PatternError);
    expect(performance.now() - begun).toBeLessThan(500);
  });

  it('answers as Go answers, in a thousand cases', () => {
    const file = new URL('../../fixtures/alertmanager-0.35/regular-expressions.jsonl', import.meta.url);
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    expect(lines.length).toBeGreaterThan(500);
    for (const line of lines) {
      const { pattern, text, matches } = JSON.parse(line) as { pattern: string; text: string; matches: boolean | null };
      if (matches === null) expect(() => re2(pattern, SIZE), line).toThrow(PatternError);
      else expect(re2(pattern, SIZE).matches(text), line).toBe(matches);
    }
  });

  it('matches as the engine of JavaScript does, for any pattern that means the same to both', () => {
    const leaf = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\w', '\\d', '\\b', '(?:a|b)', '^', '$', '');
    const times = fc.constantFrom('', '*', '+', '?', '{1,2}', '{2}', '*?', '+?');
    const source = fc
      .array(fc.tuple(leaf, times), { maxLength: 6 })
      .map((parts) => parts.map(([each, many]) => (/^(|\^|\$|\\b)$/.test(each) ? each : each + many)).join(''))
      .chain((one) => fc.constantFrom(one, `(${one}|b)`, `(?:${one})*`, `${one}|ab`));
    fc.assert(
      fc.property(
        source,
        fc.boolean(),
        fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'B', '1', ' ', '\n'), maxLength: 8 }),
        (each, ignoresCase, text) => {
          const ours = re2(ignoresCase ? `(?i)${each}` : each, SIZE);
          const flags = ignoresCase ? 'i' : '';
          expect(ours.matches(text)).toBe(new RegExp(`^(?:${each})$`, flags).test(text));
          expect(ours.isIn(text)).toBe(new RegExp(each, flags).test(text));
        },
      ),
      { numRuns: 800 },
    );
  });

  it.each(['(a+)+b', '(a|a)*(a|aa)*b', '(a?){100}(a?){100}(a?){100}b', '(.*)(.*)(.*)(.*)x', '(?:a?a?a?a?a?){19}[^a]'])(
    '%j takes no time that explodes',
    (source) => {
      const begun = performance.now();
      expect(re2(source, SIZE).matches(`${'a'.repeat(1023)}c`)).toBe(false);
      expect(performance.now() - begun).toBeLessThan(1_500);
    },
  );
});
