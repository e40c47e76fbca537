/** A public signing key as it is published, RFC 7517. */
export interface PublicJwk {
  readonly kty: 'RSA';
  readonly kid: string;
  readonly n: string;
  readonly e: string;
  readonly alg: 'RS256';
  readonly use: 'sig';
}

/** A private key, as its parameter holds it. */
export interface StoredSigningKey {
  readonly kid: string;
  readonly privateJwk: PrivateJwk;
  readonly createdAt: string;
  /** It is published before it signs, so that every cache of the key set has it by then. */
  readonly activeFrom: string;
}

export interface PrivateJwk {
  readonly kty: 'RSA';
  readonly n: string;
  readonly e: string;
  readonly d: string;
  readonly p: string;
  readonly q: string;
  readonly dp: string;
  readonly dq: string;
  readonly qi: string;
}

/** The private keys that are there, the one that was made last at the end. */
export interface KeyRing {
  readonly keys: readonly StoredSigningKey[];
}

/** A key signs for this long. */
export const ROTATE_AFTER_DAYS = 90;
/** From publication to the first signature: longer than any cache of the key set. */
const ANNOUNCE_SECONDS = 3_600;
/** After its successor took over, a key stays published for the lifetime of a token and this long. */
const RETIRE_MARGIN_SECONDS = 3_600;

const after = (instant: string, seconds: number): string =>
  new Date(Date.parse(instant) + seconds * 1000).toISOString();

const newestFirst = (ring: KeyRing): StoredSigningKey[] =>
  [...ring.keys].sort((a, b) => (a.activeFrom < b.activeFrom ? 1 : -1));

/** The key that signs at `at`: the one that became active last. */
export const activeKey = (ring: KeyRing, at: Date): StoredSigningKey | undefined =>
  newestFirst(ring).find((key) => key.activeFrom <= at.toISOString());

export const newestKey = (ring: KeyRing): StoredSigningKey | undefined => newestFirst(ring)[0];

/** True when a successor is due: the newest key is ninety days old, or somebody insists and none is waiting already. */
export const isRotationDue = (ring: KeyRing, at: Date, force: boolean): boolean => {
  const newest = newestKey(ring);
  if (!newest) return true;
  if (newest.activeFrom > at.toISOString()) return false;
  return force || after(newest.activeFrom, ROTATE_AFTER_DAYS * 86_400) <= at.toISOString();
};

/** When a new key may sign: at once where there is none yet, else once everybody can know it. */
export const activeFromOf = (ring: KeyRing, at: Date): string =>
  ring.keys.length === 0 ? at.toISOString() : after(at.toISOString(), ANNOUNCE_SECONDS);

/** The ring without keys whose last token has expired. */
export const withoutRetired = (ring: KeyRing, at: Date, accessTokenSeconds: number): KeyRing => {
  const active = activeKey(ring, at);
  if (!active) return ring;
  const graceOver = after(active.activeFrom, accessTokenSeconds + RETIRE_MARGIN_SECONDS) <= at.toISOString();
  return { keys: ring.keys.filter((key) => !graceOver || key.activeFrom >= active.activeFrom) };
};

export const publicJwk = ({ kid, privateJwk: { n, e } }: StoredSigningKey): PublicJwk => ({
  kty: 'RSA',
  kid,
  n,
  e,
  alg: 'RS256',
  use: 'sig',
});
