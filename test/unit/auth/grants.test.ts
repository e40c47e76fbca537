import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  covers,
  permissionsOf,
  shortest,
  tierOf,
  withInherited,
  type RoleGrant,
} from '../../../functions/auth/roles/grants.ts';
import { cycleThrough } from '../../../functions/auth/roles/role.ts';
import { permits, type Permission } from '../../../shared/kernel/permission.ts';

const pattern = fc.constantFrom('*', 'a.*', 'a.b.*', 'a.b', 'a.b.c', 'a.c', 'b.*', 'b.a', 'ab.*');
const patterns = fc.array(pattern, { maxLength: 5 });
const permission = fc.constantFrom(
  'a.b',
  'a.b.c',
  'a.b.d',
  'a.c',
  'a.c.d',
  'b.a',
  'b.c',
  'ab.c',
  'c.d',
) as fc.Arbitrary<string> as fc.Arbitrary<Permission>;

describe('permissions', () => {
  it('that are covered permit nothing beyond what covers them', () => {
    fc.assert(
      fc.property(patterns, patterns, permission, (held, wanted, asked) => {
        if (covers(held, wanted) && permits(wanted, asked)) expect(permits(held, asked)).toBe(true);
      }),
    );
  });

  it('in their shortest form permit the same', () => {
    fc.assert(
      fc.property(patterns, permission, (given, asked) => {
        expect(permits(shortest(given), asked)).toBe(permits(given, asked));
      }),
    );
  });

  it.each([
    [['monitoring.*'], ['monitoring.read'], true],
    [['monitoring.*'], ['monitoring.alert.*'], true],
    [['monitoring.*'], ['*'], false],
    [['monitoring.read'], ['monitoring.*'], false],
    [['monitoring.*'], ['monitoringx.read'], false],
    [['*'], ['*', 'identity.user.write'], true],
    [[], [], true],
  ])('%j cover %j: %s', (held, wanted, expected) => expect(covers(held, wanted)).toBe(expected));
});

describe('roles', () => {
  const custom = new Map<string, RoleGrant>(
    Object.entries({
      base: { permissions: ['a.b'] },
      middle: { permissions: ['c.d'], inherits: ['base', 'viewer'], tier: 'plus' as const },
      top: { permissions: [], inherits: ['middle'] },
      round: { permissions: ['x.y'], inherits: ['trip'] },
      trip: { permissions: ['y.z'], inherits: ['round'] },
    }),
  );

  it('grant what they inherit, over any number of steps', () => {
    expect(permissionsOf(['top'], custom)).toEqual(['a.b', 'c.d', 'monitoring.health.read']);
    expect(tierOf(['top'], custom)).toBe('plus');
  });

  it('without a definition grant nothing', () => {
    expect(permissionsOf(['gone', 'constructor', '__proto__'], custom)).toEqual([]);
    expect(tierOf(['gone'], custom)).toBe('standard');
  });

  it('in a circle end', () => expect(withInherited(['round'], custom)).toEqual(['round', 'trip']));

  it('cannot be redefined under a built-in name', () =>
    expect(permissionsOf(['viewer'], new Map([['viewer', { permissions: ['*'] }]]))).toEqual([
      'monitoring.health.read',
    ]));

  it('tell a circle before it is closed', () => {
    expect(cycleThrough('base', ['top'], custom)).toBe('top');
    expect(cycleThrough('base', ['base'], custom)).toBe('base');
    expect(cycleThrough('top', ['base', 'admin'], custom)).toBeUndefined();
  });
});
