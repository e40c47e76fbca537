import { expect, test, vi } from 'vitest';
import { memoized } from '../../../shared/kernel/memoized.ts';

test('each key is asked for once, also by concurrent callers', async () => {
  const ask = vi.fn(async (key: string) => `what is ${key}`);
  const known = memoized(ask);
  expect(await Promise.all(['a', 'b', 'a'].map(known))).toEqual(['what is a', 'what is b', 'what is a']);
  expect(await known('b')).toBe('what is b');
  expect(ask.mock.calls).toEqual([['a'], ['b']]);
});
