import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyHolders } from '../../../functions/auth/port.ts';
import { startAuth, type TestAuth } from '../../support/auth.ts';
import { everything } from '../../support/dynamo.ts';

let auth: TestAuth;
let admin: string;
beforeAll(async () => {
  auth = await startAuth();
  admin = await auth.admin();
});
afterAll(() => auth.stop());

const create = (body: object, token = admin) => auth.call('POST /api/api-keys', { token, body });
const revoke = (id: string) => auth.call(`DELETE /api/api-keys/${id}`, { token: admin });
const holder = () => keyHolders(auth.db.client, auth.table, { now: () => new Date() });
const listed = async (id: string) => {
  const { body } = await auth.call('GET /api/api-keys', { token: admin, query: { limit: '100' } });
  return body.items.find((key: { id: string }) => key.id === id);
};

describe('create', () => {
  it('201: the key is shown once, and stored as a hash', async () => {
    const { status, body } = await create({
      name: 'prometheus',
      permissions: ['integrations.ingest'],
      expiresInDays: 30,
    });
    expect(status).toBe(201);
    expect(body.key).toMatch(/^tsk_[0-9a-z]{26}[\w-]{43}$/);
    expect(body.expiresAt).toBe(new Date(Date.now() + 30 * 86_400_000).toISOString());
    expect(await listed(body.id)).not.toHaveProperty('key');
    const secret = body.key.slice(30);
    expect(JSON.stringify(await everything(auth.db.client, auth.table))).not.toContain(secret);
  });

  it('400: an expiry said twice, no permission, an unknown field', async () => {
    const expiresAt = new Date(Date.now() + 1000).toISOString();
    for (const body of [
      { name: 'x', permissions: ['monitoring.read'], expiresInDays: 1, expiresAt },
      { name: 'x', permissions: [] },
      { name: 'x', permissions: ['bogus.perm'] },
      { name: 'x', permissions: ['monitoring.read'], hash: 'x' },
      { name: '', permissions: ['monitoring.read'] },
    ]) {
      expect((await create(body)).status).toBe(400);
    }
  });

  it('403: a key cannot do more than its maker', async () => {
    await auth.call('POST /api/roles', {
      token: admin,
      body: { name: 'key-makers', permissions: ['identity.apikey.*', 'monitoring.read'] },
    });
    const { accessToken } = await auth.user(['key-makers']);
    expect((await create({ name: 'x', permissions: ['monitoring.read'] }, accessToken)).status).toBe(201);
    for (const permission of ['*', 'monitoring.*', 'integrations.ingest']) {
      expect((await create({ name: 'x', permissions: [permission] }, accessToken)).body.code).toBe('auth.escalation');
    }
  });

  it('without an expiry the key ends after a year; with null it never does', async () => {
    const { body: usual } = await create({ name: 'x', permissions: ['monitoring.read'] });
    expect(usual.expiresAt).toBe(new Date(Date.now() + 365 * 86_400_000).toISOString());
    const { body: endless } = await create({ name: 'x', permissions: ['monitoring.read'], expiresAt: null });
    expect(endless.expiresAt).toBeNull();
  });

  it('400: networks that are none', async () => {
    for (const network of ['192.0.2.0/33', '2001:db8::/129', 'example.com', '192.0.2', '', '0.0.0.0/0 ::/0']) {
      const { status } = await create({ name: 'x', permissions: ['monitoring.read'], networks: [network] });
      expect([network, status]).toEqual([network, 400]);
    }
  });

  it('422: an expiry that is past', async () => {
    const { body } = await create({ name: 'x', permissions: ['monitoring.read'], expiresAt: '2020-01-01T00:00:00Z' });
    expect(body.code).toBe('apikey.expired');
  });
});

describe('revoke', () => {
  it('403: a key that may do more than the caller', async () => {
    await auth.call('POST /api/roles', {
      token: admin,
      body: { name: 'key-revokers', permissions: ['identity.apikey.*', 'monitoring.read'] },
    });
    const { accessToken } = await auth.user(['key-revokers']);
    const by = (id: string) => auth.call(`DELETE /api/api-keys/${id}`, { token: accessToken });
    for (const permissions of [['*'], ['monitoring.*'], ['monitoring.read', 'integrations.ingest']]) {
      const { body: key } = await create({ name: 'strong', permissions });
      expect((await by(key.id)).body.code).toBe('auth.escalation');
      expect(await listed(key.id)).toBeDefined();
    }
    const { body: key } = await create({ name: 'weak', permissions: ['monitoring.read'] });
    expect((await by(key.id)).status).toBe(204);
    expect((await by(key.id)).body.code).toBe('apikey.not_found');
  });
});

