import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/*
 * An authenticator for passkeys, as WebAuthn Level 3 section 6 describes it: ES256, discoverable, without attestation. What it answers is
 * what a browser makes of it.
 */

interface Options {
  readonly origin: string;
  // Options of a browser, of which a test reads what it likes.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly options: any;
}

interface Behaviour {
  /** The site that the browser shows; that of the options unless a test is phished. */
  readonly origin?: string;
  /** The owner showed a finger or a PIN. */
  readonly verifiesUser?: boolean;
  /** The signatures so far; an authenticator that does not count says 0. */
  readonly counter?: number;
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
const digest = (bytes: Uint8Array | string): Buffer => createHash('sha256').update(bytes).digest();

const clientData = (type: string, { origin, options }: Options, behaviour: Behaviour): Buffer =>
  Buffer.from(
    JSON.stringify({ type, challenge: options.challenge, origin: behaviour.origin ?? origin, crossOrigin: false }),
  );

const PRESENT = 0x01;
const VERIFIED = 0x04;
const SYNCED_AND_BACKED_UP = 0x18;
const HAS_CREDENTIAL = 0x40;

/** CBOR of what a key and an attestation need: RFC 8949 section 4.2, with lengths and integers below 65536. */
const cbor = (value: number | string | Uint8Array | ReadonlyMap<number | string, unknown>): Buffer => {
  const head = (major: number, n: number): Buffer =>
    n < 24
      ? Buffer.of((major << 5) | n)
      : n < 256
        ? Buffer.of((major << 5) | 24, n)
        : Buffer.of((major << 5) | 25, n >> 8, n & 255);
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  return Buffer.concat([
    head(5, value.size),
    ...[...value].flatMap(([key, each]) => [cbor(key), cbor(each as Uint8Array)]),
  ]);
};

const coseOf = (key: KeyObject): Buffer => {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  const [X, Y] = [x, y].map((part) => Buffer.from(part, 'base64url'));
  return cbor(
    new Map<number, unknown>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, X],
      [-3, Y],
    ]),
  );
};

export interface Authenticator {
  readonly credentialId: string;
  /** What the browser answers to options to make a passkey. */
  make(options: Options, behaviour?: Behaviour): object;
  /** What the browser answers to options to use it. */
  use(options: Options, behaviour?: Behaviour): { readonly id: string; readonly response: Record<string, string> };
}

/** A new authenticator with one passkey. `isSynced`: it is copied to further devices. */
export const authenticator = ({ isSynced = false }: { readonly isSynced?: boolean } = {}): Authenticator => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = randomBytes(16);
  const credentialId = text(id);
  let owner = '';
  const data = (rpId: string, { verifiesUser = true, counter = 0 }: Behaviour, more: Buffer): Buffer => {
    const flags =
      PRESENT |
      (verifiesUser ? VERIFIED : 0) |
      (isSynced ? SYNCED_AND_BACKED_UP : 0) |
      (more.length > 0 ? HAS_CREDENTIAL : 0);
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    return Buffer.concat([digest(rpId), Buffer.of(flags), count, more]);
  };
  const shape = { id: credentialId, rawId: credentialId, type: 'public-key', clientExtensionResults: {} };
  return {
    credentialId,
    make: (given, behaviour = {}) => {
      owner = given.options.user.id as string;
      const length = Buffer.alloc(2);
      length.writeUInt16BE(id.length);
      const credential = Buffer.concat([Buffer.alloc(16), length, id, coseOf(publicKey)]);
      const authData = data(given.options.rp.id as string, behaviour, credential);
      return {
        ...shape,
        response: {
          clientDataJSON: text(clientData('webauthn.create', given, behaviour)),
          attestationObject: text(
            cbor(
              new Map<string, unknown>([
                ['fmt', 'none'],
                ['attStmt', new Map()],
                ['authData', authData],
              ]),
            ),
          ),
          transports: ['internal'],
        },
      };
    },
    use: (given, behaviour = {}) => {
      const json = clientData('webauthn.get', given, behaviour);
      const authData = data(given.options.rpId as string, behaviour, Buffer.alloc(0));
      return {
        ...shape,
        response: {
          clientDataJSON: text(json),
          authenticatorData: text(authData),
          signature: text(sign('sha256', Buffer.concat([authData, digest(json)]), privateKey)),
          userHandle: owner,
        },
      };
    },
  };
};
