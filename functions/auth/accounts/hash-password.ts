import { argon2, randomBytes, timingSafeEqual, type Argon2Parameters } from 'node:crypto';
import { normalPassword } from './password.ts';

/** argon2id with 19 MiB, two passes, one lane: the OWASP Password Storage Cheat Sheet's first choice. */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const TAG_BYTES = 32;
const SALT_BYTES = 16;

const PREFIX = `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$`;

const derive = (parameters: Argon2Parameters): Promise<Buffer> =>
  new Promise((resolve, reject) =>
    argon2('argon2id', parameters, (error, tag) => (error ? reject(error) : resolve(tag))),
  );

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');

/** A password's hash in PHC string format, with a salt of its own. */
export const hashPassword = async (password: string): Promise<string> => {
  const nonce = randomBytes(SALT_BYTES);
  const tag = await derive({
    message: normalPassword(password),
    nonce,
    parallelism: LANES,
    tagLength: TAG_BYTES,
    memory: MEMORY_KIB,
    passes: PASSES,
  });
  return `${PREFIX}${unpadded(nonce)}$${unpadded(tag)}`;
};

const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** True when the password is the hashed one. Takes as long for a wrong one. */
export const isPassword = async (password: string, hash: string): Promise<boolean> => {
  const [, memory, passes, parallelism, salt = '', tag = ''] = PHC.exec(hash) ?? [];
  if (!memory) throw new Error('Not an argon2id hash in PHC string format');
  const expected = Buffer.from(tag, 'base64');
  const actual = await derive({
    message: normalPassword(password),
    nonce: Buffer.from(salt, 'base64'),
    parallelism: Number(parallelism),
    tagLength: expected.length,
    memory: Number(memory),
    passes: Number(passes),
  });
  return timingSafeEqual(actual, expected);
};

/** True for a hash made with other parameters than today's; the next login makes it again. */
export const isOutdatedHash = (hash: string): boolean => !hash.startsWith(PREFIX);

/** The hash of no password, for names that nobody has: checking against it is the same work and never succeeds. */
export const NOBODYS_HASH = `${PREFIX}${unpadded(Buffer.alloc(SALT_BYTES, 1))}$${unpadded(Buffer.alloc(TAG_BYTES))}`;
