import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nextAddress, startAuth, type TestAuth } from '../../support/auth.ts';

let auth: TestAuth;
let admin: string;
beforeAll(async () => {
  auth = await startAuth();
  admin = await auth.admin();
});
afterAll(() => auth.stop());

let names = 0;
const name = (): string => `person-${++names}`;
const create = (body: object, token = admin) => auth.call('POST /api/users', { token, body });
const patch = (id: string, body: object, token = admin) => auth.call(`PATCH /api/users/${id}`, { token, body });
const remove = (id: string, token = admin) => auth.call(`DELETE /api/users/${id}`, { token });
const login = (username: string, password: string) =>
  auth.call('POST /api/auth/login', { body: { username, password }, ip: nextAddress() });
const statusOf = async (token: string): Promise<number> => (await auth.call('GET /api/auth/me', { token })).status;

/** Somebody who may manage users but has little else. */
const manager = async () => {
  const role = `managers-${++names}`;
  await auth.call('POST /api/roles', {
    token: admin,
    body: { name: role, permissions: ['identity.*', 'monitoring.*', 'oncall.read', 'oncall.swap', 'status.read'] },
  });
  return auth.user([role]);
};

describe('create', () => {
  it('201: a user with a generated password that is shown once and must be changed', async () => {
    const username = name();
    const { status, body } = await create({ username, roles: ['operator'] });
    expect(status).toBe(201);
    expect(body).toMatchObject({ username, displayName: username, roles: ['operator'], status: 'active', version: 1 });
    expect(body.passwordChangeRequired).toBe(true);
    const first = await login(username, body.password);
    expect(first.body.passwordChangeRequired).toBe(true);
    expect((await auth.call(`GET /api/users/${body.id}`, { token: admin })).body).not.toHaveProperty('password');
  });

  it('400: an unknown field', async () => {
    for (const field of ['id', 'permissions', 'epoch', 'version', 'status', 'passwordHash', 'isAdmin', 'sessions']) {
      const { status, body } = await create({ username: name(), roles: ['viewer'], [field]: 'x' });
      expect([field, status]).toEqual([field, 400]);
      expect(body.errors).toContainEqual({ pointer: `/${field}`, detail: expect.stringMatching(/^unknown field/) });
    }
  });

  it.each(['', '-x', 'a b', 'ana\u0000', '../etc', 'a'.repeat(129), 'ana🔔', '<script>'])(
    '400: %j is no user name',
    async (username) => expect((await create({ username, roles: ['viewer'] })).status).toBe(400),
  );

  it('409: a name that another user has, in any case; one of several concurrent requests wins', async () => {
    const username = name();
    const answers = await Promise.all(
      [username, username.toUpperCase(), ` ${username}`].map((typed) => create({ username: typed, roles: ['viewer'] })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });

  it('422: an unknown role, and a common password', async () => {
    expect((await create({ username: name(), roles: ['nonsense'] })).body.code).toBe('role.unknown');
    expect((await create({ username: name(), roles: ['viewer'], password: 'passwordpassword' })).status).toBe(422);
  });

  it('403: a caller creates no user with permissions that they lack', async () => {
    const { accessToken } = await manager();
    expect((await create({ username: name(), roles: ['member'] }, accessToken)).status).toBe(201);
    for (const roles of [['admin'], ['owner'], ['member', 'developer']]) {
      const { status, body } = await create({ username: name(), roles }, accessToken);
      expect([status, body.code]).toEqual([403, 'auth.escalation']);
    }
  });
});

describe('list and get', () => {
  it('200: pages that together contain every user once, without a secret', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await auth.call('GET /api/users', {
        token: admin,
        query: { limit: '2', ...(cursor && { cursor }) },
      });
      expect(JSON.stringify(body)).not.toMatch(/hash|argon2|session/i);
      seen.push(...body.items.map((user: { id: string }) => user.id));
      cursor = body.next;
    } while (cursor);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThan(2);
  });

  it('200: names of colleagues for a person without the right to read users, and nothing else of them', async () => {
    const member = await auth.user(['member']);
    expect((await auth.call('GET /api/users', { token: member.accessToken })).status).toBe(403);
    const { status, body } = await auth.call('GET /api/people', { token: member.accessToken, query: { limit: '100' } });
    expect(status).toBe(200);
    const self = body.items.find(({ id }: { id: string }) => id === member.id);
    expect(Object.keys(self).sort()).toEqual(['displayName', 'id', 'status', 'username']);
    expect(self.status).toBe('active');
    await patch(member.id, { status: 'disabled' });
    const after = await auth.call('GET /api/people', { token: admin, query: { limit: '100' } });
    expect(after.body.items.find(({ id }: { id: string }) => id === member.id).status).toBe('disabled');
  });

  it('403: names for a person who does not read on-call schedules', async () => {
    const viewer = await auth.user(['viewer']);
    expect((await auth.call('GET /api/people', { token: viewer.accessToken })).status).toBe(403);
  });

  it('404: a user that does not exist', async () => {
    for (const id of ['usr_00000000000000000000000000', 'x', '%2e%2e']) {
      expect((await auth.call(`GET /api/users/${id}`, { token: admin })).status).toBe(404);
    }
  });
});

