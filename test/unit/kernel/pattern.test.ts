import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pattern, PatternError } from '../../../shared/kernel/pattern.ts';

describe('a pattern', () => {
  it.each([
    ['db.*', 'db1', true],
    ['db.*', 'mydb1', false],
    ['(web|db)-[0-9]{1,3}', 'db-12', true],
    ['(web|db)-[0-9]{1,3}', 'db-1234', false],
    ['(?i)prod', 'PrOd', true],
    ['(?i)[a-f]+', 'AbC', true],
    ['[^a-z]+', 'ABC', true],
    ['\\d+\\.\\d+', '10.5', true],
    ['\\d+\\.\\d+', '10x5', false],
    ['a.c', 'a\nc', false],
    ['(?s)a.c', 'a\nc', true],
    ['a|b|', '', true],
    ['', '', true],
    ['.+', '', false],
    ['^a$', 'a', true],
    ['(?:a|ab)(?:c|bcd)', 'abcd', true],
    ['(?P<x>a)b', 'ab', true],
    ['x{2,}', 'xxx', true],
    ['x{2}', 'xxx', false],
    ['a{', 'a{', true],
    ['[]a]+', ']a', true],
    ['[a-]+', '-a', true],
    ['🔔+', '🔔🔔', true],
    ['\\x41\\x{1F514}', 'A🔔', true],
    ['a+?b??', 'aab', true],
    ['(a*)*', 'aaa', true],
    ['(|a)+', 'aa', true],
  ])('%j on %j: %j', (source, text, expected) => {
    expect(pattern(source)(text)).toBe(expected);
  });

  it.each([
    '(',
    ')',
    'a)',
    '[',
    '[b-a]',
    '*a',
    '\\',
    '\\1',
    '\\bx',
    '\\pL',
    '(?=a)',
    '(?!a)',
    'x{3,2}',
    'x{500}',
    '[[:alpha:]]',
    '((((a{100}){100}))',
  ])('%j is refused, and it is said why', (source) => {
    expect(() => pattern(source)).toThrow(PatternError);
  });

  it('decides as the engine of JavaScript does, for any pattern of what both take', () => {
    const leaf = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\w', '\\d', '(?:a|b)', '');
    const source = fc
      .array(fc.tuple(leaf, fc.constantFrom('', '*', '+', '?', '{1,2}', '{2}')), { maxLength: 6 })
      .map((parts) => parts.map(([each, times]) => (each === '' ? '' : each + times)).join(''))
      .chain((one) => fc.constantFrom(one, `(${one}|b)`, `(?:${one})*`, `${one}|ab`));
    fc.assert(
      fc.property(source, fc.string({ unit: fc.constantFrom('a', 'b', '1', '\n'), maxLength: 8 }), (each, text) => {
        expect(pattern(each)(text)).toBe(new RegExp(`^(?:${each})$`).test(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('takes no time that explodes, where backtracking would', () => {
    const started = performance.now();
    expect(pattern('(a+)+b')('a'.repeat(1024))).toBe(false);
    expect(pattern('(a|a)*(a|a)*b')('a'.repeat(1024))).toBe(false);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
