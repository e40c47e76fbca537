import { createHash, randomBytes } from 'node:crypto';
import { decodeTime, encodeTime, ulid } from 'ulid';

/** Characters of a ULID that encode its time. The other sixteen are random. */
const TIME_CHARS = 10;

/** The kinds of identifiers. The prefix identifies the kind of a pasted id. */
export type IdPrefix =
  | 'usr'
  | 'ses'
  | 'key'
  | 'evt'
  | 'req'
  | 'alr'
  | 'sub'
  | 'tok'
  | 'mon'
  | 'rul'
  | 'con'
  | 'svc'
  | 'team'
  | 'sch'
  | 'ovr'
  | 'swp'
  | 'ical'
  | 'inc'
  | 'ent'
  | 'tsk'
  | 'pol'
  | 'irl'
  | 'ntc'
  | 'sbr'
  | 'itg'
  | 'chg'
  | 'view'
  | 'whk'
  | 'fct'
  | 'rsl';

/** A new unique identifier, `usr_01jd…`, that sorts by its time (ULID, lower case). */
export const newId = (prefix: IdPrefix, at: Date): string =>
  `${prefix}_${sortableInstant(at)}${ulid().slice(TIME_CHARS).toLowerCase()}`;

/** What follows the prefix, where it is no lower-case ULID. */
const TAILS: Partial<Record<IdPrefix, string>> = {
  // The instant, four random characters and the slot.
  alr: '[0-9a-z]{14}[0-9a-v]{24}',
  // The beginning of a SHA-256.
  sub: '[0-9a-f]{32}',
  usr: '[0-9a-z_]{1,60}',
};

/** Matches every id of a kind, and nothing else. */
export const idPattern = (prefix: IdPrefix): RegExp => new RegExp(`^${prefix}_${TAILS[prefix] ?? '[0-9a-z]{26}'}$`);

/** A secret with `bytes` of entropy, as base64url. */
export const newSecret = (bytes = 32): string => randomBytes(bytes).toString('base64url');

/** SHA-256 as lower-case hexadecimal. For high-entropy secrets at rest and for keys of any length. */
export const sha256 = (...parts: string[]): string =>
  createHash('sha256')
    .update(parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join(''))
    .digest('hex');

/**
 * The first ten characters of a ULID of `at`: a sortable, lower-case instant with millisecond precision. Earlier instants than
 * 1970 sort as 1970.
 */
export const sortableInstant = (at: Date): string => encodeTime(Math.max(0, at.getTime()), TIME_CHARS).toLowerCase();

/** The instant with which a sortable text begins. Throws for a text that begins with none. */
export const instantOf = (sortable: string): Date =>
  new Date(decodeTime(sortable.slice(0, TIME_CHARS).padEnd(26, '0').toUpperCase()));
