import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_MATCHED_CHARS, matchesIn, patternProblem } from '../../../functions/health/monitors/matches.ts';

describe('a pattern in an answer', () => {
  it('matches where the engine of JavaScript finds it, in patterns that both understand', () => {
    const piece = fc.constantFrom('a', 'b', '.', 'a*', '(a|b)', '[ab]+', 'b?', '\\d', '^a', 'b$', '(ab|ba){1,2}');
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join('')),
        fc.string({ unit: fc.constantFrom('a', 'b', '1', '\n'), maxLength: 12 }),
        fc.boolean(),
        (source, text, ignoresCase) => {
          const ours = matchesIn(`${ignoresCase ? '(?i)' : ''}${source}`, text.toUpperCase());
          expect(ours).toBe(new RegExp(source, ignoresCase ? 'i' : '').test(text.toUpperCase()));
        },
      ),
    );
  });

  it('is looked for in a bounded part, in bounded time', () => {
    const text = 'a'.repeat(MAX_MATCHED_CHARS * 4);
    const begun = performance.now();
    expect(matchesIn('(a+)+b', text)).toBe(false);
    expect(performance.now() - begun).toBeLessThan(3_000);
    expect(matchesIn('end', `${text}end`)).toBe(false);
  });

  it('says what is wrong with it', () => {
    expect(patternProblem('queue: [0-9]+')).toBeUndefined();
    expect(patternProblem('(unclosed')).toEqual(expect.any(String));
    expect(patternProblem('(?=ahead)')).toEqual(expect.any(String));
  });
});
