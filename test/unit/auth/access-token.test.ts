import { createHmac, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  CLOCK_TOLERANCE_SECONDS,
  verifyAccessToken,
  type AccessClaims,
} from '../../../functions/auth/tokens/access-token.ts';
import { mintAccessToken, rs256Signer, type Signer } from '../../../functions/auth/tokens/mint.ts';

const now = new Date('2026-11-21T03:00:00.500Z');
const seconds = Math.floor(now.getTime() / 1000);
const settings = { issuer: 'https://tocsin.test', audience: 'tocsin-test', accessTokenSeconds: 900 };
const expected = { ...settings, now };
const user = {
  id: 'usr_01jd3v8m2k7q4xh2g8vq0p1m9d',
  username: 'ana',
  roles: ['operator'],
  epoch: 3,
  passwordChangeRequired: false,
  wantedTier: 'plus',
} as const;

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = publicKey.export({ type: 'spki', format: 'pem' });
let key: Signer;
let token: string;

beforeAll(async () => {
  const jwk = privateKey.export({ format: 'jwk' });
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  key = rs256Signer('k1', await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['sign']));
  token = await mintAccessToken(user, { id: 'ses_1' }, key, settings, now);
});

const keys = createLocalJWKSet({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1' }] });
const verdict = (text: string, at = now) => verifyAccessToken(text, keys, { ...expected, now: at });

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const header = { alg: 'RS256', kid: 'k1', typ: 'at+jwt' };
const claims = (): AccessClaims => ({
  iss: settings.issuer,
  aud: settings.audience,
  sub: user.id,
  name: 'ana',
  sid: 'ses_1',
  jti: 'tok_1',
  iat: seconds,
  exp: seconds + 900,
  roles: ['operator'],
  tier: 'plus',
  epoch: 3,
});

/** A token that is signed properly, whatever it says. */
const signed = (head: object, body: unknown, by: KeyObject = privateKey): string => {
  const text = `${encoded(head)}.${encoded(body)}`;
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), by).toString('base64url')}`;
};

describe('an access token that we made', () => {
  it('is taken, and says who, in which session, with which roles', async () => {
    expect(await verdict(token)).toMatchObject({
      sub: user.id,
      sid: 'ses_1',
      roles: ['operator'],
      tier: 'plus',
      epoch: 3,
    });
  });

  it('is one for jose too: RFC 9068 type, issuer, audience and times', async () => {
    const { payload, protectedHeader } = await jwtVerify(token, publicKey, {
      algorithms: ['RS256'],
      typ: 'at+jwt',
      issuer: settings.issuer,
      audience: settings.audience,
      currentDate: now,
      requiredClaims: ['iss', 'exp', 'aud', 'sub', 'iat', 'jti'],
    });
    expect(protectedHeader).toEqual(header);
    expect(payload.exp).toBe(seconds + 900);
    expect(payload.iat).toBe(seconds);
  });

  it('is taken from a clock that runs a little ahead or behind, and no further', async () => {
    const skewed = (s: number): Date => new Date((seconds + s) * 1000);
    expect(await verdict(token, skewed(900 + CLOCK_TOLERANCE_SECONDS - 1))).toBeDefined();
    expect(await verdict(token, skewed(900 + CLOCK_TOLERANCE_SECONDS))).toBeUndefined();
    expect(await verdict(token, skewed(-CLOCK_TOLERANCE_SECONDS + 1))).toBeDefined();
    expect(await verdict(token, skewed(-CLOCK_TOLERANCE_SECONDS - 1))).toBeUndefined();
  });

  it('is refused with any one bit of it changed', async () => {
    const [head = '', body = '', signature = ''] = token.split('.');
    for (const [index, part] of [head, body, signature].entries()) {
      for (let bit = 0; bit < 64; bit += 7) {
        const bytes = Buffer.from(part, 'base64url');
        const at = (bit * 13) % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit % 8));
        const parts = [head, body, signature];
        parts[index] = bytes.toString('base64url');
        expect(await verdict(parts.join('.'))).toBeUndefined();
      }
    }
  });
});

describe('an attack on access tokens is refused', () => {
  const attacks: Record<string, () => string> = {
    'no signature, alg none': () => `${encoded({ ...header, alg: 'none' })}.${encoded(claims())}.`,
    'alg none with our signature': () =>
      `${encoded({ ...header, alg: 'none' })}.${token.split('.').slice(1).join('.')}`,
    'alg None, spelled otherwise': () => `${encoded({ ...header, alg: 'nOnE' })}.${encoded(claims())}.`,
    'an empty signature': () => `${token.split('.').slice(0, 2).join('.')}.`,
    'key confusion: HS256 with the public key as secret': () => {
      const text = `${encoded({ ...header, alg: 'HS256' })}.${encoded(claims())}`;
      return `${text}.${createHmac('sha256', pem).update(text).digest('base64url')}`;
    },
    'key confusion: HS256 under the name RS256': () => {
      const text = `${encoded(header)}.${encoded(claims())}`;
      return `${text}.${createHmac('sha256', pem).update(text).digest('base64url')}`;
    },
    'another RSA algorithm with the right key': () => {
      const text = `${encoded({ ...header, alg: 'RS512' })}.${encoded(claims())}`;
      return `${text}.${sign('RSA-SHA512', Buffer.from(text), privateKey).toString('base64url')}`;
    },
    'ECDSA under our kid': () => {
      const text = `${encoded({ ...header, alg: 'ES256' })}.${encoded(claims())}`;
      return `${text}.${sign('SHA256', Buffer.from(text), elliptic.privateKey).toString('base64url')}`;
    },
    'a key of the attacker under our kid': () => signed(header, claims(), other.privateKey),
    'an unknown kid': () => signed({ ...header, kid: 'k2' }, claims()),
    'a kid that is a path': () => signed({ ...header, kid: '../../../dev/null' }, claims()),
    'a kid that is no text': () => signed({ ...header, kid: ['k1'] }, claims()),
    'a kid of every object': () => signed({ ...header, kid: '__proto__' }, claims()),
    'no kid': () => signed({ alg: 'RS256', typ: 'at+jwt' }, claims()),
    'a key in the header (jwk)': () =>
      signed(
        { ...header, jwk: createPublicKey(other.privateKey as never).export({ format: 'jwk' }) },
        claims(),
        other.privateKey,
      ),
    'a key set in the header (jku)': () => signed({ ...header, jku: 'https://attacker.test/jwks.json' }, claims()),
    'a certificate in the header (x5u)': () => signed({ ...header, x5u: 'https://attacker.test/c.pem' }, claims()),
    'a critical extension (crit)': () => signed({ ...header, crit: ['b64'], b64: false }, claims()),
    'the wrong type': () => signed({ ...header, typ: 'JWT' }, claims()),
    'no type': () => signed({ alg: 'RS256', kid: 'k1' }, claims()),
    'the wrong audience': () => signed(header, { ...claims(), aud: 'tocsin-other' }),
    'several audiences': () => signed(header, { ...claims(), aud: [settings.audience, 'other'] }),
    'the wrong issuer': () => signed(header, { ...claims(), iss: 'https://attacker.test' }),
    'no issuer': () => signed(header, { ...claims(), iss: undefined }),
    expired: () => signed(header, { ...claims(), exp: seconds - CLOCK_TOLERANCE_SECONDS }),
    'an expiry that is a text': () => signed(header, { ...claims(), exp: String(seconds + 900) }),
    'no expiry': () => signed(header, { ...claims(), exp: undefined }),
    'made long ago, though it has not expired': () =>
      signed(header, { ...claims(), iat: seconds - 900 - CLOCK_TOLERANCE_SECONDS - 1 }),
    'an instant that is a text': () => signed(header, { ...claims(), iat: String(seconds) }),
    'no session': () => signed(header, { ...claims(), sid: undefined }),
    'no user': () => signed(header, { ...claims(), sub: undefined }),
    'made in the future': () => signed(header, { ...claims(), iat: seconds + 60 }),
    'not valid yet': () => signed(header, { ...claims(), nbf: seconds + 60 }),
    'no epoch': () => signed(header, { ...claims(), epoch: undefined }),
    'roles that are a text': () => signed(header, { ...claims(), roles: 'admin' }),
    'a body that is no object': () => signed(header, 'admin'),
    'a padded spelling': () => `${token}==`,
    'a padded header': () => token.replace('.', '=.'),
    'white space': () => ` ${token}`,
    'a line break inside': () => `${token.slice(0, 20)}\n${token.slice(20)}`,
    'the alphabet of plain base64': () => token.replaceAll('-', '+').replaceAll('_', '/').concat('+'),
    'four parts': () => `${token}.${encoded({})}`,
    'two parts': () => token.split('.').slice(0, 2).join('.'),
    'an encrypted token (five parts)': () => `${token}.a.b`,
    nothing: () => '',
    'ten thousand characters': () => `${token}${'A'.repeat(10_000)}`,
    'a header of deep JSON': () => `${Buffer.from('['.repeat(4000)).toString('base64url')}.e30.e30`,
  };

  it.each(Object.keys(attacks))('%s', async (name) => {
    expect(await verdict(attacks[name]?.() ?? token)).toBeUndefined();
  });

  it('trailing bits: the same bytes in any other spelling', async () => {
    const [head = '', body = '', signature = ''] = token.split('.');
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const bytes = Buffer.from(signature, 'base64url');
    const spellings = [...alphabet]
      .map((last) => signature.slice(0, -1) + last)
      .filter((text) => text !== signature && Buffer.from(text, 'base64url').equals(bytes));
    expect(spellings.length).toBeGreaterThan(0);
    for (const spelling of spellings) expect(await verdict(`${head}.${body}.${spelling}`)).toBeUndefined();
  });
});

it('a key set that cannot be read is no verdict', async () => {
  const unreachable = () => Promise.reject(new Error('DynamoDB is away'));
  await expect(verifyAccessToken(token, unreachable, expected)).rejects.toThrow('DynamoDB is away');
});

it('an issued token carries restricted, and its own meter once the gateway surely has it', async () => {
  const metered = { usageTier: 'plus', meteredIn: 'api-1', meteredSince: now.toISOString() } as const;
  const fresh = { ...user, ...metered, passwordChangeRequired: true };
  const read = async (at: Date) =>
    verifyAccessToken(await mintAccessToken(fresh, { id: 'ses_1' }, key, settings, at), keys, { ...expected, now: at });
  expect(await read(now)).toMatchObject({ pwd: true });
  expect((await read(now))?.meter).toBeUndefined();
  expect((await read(new Date(now.getTime() + 60_000)))?.meter).toBe('api-1');
});
