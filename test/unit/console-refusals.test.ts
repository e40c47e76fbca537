import { expect, test } from 'vitest';
import { asSentence } from '../../web/src/api/refusal.ts';

test.each([
  ['must be later than from', 'Must be later than from.'],
  ['The rule never comes about.', 'The rule never comes about.'],
  ['überlappt', 'Überlappt.'],
])('what is wrong with a field is shown as a sentence: %s', (detail, shown) => {
  expect(asSentence(detail)).toBe(shown);
});