describe('a machine key', () => {
  it('opens what it is scoped to, and nothing else', async () => {
    const { body } = await create({ name: 'm', permissions: ['identity.user.read'] });
    expect((await auth.call('GET /api/users', { token: body.key })).status).toBe(200);
    expect((await auth.call('GET /api/roles', { token: body.key })).status).toBe(403);
    const me = await auth.call('GET /api/auth/me', { token: body.key });
    expect(me.body).toMatchObject({
      kind: 'machine',
      id: body.id,
      name: 'm',
      sessionId: null,
      limits: { tier: 'machine' },
    });
    expect((await auth.call('POST /api/auth/logout', { token: body.key })).body.code).toBe('auth.people_only');
    expect((await auth.call('GET /api/auth/sessions', { token: body.key })).body.items).toEqual([]);
  });

  it('is taken by basic authentication, as the password or as a user without one; credentials without a colon are not', async () => {
    const { body } = await create({ name: 'm', permissions: ['identity.user.read'] });
    const { accessToken } = await auth.user(['viewer']);
    const decide = (credentials: string) =>
      auth.container()({
        authorizationToken: `Basic ${Buffer.from(credentials).toString('base64')}`,
        methodArn: 'arn:aws:execute-api:eu-central-1:111122223333:abcdef1234/test/GET/api/users',
      });
    for (const credentials of [`anybody:${body.key}`, `:${body.key}`, `${body.key}:`]) {
      expect((await decide(credentials)).principalId).toBe(body.id);
    }
    for (const credentials of [body.key, 'anybody:wrong', ':', `anybody:${accessToken}`, `a:b:${body.key}`]) {
      await expect(decide(credentials)).rejects.toThrow(/^Unauthorized$/);
    }
  });

  it('shows its last use, noted at most once a minute', async () => {
    const { body } = await create({ name: 'm', permissions: ['monitoring.read'] });
    expect((await listed(body.id)).lastUsedAt).toBeNull();
    const first = new Date().toISOString();
    await auth.authorize(body.key);
    auth.advance(30);
    await auth.authorize(body.key);
    expect((await listed(body.id)).lastUsedAt).toBe(first);
    auth.advance(31);
    await auth.authorize(body.key);
    expect((await listed(body.id)).lastUsedAt).toBe(new Date().toISOString());
  });

  it('that is bound to networks opens nothing from elsewhere, also while the gateway keeps what the authorizer answered', async () => {
    const networks = ['192.0.2.0/25', '2001:db8:1::/48'];
    const { body } = await create({ name: 'm', permissions: ['identity.user.read'], networks });
    expect(await listed(body.id)).toMatchObject({ networks });
    const from = (ip: string) => auth.call('GET /api/users', { token: body.key, ip });
    expect((await from('192.0.2.127')).status).toBe(200);
    expect((await from('2001:db8:1:ffff::9')).status).toBe(200);
    for (const ip of ['192.0.2.128', '2001:db8:2::1', '198.51.100.7']) {
      const { status, body: problem } = await from(ip);
      expect([ip, status, problem.code]).toEqual([ip, 403, 'auth.network']);
      expect(JSON.stringify(problem)).not.toContain('192.0.2.0');
    }
    expect((await holder()(body.key))?.networks).toEqual(networks);
  });

  it('is refused after it expired', async () => {
    const { body } = await create({ name: 'm', permissions: ['monitoring.read'], expiresInDays: 1 });
    const container = auth.container();
    await auth.authorize(body.key, undefined, container);
    auth.advance(86_400);
    await expect(auth.authorize(body.key, undefined, container)).rejects.toThrow(/^Unauthorized$/);
    expect(await holder()(body.key)).toBeUndefined();
    admin = await auth.admin();
    expect((await listed(body.id)).expired).toBe(true);
  });

  it('is refused twenty seconds after it was revoked, by a container that knew it', async () => {
    const { body } = await create({ name: 'm', permissions: ['monitoring.read'] });
    const [container, known] = [auth.container(), holder()];
    await auth.authorize(body.key, undefined, container);
    expect(await known(body.key)).toBeDefined();
    expect(await revoke(body.id)).toMatchObject({ status: 204, headers: { 'tocsin-effective-within': '60' } });
    auth.advance(20);
    await expect(auth.authorize(body.key, undefined, container)).rejects.toThrow(/^Unauthorized$/);
    expect(await known(body.key)).toBeUndefined();
    expect(await listed(body.id)).toBeUndefined();
    expect((await revoke(body.id)).status).toBe(404);
  });

  it.each(['tsk_', 'tsk_x', `tsk_${'0'.repeat(69)}`])('is not just any text: %s', async (key) => {
    await expect(auth.authorize(key)).rejects.toThrow(/^Unauthorized$/);
    expect(await holder()(key)).toBeUndefined();
  });

  it('with another secret under a known id is refused', async () => {
    const { body } = await create({ name: 'm', permissions: ['monitoring.read'] });
    const forged = body.key.slice(0, 30) + 'A'.repeat(43);
    await expect(auth.authorize(forged)).rejects.toThrow(/^Unauthorized$/);
    expect(await holder()(forged)).toBeUndefined();
  });
});

describe('the port', () => {
  it('identifies the holder of a key, with one read in twenty seconds', async () => {
    const { body } = await create({ name: 'prometheus', permissions: ['integrations.ingest'] });
    const known = holder();
    const caller = await known(body.key);
    expect(caller).toEqual({
      kind: 'machine',
      id: body.id,
      name: 'prometheus',
      sessionId: '',
      roles: [],
      permissions: ['integrations.ingest'],
      tier: 'machine',
      restricted: false,
    });
    const cost = await auth.db.cost(async () => {
      for (let i = 0; i < 10; i++) await known(body.key);
    });
    expect(cost.roundTrips).toBe(0);
    expect((await listed(body.id)).lastUsedAt).not.toBeNull();
  });

  it('remembers that there is no such key', async () => {
    const known = holder();
    const unknown = `tsk_${'0'.repeat(26)}${'A'.repeat(43)}`;
    await known(unknown);
    expect((await auth.db.cost(() => known(unknown))).roundTrips).toBe(0);
  });

  it('rejects when the table does not answer, rather than call the key unknown', async () => {
    const { body } = await create({ name: 'm', permissions: ['integrations.ingest'] });
    auth.db.failWith(new Error('down'));
    await expect(holder()(body.key)).rejects.toThrow('down');
    auth.db.failWith(undefined);
  });
});
