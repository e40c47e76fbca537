import { decodeProtectedHeader, createLocalJWKSet, jwtVerify } from 'jose';
import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rotateKeys } from '../../../functions/auth/tokens/rotate-keys.ts';
import { signingKeys } from '../../../functions/auth/tokens/signing-keys.ts';
import { authStore } from '../../../functions/auth/deps.ts';
import { table } from '../../../shared/aws/dynamo.ts';
import { AUDIENCE, ISSUER, nextAddress, startAuth, type TestAuth } from '../../support/auth.ts';
import { testCredentials } from '../../support/dynamo.ts';

let auth: TestAuth;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const clock = { now: () => new Date() };
/** Another container with its own memory. */
const container = () => {
  const store = authStore(table(auth.db.client, auth.table), 900);
  const ssm = new SSMClient({
    endpoint: auth.secrets.endpoint,
    region: 'eu-central-1',
    credentials: testCredentials,
  });
  const keys = signingKeys({ ring: { ssm, path: '/signing-keys', keyArn: 'none' }, store, clock });
  return { store, keys, clock, accessTokenSeconds: 900 };
};
const jwks = async () => (await auth.call('GET /.well-known/jwks.json')).body as { keys: { kid: string }[] };
const DAY = 86_400;

describe('the signing keys', () => {
  it('are made once, at the first need', async () => {
    const made = await Promise.all(Array.from({ length: 4 }, () => container().keys.signer()));
    expect(new Set(made.map(({ kid }) => kid)).size).toBe(1);
    expect((await jwks()).keys.map(({ kid }) => kid)).toEqual([made[0]?.kid]);
  });

  it('are published without their private part, and may be cached for five minutes', async () => {
    const { body, headers } = await auth.call('GET /.well-known/jwks.json');
    for (const key of body.keys) expect(Object.keys(key).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
    expect(headers['cache-control']).toBe('public, max-age=300');
  });

  it('let anybody check a token by the published set', async () => {
    const token = await auth.admin();
    const { payload } = await jwtVerify(token, createLocalJWKSet((await jwks()) as never), {
      issuer: ISSUER,
      audience: AUDIENCE,
      typ: 'at+jwt',
      currentDate: new Date(),
    });
    expect(payload['name']).toBe('admin');
  });

  it('stay for ninety days, then get a successor that is published an hour before it signs', async () => {
    const before = decodeProtectedHeader(await auth.admin()).kid;
    expect((await rotateKeys(container(), { force: false })).added).toBeUndefined();
    auth.advance(90 * DAY);
    const { added } = await rotateKeys(container(), { force: false });
    expect(added).toBeDefined();
    expect((await jwks()).keys.map(({ kid }) => kid)).toEqual([before, added?.kid]);
    expect(decodeProtectedHeader(await auth.admin()).kid).toBe(before);
    auth.advance(3_600);
    expect(decodeProtectedHeader(await auth.admin()).kid).toBe(added?.kid);
  });

  it('of before verify until the last token has expired, and are gone then', async () => {
    const [old, current] = (await jwks()).keys.map(({ kid }) => kid);
    expect((await rotateKeys(container(), { force: false })).retired).toEqual([]);
    auth.advance(3_600 + 900);
    expect((await rotateKeys(container(), { force: false })).retired).toEqual([old]);
    expect((await jwks()).keys.map(({ kid }) => kid)).toEqual([current]);
    expect(await auth.secrets.parameters()).toEqual(['/data-key/1', '/first-login', '/signing-keys/2']);
    expect((await auth.call('GET /api/auth/me', { token: await auth.admin() })).status).toBe(200);
  });

  it('turned by several at once get one successor', async () => {
    auth.advance(90 * DAY);
    const turned = await Promise.all([0, 1, 2].map(() => rotateKeys(container(), { force: false })));
    expect(new Set(turned.map(({ added }) => added?.kid)).size).toBe(1);
    expect((await jwks()).keys).toHaveLength(2);
  });

  it('can be turned by hand, once', async () => {
    auth.advance(2 * 3_600);
    const first = await rotateKeys(container(), { force: true });
    expect(first.added).toBeDefined();
    expect((await rotateKeys(container(), { force: true })).added).toBeUndefined();
  });
});

describe('after a leak', () => {
  it('the ring emptied by hand gets a new key, and no token of before is taken', async () => {
    const before = await auth.admin();
    for (const name of await auth.secrets.parameters())
      if (name.startsWith('/signing-keys/')) await auth.secrets.deleteParameter(name);
    await auth.db.client.send(
      new DeleteItemCommand({ TableName: auth.table, Key: { pk: { S: 'AUTHZ' }, sk: { S: 'JWKS' } } }),
    );
    const [one, two] = await Promise.all([container().keys.signer(), container().keys.signer()]);
    expect(one.kid).toBe(two.kid);
    expect(one.kid).not.toBe(decodeProtectedHeader(before).kid);
    await expect(auth.authorize(before)).rejects.toThrow(/^Unauthorized$/);
    auth.advance(601);
    expect((await auth.call('GET /api/auth/me', { token: await auth.admin() })).status).toBe(200);
  });
});

describe('the status', () => {
  it('counts sessions, failed logins and locks, and says what to look at', async () => {
    const user = await auth.user(['viewer']);
    await auth.call('POST /api/api-keys', {
      token: await auth.admin(),
      body: { name: 'ci', expiresAt: null, permissions: ['monitoring.read'] },
    });
    const login = (password: string) =>
      auth.call('POST /api/auth/login', { body: { username: user.username, password }, ip: nextAddress() });
    for (let i = 0; i < 6; i++) await login('not the password at all');
    const { status, body } = await auth.call('GET /api/security/status', { token: await auth.admin() });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      failedLogins24h: 6,
      lockOuts: 1,
      users: { active: 2, administrators: 1 },
      complete: true,
    });
    expect(body.sessions).toBeGreaterThanOrEqual(2);
    expect(body.findings.map(({ code }: { code: string }) => code)).toEqual(['admin.single', 'apikey.never_expires']);
    auth.advance(92 * DAY);
    const later = (await auth.call('GET /api/security/status', { token: await auth.admin() })).body;
    expect(later).toMatchObject({ failedLogins24h: 0, lockOuts: 0, sessions: 1 });
    expect(later.findings.map(({ code }: { code: string }) => code)).toEqual([
      'admin.single',
      'user.idle',
      'signing_key.old',
      'apikey.never_expires',
      'apikey.idle',
    ]);
  });

  it('403: takes the permission', async () => {
    const { accessToken } = await auth.user(['developer']);
    expect((await auth.call('GET /api/security/status', { token: accessToken })).status).toBe(403);
  });
});

