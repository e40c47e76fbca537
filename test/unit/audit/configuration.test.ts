import { describe, expect, it } from 'vitest';
import { changedFields } from '../../../functions/audit/configuration.ts';

describe('a change of the configuration', () => {
  const user = { roles: ['viewer'], displayName: 'Ben', status: 'active', passwordHash: 'h1', sessions: { s: 1 } };

  it('is stored with the values before and after, of the fields that differ alone', () => {
    expect(changedFields('user', { before: user, after: { ...user, roles: ['admin'], tier: 'high' } })).toEqual({
      'before.roles': '["viewer"]',
      'after.roles': '["admin"]',
      'before.tier': '',
      'after.tier': 'high',
    });
  });

  it('that makes or deletes something has one side', () => {
    expect(changedFields('team', { before: undefined, after: { name: 'Ops', members: [] } })).toEqual({
      'after.name': 'Ops',
      'after.members': '[]',
    });
    expect(changedFields('team', { before: { name: 'Ops' }, after: undefined })).toEqual({ 'before.name': 'Ops' });
  });

  it('never has a field that is not named as configuration: no hash, session, key or header', () => {
    const after = { ...user, passwordHash: 'h2', sessions: { t: 2 }, factors: { f: { secret: 'x' } } };
    expect(changedFields('user', { before: user, after })).toEqual({});
    const check = (value: string) => ({ name: 'a', check: { headers: { authorization: value } } });
    expect(changedFields('monitor', { before: check('old'), after: check('new') })).toEqual({});
    expect(changedFields('integration', { before: { keys: [1] }, after: { keys: [2] } })).toEqual({});
    expect(changedFields('constructor', { before: user, after })).toEqual({});
  });

  it('that is long is cut', () => {
    const [value = ''] = Object.values(
      changedFields('service', { before: undefined, after: { name: 'x'.repeat(5_000) } }),
    );
    expect(value).toHaveLength(1_001);
  });
});
