import { createPublicKey, hash, sign, verify, type KeyObject } from 'node:crypto';

/** Public keys that are trusted, by their fingerprints. */
export type TrustedKeys = ReadonlyMap<string, KeyObject>;

/** Signs texts. Its private key may be elsewhere. */
export interface Signer {
  readonly key: string;
  readonly sign: (text: string) => Promise<string>;
}

/** The order of the group of P-256 (SEC 2, section 2.4.2). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const NUMBER_BYTES = 32;

/** A public key as its text: SubjectPublicKeyInfo (RFC 5280) as base64url. */
export const textOfKey = (key: KeyObject): string => key.export({ type: 'spki', format: 'der' }).toString('base64url');

/** The SHA-256 of a public key, as hexadecimal. */
export const fingerprintOf = (key: KeyObject): string => hash('sha256', key.export({ type: 'spki', format: 'der' }));

/** Reads a key from a text or a PEM file. Throws for a key that is not of ECDSA P-256. */
export const publicKeyIn = (text: string): KeyObject => {
  const key = text.includes('-----BEGIN')
    ? createPublicKey(text)
    : createPublicKey({ key: Buffer.from(text, 'base64url'), type: 'spki', format: 'der' });
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new Error('not a key of ECDSA P-256');
  return key;
};

export const trusting = (keys: readonly KeyObject[]): TrustedKeys =>
  new Map(keys.map((key) => [fingerprintOf(key), key]));

/** A signer whose private key is here. */
export const localSigner = (privateKey: KeyObject): Signer => ({
  key: fingerprintOf(createPublicKey(privateKey)),
  sign: async (text) =>
    signatureText(sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' })),
});

const numberIn = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex')}`);

/** Of the two signatures that ECDSA has for each, the one with the smaller second number, so that no other text is valid. */
const signatureText = (signature: Buffer): string => {
  const s = numberIn(signature.subarray(NUMBER_BYTES));
  if (s <= ORDER / 2n) return signature.toString('base64url');
  const low = (ORDER - s).toString(16).padStart(2 * NUMBER_BYTES, '0');
  return Buffer.concat([signature.subarray(0, NUMBER_BYTES), Buffer.from(low, 'hex')]).toString('base64url');
};

/** True where the trusted key of this fingerprint made the signature, in the one text that a signature has. */
export const isSignedBy = (keys: TrustedKeys, fingerprint: string, text: string, signature: string): boolean => {
  const key = keys.get(fingerprint);
  const bytes = Buffer.from(signature, 'base64url');
  if (!key || bytes.length !== 2 * NUMBER_BYTES || signatureText(bytes) !== signature) return false;
  return verify('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }, bytes);
};
