import { describe, expect, test } from 'vitest';
import { differences } from '../../../functions/health/config/diff.ts';
import { own } from '../../../shared/kernel/own.ts';

/** Names that every object answers to. Any of them is a good name of a label. */
const NAMES = Object.getOwnPropertyNames(Object.prototype);

describe.each(NAMES)('a name from outside that is %s', (name) => {
  const holding = Object.fromEntries([[name, 'x']]);

  test('is found where it was given, and nowhere else', () => {
    expect(own(holding, name)).toBe('x');
    expect(own({}, name)).toBeUndefined();
  });

  test('is a difference like any other', () => {
    expect(differences({}, holding)).toEqual([{ pointer: `/${name}`, before: null, after: 'x' }]);
    expect(differences(holding, {})).toEqual([{ pointer: `/${name}`, before: 'x', after: null }]);
  });
});
