import * as z from 'zod/mini';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readEnv } from '../../../shared/kernel/env.ts';
import { newId, sha256, sortableInstant } from '../../../shared/kernel/ids.ts';
import { decodeCursor, encodeCursor } from '../../../shared/kernel/page.ts';
import { permits, type Permission } from '../../../shared/kernel/permission.ts';

test('a cursor gives its position back to the query that it was made by, and to no other', () => {
  const position = { pk: 'a', sk: 'b' };
  const cursor = encodeCursor(position, { status: 'open' });
  expect(decodeCursor(cursor, { status: 'open' }, z.unknown())).toEqual(position);
  expect(() => decodeCursor(cursor, { status: 'resolved' }, z.unknown())).toThrow(
    expect.objectContaining({ code: 'cursor.invalid' }),
  );
});

test('a damaged cursor is refused, whatever it contains', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(() => decodeCursor(text, {}, z.unknown())).toThrow(expect.objectContaining({ code: 'cursor.invalid' }));
    }),
  );
});

test('identifiers and instants sort by the time they were made at', () => {
  // From 1: the ULID library takes the epoch itself for no time at all.
  const instant = fc.integer({ min: 1, max: 4_000_000_000_000 });
  fc.assert(
    fc.property(instant, instant, (a, b) => {
      fc.pre(a < b);
      expect(newId('alr', new Date(a)) < newId('alr', new Date(b))).toBe(true);
      expect(sortableInstant(new Date(a)) < sortableInstant(new Date(b))).toBe(true);
    }),
  );
});

test('what lies before 1970 sorts before all that was made', () => {
  expect(sortableInstant(new Date('0000-01-01T00:00:00Z')) < sortableInstant(new Date(1))).toBe(true);
});

test('a digest of parts depends on where a part ends', () => {
  expect(sha256('ab', 'c')).not.toBe(sha256('a', 'bc'));
});

test.each([
  ['*', 'monitoring.read', true],
  ['monitoring.*', 'monitoring.alert.resolve', true],
  ['monitoring.*', 'monitoring', false],
  ['monitoring.*', 'monitoringx.read', false],
  ['monitoring.read', 'monitoring.read', true],
  ['monitoring.read', 'monitoring.readx', false],
])('%s over %s: %s', (pattern, permission, expected) => {
  expect(permits([pattern], permission as Permission)).toBe(expected);
});

test('no grant permits nothing', () => {
  expect(permits([], 'monitoring.read')).toBe(false);
});

test('one error names all missing variables of the environment', () => {
  expect(() => readEnv(['STAGE', 'ALERTS_TABLE', 'AUTH_TABLE'], { STAGE: 'dev' })).toThrow(/ALERTS_TABLE.*AUTH_TABLE/);
  expect(readEnv(['STAGE'], { STAGE: 'dev' })).toEqual({ STAGE: 'dev' });
});

test('an id of the epoch sorts as the epoch', () => {
  expect(newId('evt', new Date(0))).toMatch(/^evt_0{10}[0-9a-z]{16}$/);
});
