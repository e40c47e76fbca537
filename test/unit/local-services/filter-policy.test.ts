import { describe, expect, it, test } from 'vitest';
import { matchesPattern, type EventPattern } from '../../../local/emulator/services/core/event-pattern.ts';
import { accepts, type FilterPolicy } from '../../../local/emulator/services/sns/filter-policy.ts';

const byBody = (policy: FilterPolicy, body: unknown) =>
  accepts(policy, 'MessageBody', { body: JSON.stringify(body), attributes: {} });

const text = (StringValue: string, DataType = 'String') => ({ DataType, StringValue });
const byAttributes = (policy: FilterPolicy, attributes: Record<string, ReturnType<typeof text>>) =>
  accepts(policy, 'MessageAttributes', { body: '', attributes });

describe('a filter policy of SNS', () => {
  test.each<[string, FilterPolicy, unknown, boolean]>([
    ['takes an exact value', { a: ['x'] }, { a: 'x' }, true],
    ['leaves another value', { a: ['x'] }, { a: 'y' }, false],
    ['leaves a body without the field', { a: ['x'] }, {}, false],
    ['takes any of several values', { a: ['x', 'y'] }, { a: 'y' }, true],
    ['needs every field', { a: ['x'], b: ['y'] }, { a: 'x', b: 'z' }, false],
    ['takes a number', { a: [5] }, { a: 5 }, true],
    ['tells a number from its text', { a: [5] }, { a: '5' }, false],
    ['takes true and null', { a: [true], b: [null] }, { a: true, b: null }, true],
    ['takes an array for one of its elements', { a: ['x'] }, { a: ['w', 'x'] }, true],
    ['takes a prefix', { a: [{ prefix: 'ab' }] }, { a: 'abc' }, true],
    ['takes a suffix', { a: [{ suffix: 'bc' }] }, { a: 'abc' }, true],
    ['takes letters of either case', { a: [{ 'equals-ignore-case': 'AbC' }] }, { a: 'aBc' }, true],
    ['takes a wildcard', { a: [{ wildcard: 'a*c' }] }, { a: 'abbc' }, true],
    ['takes an address of a network', { a: [{ cidr: '10.0.0.0/24' }] }, { a: '10.0.0.7' }, true],
    ['leaves an address of another network', { a: [{ cidr: '10.0.0.0/24' }] }, { a: '10.0.1.7' }, false],
    ['takes a number within a range', { a: [{ numeric: ['>', 0, '<=', 5] }] }, { a: 5 }, true],
    ['leaves a number outside a range', { a: [{ numeric: ['>', 0, '<=', 5] }] }, { a: 5.1 }, false],
    ['takes anything but a value', { a: [{ 'anything-but': 'x' }] }, { a: 'y' }, true],
    ['leaves an array that has the value', { a: [{ 'anything-but': ['x'] }] }, { a: ['x', 'y'] }, false],
    ['takes anything but a prefix', { a: [{ 'anything-but': { prefix: 'x' } }] }, { a: 'yx' }, true],
    ['leaves what has the prefix', { a: [{ 'anything-but': { prefix: 'x' } }] }, { a: 'xy' }, false],
    ['leaves a body without the field for anything-but', { a: [{ 'anything-but': 'x' }] }, {}, false],
    ['takes a field that is there', { a: [{ exists: true }] }, { a: null }, true],
    ['takes a field that is not there', { a: [{ exists: false }] }, { b: 1 }, true],
    ['leaves a field that should not be there', { a: [{ exists: false }] }, { a: 1 }, false],
    ['looks into nested objects', { a: { b: { c: ['x'] } } }, { a: { b: { c: 'x' } } }, true],
    ['looks into objects in arrays', { a: { b: ['x'] } }, { a: [{ b: 'w' }, { b: 'x' }] }, true],
    ['takes one of two fields', { $or: [{ a: ['x'] }, { b: ['y'] }] }, { b: 'y' }, true],
    ['leaves neither of two fields', { $or: [{ a: ['x'] }, { b: ['y'] }] }, { a: 'y', b: 'x' }, false],
  ])('%s', (_title, policy, body, taken) => {
    expect(byBody(policy, body)).toBe(taken);
  });

  it('leaves a body that is not JSON', () => {
    expect(accepts({ a: ['x'] }, 'MessageBody', { body: 'a: x', attributes: {} })).toBe(false);
  });

  it('compares an attribute of type Number as a number', () => {
    expect(byAttributes({ n: [{ numeric: ['<', 10] }] }, { n: text('9.5', 'Number') })).toBe(true);
    expect(byAttributes({ n: [{ numeric: ['<', 10] }] }, { n: text('9.5') })).toBe(false);
  });

  it('looks into an attribute that is an array of strings', () => {
    expect(byAttributes({ teams: ['db'] }, { teams: text('["web","db"]', 'String.Array') })).toBe(true);
  });
});

describe('an event pattern of Lambda', () => {
  const record = { eventName: 'MODIFY', dynamodb: { NewImage: { status: { S: 'open' }, n: { N: '1' } } } };
  test.each<[string, EventPattern, boolean]>([
    ['names an event', { eventName: ['INSERT', 'MODIFY'] }, true],
    ['leaves another event', { eventName: ['REMOVE'] }, false],
    ['looks into an image', { dynamodb: { NewImage: { status: { S: ['open'] } } } }, true],
    ['asks for what is not there', { dynamodb: { NewImage: { closedAt: { S: [{ exists: false }] } } } }, true],
    ['asks for an image that is not there', { dynamodb: { OldImage: { status: { S: ['open'] } } } }, false],
  ])('%s', (_title, pattern, taken) => {
    expect(matchesPattern(pattern, record)).toBe(taken);
  });
});
