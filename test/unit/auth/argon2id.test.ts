import { describe, expect, it } from 'vitest';
import { argon2idBy, nativeArgon2id } from '../../../functions/auth/accounts/argon2id.ts';
import { portableArgon2id } from '../../../functions/auth/accounts/portable-argon2id.ts';

const input = {
  message: 'a quiet lamp at night',
  salt: new Uint8Array(16).fill(7),
  memoryKib: 19_456,
  passes: 2,
  lanes: 1,
  tagBytes: 32,
};

describe('argon2id', () => {
  it('has the same tag in WebAssembly as in OpenSSL', async () => {
    expect(Buffer.from(await portableArgon2id(input))).toEqual(Buffer.from(await nativeArgon2id(input)));
  });

  it.each([
    [
      'OpenSSL has no Argon2',
      () => Object.assign(new Error('Argon2 is not supported'), { code: 'ERR_CRYPTO_ARGON2_NOT_SUPPORTED' }),
    ],
    ['Node has no such function', () => new TypeError('crypto.argon2 is not a function')],
  ])('is computed by WebAssembly where %s', async (_, error) => {
    const portable = argon2idBy(() => Promise.reject(error()));
    expect(Buffer.from(await portable(input))).toEqual(Buffer.from(await nativeArgon2id(input)));
  });

  it('is not replaced for another error of the runtime', async () => {
    const broken = argon2idBy(() => Promise.reject(new Error('out of memory')));
    await expect(broken(input)).rejects.toThrow('out of memory');
  });
});
