import { expect, test, vi } from 'vitest';
import { onceEach } from '../../../shared/kernel/once-each.ts';

test('each key is asked for once, also by those who ask while the answer is under way', async () => {
  const ask = vi.fn(async (key: string) => `what is ${key}`);
  const known = onceEach(ask);
  expect(await Promise.all(['a', 'b', 'a'].map(known))).toEqual(['what is a', 'what is b', 'what is a']);
  expect(await known('b')).toBe('what is b');
  expect(ask.mock.calls).toEqual([['a'], ['b']]);
});
