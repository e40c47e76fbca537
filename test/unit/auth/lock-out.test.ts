import { describe, expect, it } from 'vitest';
import { LOCKS, lockSeconds } from '../../../functions/auth/lock-out/lock-out.ts';
import { addressBlock } from '../../../shared/kernel/address-block.ts';

describe('a lock', () => {
  it('comes after five attempts for an account, and doubles from a minute to an hour', () => {
    expect(Array.from({ length: 14 }, (_, i) => lockSeconds(LOCKS.account, i + 1))).toEqual([
      0, 0, 0, 0, 0, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600,
    ]);
  });

  it('comes after twenty attempts from an address', () => {
    expect(lockSeconds(LOCKS.address, 20)).toBe(0);
    expect(lockSeconds(LOCKS.address, 21)).toBe(60);
    expect(lockSeconds(LOCKS.address, 10_000)).toBe(3600);
  });
});

describe('an address', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::9', '2001:db8:1:2'],
    ['2001:0db8:0001:0002:ffff::', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['not an address', 'not an address'],
  ])('%s counts as %s', (ip, block) => expect(addressBlock(ip)).toBe(block));
});
