import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

/** The keys of a pair as texts: PKCS #8 (RFC 5958) and SubjectPublicKeyInfo (RFC 5280), both as base64url. */
export interface KeyPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

const privateText = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'der' }).toString('base64url');
const publicText = (key: KeyObject): string => key.export({ type: 'spki', format: 'der' }).toString('base64url');

/** A new pair that signs by ECDSA P-256. */
export const newKeyPair = (): KeyPair => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { privateKey: privateText(privateKey), publicKey: publicText(publicKey) };
};

/** The private key of a text. */
export const privateKeyIn = (text: string): KeyObject =>
  createPrivateKey({ key: Buffer.from(text, 'base64url'), type: 'pkcs8', format: 'der' });

/** The public key of the text of a private key, as a text. */
export const publicKeyOf = (privateKey: string): string => publicText(createPublicKey(privateKeyIn(privateKey)));
