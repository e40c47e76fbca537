import { describe, expect, it } from 'vitest';
import { fitted, outcomesOf } from '../../../shared/http/outcomes.ts';

const ids = Array.from({ length: 250 }, (_, i) => `a${i}`);

describe('an act on many', () => {
  it('begins none that would not be answered in time, and says so of each', async () => {
    let seconds = 0;
    const begun: string[] = [];
    const { items } = await outcomesOf(
      ids,
      async (id) => {
        begun.push(id);
        seconds += 0.2;
        return id;
      },
      () => seconds * 1000,
    );
    expect(begun.length).toBeLessThan(120);
    expect(items.filter(({ done }) => done !== null).map(({ id }) => id)).toEqual(begun);
    expect(items.filter(({ refused }) => refused?.code === 'bulk.unfinished')).toHaveLength(250 - begun.length);
  });

  it('refuses each that the table throttles with 503, and does the others', async () => {
    const { items } = await outcomesOf(['a', 'b', 'c'], async (id) => {
      if (id === 'b') throw Object.assign(new Error('busy'), { name: 'ThrottlingException' });
      return id;
    });
    expect(items).toMatchObject([{ done: 'a' }, { done: null, refused: { status: 503 } }, { done: 'c' }]);
  });

  it('shortens subjects only where the answer would be too large', () => {
    const of = (text: string) => ids.map((id) => ({ id, done: { text }, refused: null }));
    const shorten = () => ({ text: '' });
    expect(fitted(of('x'), shorten)[0]?.done).toEqual({ text: 'x' });
    const short = fitted(of('x'.repeat(20_000)), shorten);
    expect(short).toHaveLength(250);
    expect(short.every(({ done }) => done?.text === '')).toBe(true);
  });
});