describe('change', () => {
  it('200: new roles apply with the next refresh, and earlier tokens are void', async () => {
    const user = await auth.user(['viewer']);
    expect((await patch(user.id, { roles: ['operator'] })).status).toBe(200);
    expect(await statusOf(user.accessToken)).toBe(401);
    const { body } = await auth.call('POST /api/auth/refresh', { body: { refreshToken: user.refreshToken } });
    const me = await auth.call('GET /api/auth/me', { token: body.accessToken });
    expect(me.body.roles).toEqual(['operator']);
    expect(me.body.limits.tier).toBe('plus');
  });

  it('200: a disabled user is out: no token, no refresh, no login', async () => {
    const user = await auth.user(['viewer']);
    expect((await patch(user.id, { status: 'disabled' })).body.status).toBe('disabled');
    expect(await statusOf(user.accessToken)).toBe(401);
    expect((await auth.call('POST /api/auth/refresh', { body: { refreshToken: user.refreshToken } })).status).toBe(401);
    expect((await login(user.username, user.password)).status).toBe(401);
    await patch(user.id, { status: 'active' });
    expect((await login(user.username, user.password)).status).toBe(200);
  });

  it('200: a password that is reset ends the sessions and is shown once', async () => {
    const user = await auth.user(['viewer']);
    const { body } = await patch(user.id, { resetPassword: true });
    expect(await statusOf(user.accessToken)).toBe(401);
    expect((await login(user.username, user.password)).status).toBe(401);
    expect((await login(user.username, body.password)).body.passwordChangeRequired).toBe(true);
  });

  it('200: a user’s own tier wins over that of the roles', async () => {
    const user = await auth.user(['viewer'], { tier: 'high' });
    expect((await auth.call('GET /api/auth/me', { token: user.accessToken })).body.limits.requestsPerMinute).toBe(1200);
  });

  it('400: an empty change, or a field that cannot change', async () => {
    const user = await auth.user(['viewer']);
    for (const body of [{}, { version: 1 }, { username: 'x' }, { passwordHash: 'x' }, { epoch: 0 }, { roles: [] }]) {
      expect((await patch(user.id, body)).status).toBe(400);
    }
  });

  it('409: a version that is no longer the present one', async () => {
    const user = await auth.user(['viewer']);
    expect((await patch(user.id, { displayName: 'One', version: 1 })).status).toBe(200);
    const { status, body } = await patch(user.id, { displayName: 'Two', version: 1 });
    expect([status, body.code, body.user.displayName]).toEqual([409, 'user.changed', 'One']);
  });

  it('409: of many at once each learns whether it won', async () => {
    const user = await auth.user(['viewer']);
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => patch(user.id, { displayName: `Name ${i}`, version: 1 })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(7);
  });

  it('403: a caller neither resets, disables nor lowers a user with permissions that they lack', async () => {
    const { accessToken } = await manager();
    const boss = await auth.user(['admin']);
    for (const body of [{ resetPassword: true }, { status: 'disabled' }, { roles: ['member'] }, { displayName: 'x' }]) {
      expect((await patch(boss.id, body, accessToken)).body.code).toBe('auth.escalation');
    }
    expect((await remove(boss.id, accessToken)).status).toBe(403);
    await remove(boss.id);
  });

  it('403: a user cannot raise themselves', async () => {
    const { id, accessToken } = await manager();
    expect((await patch(id, { roles: ['admin'] }, accessToken)).body.code).toBe('auth.escalation');
  });
});

describe('delete', () => {
  it('204: the user is deleted, their tokens are refused, and their name is free', async () => {
    const user = await auth.user(['viewer']);
    expect((await remove(user.id)).status).toBe(204);
    expect(await statusOf(user.accessToken)).toBe(401);
    expect((await auth.call('POST /api/auth/refresh', { body: { refreshToken: user.refreshToken } })).status).toBe(401);
    expect((await auth.call(`GET /api/users/${user.id}`, { token: admin })).status).toBe(404);
    expect((await remove(user.id)).status).toBe(404);
    expect((await create({ username: user.username, roles: ['viewer'] })).status).toBe(201);
  });
});

describe('the last active administrator', () => {
  it('409: cannot be deleted, disabled or demoted', async () => {
    const { body } = await auth.call('GET /api/auth/me', { token: admin });
    expect((await remove(body.id)).body.code).toBe('user.last_admin');
    expect((await patch(body.id, { status: 'disabled' })).body.code).toBe('user.last_admin');
    expect((await patch(body.id, { roles: ['viewer'] })).body.code).toBe('user.last_admin');
  });

  it('remains when several administrators delete each other at once', async () => {
    const { body: me } = await auth.call('GET /api/auth/me', { token: admin });
    const others = await Promise.all([auth.user(['admin']), auth.user(['owner']), auth.user(['admin'])]);
    await Promise.all([...others.map(({ id }) => remove(id)), remove(me.id)]);
    for (const { id } of [...others, { id: me.id as string }]) await remove(id).catch(() => undefined);
    const survivors = [];
    for (const user of others) if ((await statusOf(user.accessToken)) === 200) survivors.push(user.id);
    if ((await statusOf(admin)) === 200) survivors.push(me.id as string);
    expect(survivors.length).toBeGreaterThan(0);
  });
});
