import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/*
 * Values that must be read again, and so cannot be hashed, are sealed before they are stored: AES-256-GCM (NIST SP 800-38D) with a fresh
 * nonce of 96 bits, and with the owner of the value as additional data, so a sealed value that is copied to another owner does not open.
 */

/** The data keys of a stage. New values are sealed by the newest; values that are sealed by an earlier one still open. */
export interface DataKeys {
  readonly newest: number;
  /** 32 bytes each, by their number. */
  readonly byNumber: ReadonlyMap<number, Buffer>;
}

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const keyOf = ({ byNumber }: DataKeys, number: number): Buffer => {
  const key = byNumber.get(number);
  if (!key) throw new Error(`There is no data key ${number}`);
  return key;
};

/** Seals a text: `<number of the key>.<nonce, ciphertext and tag as base64url>`. */
export const seal = (keys: DataKeys, text: string, owner: string): string => {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, keyOf(keys, keys.newest), nonce).setAAD(Buffer.from(owner));
  const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `${keys.newest}.${sealed.toString('base64url')}`;
};

/** Keys that only the holder of a secret of high entropy can make again (HKDF, RFC 5869). `owner` keeps the same secret of two owners apart. */
export const keysFrom = (secret: string, owner: string): DataKeys => ({
  newest: 1,
  byNumber: new Map([[1, Buffer.from(hkdfSync('sha256', secret, owner, 'tocsin.sealed/1', 32))]]),
});

/** Opens a sealed text. Throws where it was changed, belongs to another owner, or its key is gone. */
export const unseal = (keys: DataKeys, sealed: string, owner: string): string => {
  const [number = '', data = ''] = sealed.split('.', 2);
  const bytes = Buffer.from(data, 'base64url');
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(ALGORITHM, keyOf(keys, Number(number)), nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(owner)).setAuthTag(bytes.subarray(-TAG_BYTES));
  return decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
};
