import * as crypto from 'node:crypto';
import { lazy } from '../../../shared/kernel/lazy.ts';

export interface Argon2idInput {
  readonly message: string;
  readonly salt: Uint8Array;
  readonly memoryKib: number;
  readonly passes: number;
  readonly lanes: number;
  readonly tagBytes: number;
}

export type Argon2id = (input: Argon2idInput) => Promise<Uint8Array>;

/** What a runtime without Argon2 answers: Node before 24.7 has no such function, and OpenSSL before 3.2 no such algorithm. */
const isMissing = (error: unknown): boolean =>
  error instanceof TypeError || (error as { code?: unknown }).code === 'ERR_CRYPTO_ARGON2_NOT_SUPPORTED';

/** Argon2id of the runtime's OpenSSL. */
export const nativeArgon2id: Argon2id = ({ message, salt, memoryKib, passes, lanes, tagBytes }) =>
  new Promise((resolve, reject) =>
    crypto.argon2(
      'argon2id',
      { message, nonce: salt, parallelism: lanes, tagLength: tagBytes, memory: memoryKib, passes },
      (error, tag) => (error ? reject(error) : resolve(tag)),
    ),
  );

/**
 * Argon2id by the runtime, or by WebAssembly where the runtime has none. AWS builds the Node of Lambda over an OpenSSL of its own,
 * and logins must not depend on how.
 */
export const argon2idBy = (native: Argon2id): Argon2id => {
  const isNative = lazy(async () => {
    try {
      await native({ message: '', salt: new Uint8Array(8), memoryKib: 8, passes: 1, lanes: 1, tagBytes: 4 });
      return true;
    } catch (error) {
      return !isMissing(error);
    }
  });
  return async (input) => {
    if (await isNative()) return native(input);
    const { portableArgon2id } = await import('./portable-argon2id.ts');
    return portableArgon2id(input);
  };
};

export const argon2id = /* @__PURE__ */ argon2idBy(nativeArgon2id);
