import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matcherIn, matcherText, MAX_MATCHER_CHARS } from '../../../functions/alerts/silences/matcher-text.ts';
import type { Matcher } from '../../../functions/alerts/silences/matcher.ts';

const matcher = (name: string, operator: '=' | '!=' | '=~' | '!~', value: string): Matcher => ({
  name,
  value,
  isRegex: operator.endsWith('~'),
  isEqual: !operator.startsWith('!'),
});

describe('a matcher as text', () => {
  it.each([
    ['foo=bar', matcher('foo', '=', 'bar')],
    [' foo = bar ', matcher('foo', '=', 'bar')],
    ['foo!="bar"', matcher('foo', '!=', 'bar')],
    ['foo=~"b.*"', matcher('foo', '=~', 'b.*')],
    ['foo!~b.*', matcher('foo', '!~', 'b.*')],
    ['foo=', matcher('foo', '=', '')],
    ['foo=bar baz', matcher('foo', '=', 'bar baz')],
    ['foo=bar,', matcher('foo', '=', 'bar,')],
    ['foo=a=b', matcher('foo', '=', 'a=b')],
    ['foo="a\\"b\\\\c\\nd"', matcher('foo', '=', 'a"b\\c\nd')],
    ['foo="\\d+"', matcher('foo', '=', '\\d+')],
    ['foo=~\\d+', matcher('foo', '=~', '\\d+')],
    ['"service.name"="shop"', matcher('service.name', '=', 'shop')],
    ['"foo bar"=x', matcher('foo bar', '=', 'x')],
    ['service.name=shop', matcher('service.name', '=', 'shop')],
    ['äöü="x"', matcher('äöü', '=', 'x')],
    ['🔔=🔕', matcher('🔔', '=', '🔕')],
    ['"größe"!~"(?i)xl"', matcher('größe', '!~', '(?i)xl')],
    ['"\\u00fc\\x41\\303\\274"=x', matcher('üAü', '=', 'x')],
    // Both grammars take it: the classic one decides, and knows no \u.
    ['foo="\\u0041"', matcher('foo', '=', '\\u0041')],
    ['"foo"="bar",', matcher('foo', '=', 'bar')],
  ])('%j is read as Alertmanager reads it', (text, expected) => {
    expect(matcherIn(text)).toEqual({ matcher: expected });
  });

  it.each([
    '',
    'foo',
    '=bar',
    'foo bar=x',
    '{foo=bar}',
    'foo=bar}',
    'foo="bar',
    'foo=bar"',
    'foo="a"b"',
    '"foo=bar',
    'foo=~"("',
    'foo!bar',
    '"foo"="\\q"',
    '"\\ud800"=x',
    '"\\xff"=x',
    '"a"=b,"c"=d',
    `foo=${'a'.repeat(MAX_MATCHER_CHARS)}`,
  ])('%j is refused', (text) => {
    expect(matcherIn(text)).toEqual({ problem: expect.any(String) });
  });

  it('is read and printed as Alertmanager 0.35 reads and prints it, in a thousand texts', () => {
    const file = new URL('../../fixtures/alertmanager-0.35/matchers.jsonl', import.meta.url);
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    expect(lines.length).toBeGreaterThan(500);
    for (const line of lines) {
      const theirs = JSON.parse(line) as { text: string; matcher: Matcher | null; printed?: string };
      const ours = matcherIn(theirs.text);
      expect('matcher' in ours ? ours.matcher : null, line).toEqual(theirs.matcher);
      if ('matcher' in ours) expect(matcherText(ours.matcher), line).toBe(theirs.printed);
    }
  });

  it('prints as Alertmanager prints it', () => {
    expect(matcherText(matcher('foo', '=~', 'a"b\\c\n'))).toBe('foo=~"a\\"b\\\\c\\n"');
    expect(matcherText(matcher('service.name', '=', 'shop'))).toBe('service.name="shop"');
    expect(matcherText(matcher('foo bar', '!=', 'ü\t\u0001\u00a0🔔'))).toBe('"foo bar"!="ü\\t\\x01\\u00a0🔔"');
  });

  it('reads what it prints', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
      fc.string({
        unit: fc.constantFrom('"', '\\', '=', '~', '!', ',', '{', '}', "'", '`', ' ', '\n', 'n', 'u', 'x', '0'),
      }),
    );
    fc.assert(
      fc.property(
        text.filter((name) => name !== ''),
        text,
        fc.boolean(),
        (name, value, isEqual) => {
          const one: Matcher = { name, value, isRegex: false, isEqual };
          expect(matcherIn(matcherText(one))).toEqual({ matcher: one });
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([
    ['blanks before a quote', `a=${' '.repeat(8000)}"`],
    ['blanks alone', ' '.repeat(8000)],
    ['plus signs, which a query reads as blanks', `a=${'+'.repeat(8000)}"`],
    ['backslashes', `a="${'\\'.repeat(8001)}`],
    ['quotes', `a=${'"'.repeat(8000)}`],
    ['names', `${'a'.repeat(8000)}"`],
    ['commas', `a="b"${','.repeat(8000)}`],
    ['operators', '='.repeat(8000)],
    ['escapes', `"${'\\x41'.repeat(2000)}"="${'\\u'.repeat(10)}`],
  ])('takes time in proportion to its length: %s', (_, text) => {
    const begun = performance.now();
    matcherIn(text);
    expect(performance.now() - begun).toBeLessThan(250);
  });
});
