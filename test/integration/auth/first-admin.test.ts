import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nextAddress, startAuth, type TestAuth } from '../../support/auth.ts';

let auth: TestAuth;
const GENERATED = 'generated-0123456789';
const CHOSEN = 'eleven herons on the weir';

beforeAll(async () => {
  auth = await startAuth({ firstAdmin: { username: 'Admin', password: GENERATED } });
});
afterAll(() => auth.stop());

const login = (username: string, password: string) =>
  auth.call('POST /api/auth/login', { body: { username, password }, ip: nextAddress() });

describe('the first administrator', () => {
  it('does not exist for a wrong password', async () => {
    expect((await login('admin', 'something else entirely')).status).toBe(401);
  });

  it('is made once by several first logins at once', async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => login('admin', GENERATED)));
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    expect(answers.every(({ status }) => status === 200 || status === 401)).toBe(true);
  });

  it('can do nothing before the generated password is changed, except that, and seeing who they are', async () => {
    const { status, body } = await login('admin', GENERATED);
    expect(status).toBe(200);
    expect(body.passwordChangeRequired).toBe(true);
    const token = body.accessToken as string;
    expect((await auth.call('GET /api/auth/me', { token })).body.passwordChangeRequired).toBe(true);
    expect((await auth.call('GET /api/users', { token })).status).toBe(403);
    expect((await auth.call('GET /api/auth/sessions', { token })).status).toBe(403);
    expect((await auth.call('POST /api/api-keys', { token, body: { name: 'x', permissions: ['*'] } })).status).toBe(
      403,
    );

    const changed = await auth.call('POST /api/auth/password', {
      token,
      body: { currentPassword: GENERATED, newPassword: CHOSEN },
    });
    expect(changed.status).toBe(200);
    expect(changed.body.passwordChangeRequired).toBeUndefined();
    expect((await auth.call('GET /api/users', { token: changed.body.accessToken })).status).toBe(200);
    expect((await auth.call('GET /api/users', { token })).status).toBe(401);
  });

  it('is not made again by the password of the secret: not after a change, not after they are gone', async () => {
    expect((await login('admin', GENERATED)).status).toBe(401);
    const { body } = await login('admin', CHOSEN);
    const token = body.accessToken as string;
    const made = await auth.call('POST /api/users', {
      token,
      body: { username: 'successor', roles: ['admin'], password: 'twelve herons on the weir' },
    });
    expect(made.status).toBe(201);
    const { body: users } = await auth.call('GET /api/users', { token });
    const first = users.items.find((user: { username: string }) => user.username === 'admin');
    expect((await auth.call(`DELETE /api/users/${first.id}`, { token })).status).toBe(204);
    expect((await login('admin', GENERATED)).status).toBe(401);
    expect((await login('admin', CHOSEN)).status).toBe(401);
  });
});
