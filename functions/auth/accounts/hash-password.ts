import { randomBytes, timingSafeEqual } from 'node:crypto';
import { argon2id } from './argon2id.ts';
import { normalPassword } from './password.ts';

/** argon2id with 19 MiB, two passes, one lane: the OWASP Password Storage Cheat Sheet's first choice. */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const TAG_BYTES = 32;
const SALT_BYTES = 16;

const PREFIX = `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$`;

const unpadded = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replaceAll('=', '');

/** A password's hash in PHC string format, with a salt of its own. */
export const hashPassword = async (password: string): Promise<string> => {
  const salt = randomBytes(SALT_BYTES);
  const tag = await argon2id({
    message: normalPassword(password),
    salt,
    memoryKib: MEMORY_KIB,
    passes: PASSES,
    lanes: LANES,
    tagBytes: TAG_BYTES,
  });
  return `${PREFIX}${unpadded(salt)}$${unpadded(tag)}`;
};

const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** True when the password is the hashed one. Takes as long for a wrong one. */
export const isPassword = async (password: string, hash: string): Promise<boolean> => {
  const [, memory, passes, parallelism, salt = '', tag = ''] = PHC.exec(hash) ?? [];
  if (!memory) throw new Error('Not an argon2id hash in PHC string format');
  const expected = Buffer.from(tag, 'base64');
  const actual = await argon2id({
    message: normalPassword(password),
    salt: Buffer.from(salt, 'base64'),
    memoryKib: Number(memory),
    passes: Number(passes),
    lanes: Number(parallelism),
    tagBytes: expected.length,
  });
  return timingSafeEqual(actual, expected);
};

/** True for a hash made with other parameters than today's; the next login makes it again. */
export const isOutdatedHash = (hash: string): boolean => !hash.startsWith(PREFIX);

/** The hash of no password, for names that nobody has: checking against it is the same work and never succeeds. */
export const NOBODYS_HASH = `${PREFIX}${unpadded(Buffer.alloc(SALT_BYTES, 1))}$${unpadded(Buffer.alloc(TAG_BYTES))}`;
