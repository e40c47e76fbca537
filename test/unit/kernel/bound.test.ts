import { describe, expect, it } from 'vitest';
import { bound } from '../../../shared/kernel/bound.ts';

describe('functions bound to a thing', () => {
  const kept = {
    read: (things: Map<string, number>, id: string): number | undefined => things.get(id),
    write: (things: Map<string, number>, id: string, value: number): void => void things.set(id, value),
  };

  it('take the rest of their parameters and answer what they answered', () => {
    const one = bound(kept, new Map([['a', 1]]));
    one.write('b', 2);
    const values: (number | undefined)[] = [one.read('a'), one.read('b'), one.read('c')];
    expect(values).toEqual([1, 2, undefined]);
  });

  it('of two things know nothing of each other', () => {
    const [one, other] = [bound(kept, new Map<string, number>()), bound(kept, new Map<string, number>())];
    one.write('a', 1);
    expect(other.read('a')).toBeUndefined();
  });
});