describe('the access report', () => {
  interface Report {
    readonly canPage: readonly { readonly name: string }[];
    readonly canSilence: readonly { readonly name: string }[];
    readonly idle: readonly { readonly name: string }[];
  }
  const namesIn = (holders: readonly { readonly name: string }[]): readonly string[] => holders.map(({ name }) => name);

  it('names who can page and who can silence, by roles that they hold now, and who was not seen for ninety days', async () => {
    const token = await auth.admin();
    const [operator, member] = [await auth.user(['operator']), await auth.user(['member'])];
    const keyWith = (name: string, permissions: readonly string[]) =>
      auth.call('POST /api/api-keys', { token, body: { name, permissions } });
    await keyWith('sender', ['integrations.ingest']);
    await keyWith('reader', ['monitoring.read']);
    const { status, body } = await auth.call('GET /api/security/access-report', { token });
    const report = body as Report;
    expect(status).toBe(200);
    expect(namesIn(report.canPage)).toEqual(expect.arrayContaining(['admin', operator.username, 'sender']));
    expect(namesIn(report.canSilence)).toEqual(expect.arrayContaining(['admin', operator.username]));
    for (const name of [member.username, 'reader']) {
      expect(namesIn([...report.canPage, ...report.canSilence, ...report.idle])).not.toContain(name);
    }
    auth.advance(91 * DAY);
    const later = (await auth.call('GET /api/security/access-report', { token: await auth.admin() })).body as Report;
    expect(namesIn(later.idle)).toEqual(
      expect.arrayContaining([operator.username, member.username, 'sender', 'reader']),
    );
    expect(namesIn(later.idle)).not.toContain('admin');
  });

  it('403: takes the permission to read the trail', async () => {
    const { accessToken } = await auth.user(['developer']);
    expect((await auth.call('GET /api/security/access-report', { token: accessToken })).status).toBe(403);
  });
});

it('401 and 403: a viewer can call nothing but what everybody can', async () => {
  const { accessToken } = await auth.user(['viewer']);
  const { routes } = await import('../../../functions/auth/routes.ts');
  for (const route of Object.values(routes)) {
    if (route.permission === 'public' || route.permission === 'any') continue;
    const path = route.path.replace(/\{\w+\}/g, 'x') as `/${string}`;
    expect([path, (await auth.call(`${route.method} ${path}`, { token: accessToken })).status]).toEqual([path, 403]);
    expect([path, (await auth.call(`${route.method} ${path}`)).status]).toEqual([path, 401]);
  }
});

it('nothing is allowed while the authorizer cannot read', async () => {
  const token = await auth.admin();
  const nowhere = new DynamoDBClient({
    endpoint: 'http://127.0.0.1:9',
    region: 'eu-central-1',
    credentials: testCredentials,
    maxAttempts: 1,
  });
  await expect(auth.authorize(token, undefined, auth.container(nowhere))).rejects.toThrow(/ECONNREFUSED|connect/);
  await auth.authorize(token, undefined, auth.container());
});
