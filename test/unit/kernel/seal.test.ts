import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { seal, unseal, type DataKeys } from '../../../shared/kernel/seal.ts';

const ring = (...numbers: number[]): DataKeys => ({
  newest: Math.max(...numbers),
  byNumber: new Map(numbers.map((number) => [number, randomBytes(32)])),
});

describe('a sealed value', () => {
  it('opens to what was sealed, for its owner', () => {
    const keys = ring(1);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, owner) => {
        expect(unseal(keys, seal(keys, text, owner), owner)).toBe(text);
      }),
    );
  });

  it('opens for no other owner', () => {
    const keys = ring(1);
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (text, owner, other) => {
        fc.pre(owner !== other);
        expect(() => unseal(keys, seal(keys, text, owner), other)).toThrow();
      }),
    );
  });

  it('opens no more once a single bit was changed', () => {
    const keys = ring(1);
    fc.assert(
      fc.property(fc.string(), fc.nat(), (text, at) => {
        const sealed = seal(keys, text, 'owner');
        const bytes = Buffer.from(sealed.slice(2), 'base64url');
        const bit = at % (bytes.length * 8);
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(() => unseal(keys, `1.${bytes.toString('base64url')}`, 'owner')).toThrow();
      }),
    );
  });

  it('differs each time, and contains nothing of the text', () => {
    const keys = ring(1);
    const one = seal(keys, 'a bell in the night', 'owner');
    expect(seal(keys, 'a bell in the night', 'owner')).not.toBe(one);
    expect(Buffer.from(one.slice(2), 'base64url').toString('latin1')).not.toContain('bell');
  });

  it('is sealed by the newest key, and opens by the one that sealed it', () => {
    const keys = ring(1, 2);
    const old = seal({ ...keys, newest: 1 }, 'text', 'owner');
    const young = seal(keys, 'text', 'owner');
    expect([old.split('.')[0], young.split('.')[0]]).toEqual(['1', '2']);
    expect([unseal(keys, old, 'owner'), unseal(keys, young, 'owner')]).toEqual(['text', 'text']);
    expect(() => unseal(ring(2), old, 'owner')).toThrow('There is no data key 1');
  });
});
