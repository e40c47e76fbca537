import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nextAddress, startAuth, type TestAuth, type TestUser } from '../../support/auth.ts';
import { everything } from '../../support/dynamo.ts';

let auth: TestAuth;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

/** What an authenticator app shows for a secret at this moment, or so many seconds later. */
const codeOf = (secret: string, secondsLater = 0): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + secondsLater * 1000 });

const login = ({ username, password }: Pick<TestUser, 'username' | 'password'>, code?: string) =>
  auth.call('POST /api/auth/login', { body: { username, password, ...(code && { code }) }, ip: nextAddress() });

/** A person with an authenticator app. */
const withApp = async (roles: readonly string[] = ['operator']) => {
  const user = await auth.user(roles);
  const begun = await auth.call('POST /api/auth/factors', { token: user.accessToken, body: { name: 'Phone' } });
  const { id, secret } = begun.body as { id: string; secret: string };
  const confirmed = await auth.call(`POST /api/auth/factors/${id}/confirm`, {
    token: user.accessToken,
    body: { code: codeOf(secret) },
  });
  // Codes count once, so the next one is of a later step.
  auth.advance(60);
  return { ...user, confirmed, id, secret, token: confirmed.body.accessToken as string };
};

describe('an authenticator app', () => {
  it('counts once a code has confirmed it, and not before', async () => {
    const user = await auth.user(['operator']);
    const { body } = await auth.call('POST /api/auth/factors', { token: user.accessToken, body: { name: 'Phone' } });
    expect(body).toMatchObject({ kind: 'totp', name: 'Phone', confirmed: false });
    expect(body.uri).toBe(
      `otpauth://totp/Tocsin:${user.username}?issuer=Tocsin&secret=${body.secret}&algorithm=SHA1&digits=6&period=30`,
    );
    expect((await login(user)).status).toBe(200);
    const wrong = await auth.call(`POST /api/auth/factors/${body.id}/confirm`, {
      token: user.accessToken,
      body: { code: '000000' },
    });
    expect([wrong.status, wrong.body.code]).toEqual([403, 'factor.wrong_code']);
  });

  it('comes with ten recovery codes, and ends the sessions that began without it', async () => {
    const user = await auth.user(['operator']);
    const other = (await login(user)).body;
    const begun = (await auth.call('POST /api/auth/factors', { token: user.accessToken, body: { name: 'Phone' } }))
      .body;
    const { status, body } = await auth.call(`POST /api/auth/factors/${begun.id}/confirm`, {
      token: user.accessToken,
      body: { code: codeOf(begun.secret) },
    });
    expect(status).toBe(200);
    expect(new Set(body.recoveryCodes).size).toBe(10);
    expect((await auth.call('GET /api/auth/me', { token: body.accessToken })).status).toBe(200);
    expect((await auth.call('GET /api/auth/me', { token: other.accessToken })).status).toBe(401);
    expect((await auth.call('POST /api/auth/refresh', { body: { refreshToken: other.refreshToken } })).status).toBe(
      401,
    );
    expect((await auth.call('POST /api/auth/refresh', { body: { refreshToken: body.refreshToken } })).status).toBe(200);
  });

  it('is stored sealed, and its recovery codes as hashes', async () => {
    const { secret, confirmed } = await withApp();
    const stored = JSON.stringify(await everything(auth.db.client, auth.table));
    expect(stored).not.toContain(secret);
    for (const code of confirmed.body.recoveryCodes) expect(stored).not.toContain(code);
  });

  it('is seen by its owner, and by administrators as a fact without a secret', async () => {
    const { id, token, secret } = await withApp();
    const { body } = await auth.call('GET /api/auth/factors', { token });
    expect(body).toEqual({
      items: [expect.objectContaining({ id, name: 'Phone', confirmed: true })],
      recoveryCodesLeft: 10,
    });
    const users = await auth.call('GET /api/users', { token: await auth.admin(), query: { limit: '100' } });
    const seen = users.body.items.at(-1);
    expect(seen.hasSecondFactor).toBe(true);
    expect(JSON.stringify(seen)).not.toContain(secret);
  });
});

describe('a login with a second factor', () => {
  it('needs the code: the right password alone is answered with what to send', async () => {
    const user = await withApp();
    const alone = await login(user);
    expect([alone.status, alone.body.code]).toEqual([401, 'auth.code_required']);
    expect((await login(user, codeOf(user.secret))).status).toBe(200);
  });

  it('takes a code of a clock that is half a minute off, and none that is two minutes off', async () => {
    const user = await withApp();
    expect((await login(user, codeOf(user.secret, 120))).body.code).toBe('auth.invalid_code');
    expect((await login(user, codeOf(user.secret, 30))).status).toBe(200);
  });

  it('takes a code once, also of two requests at once', async () => {
    const user = await withApp();
    const code = codeOf(user.secret);
    const answers = await Promise.all([login(user, code), login(user, code), login(user, code)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
    expect((await login(user, code)).body.code).toBe('auth.invalid_code');
  });

  it('takes each recovery code once, as people type it', async () => {
    const user = await withApp();
    const [first, second] = user.confirmed.body.recoveryCodes as string[];
    expect((await login(user, ` ${first?.toUpperCase().replaceAll('-', ' ')} `)).status).toBe(200);
    expect((await login(user, first)).body.code).toBe('auth.invalid_code');
    const { body } = await login(user, second);
    const { body: left } = await auth.call('GET /api/auth/factors', { token: body.accessToken });
    expect(left.recoveryCodesLeft).toBe(8);
  });

  it('is locked after five wrong codes, and a request without a code frees no guess', async () => {
    const user = await withApp();
    for (let i = 0; i < 5; i++) {
      expect((await login(user)).body.code).toBe('auth.code_required');
      expect((await login(user, '000000')).body.code).toBe('auth.invalid_code');
    }
    // The sixth attempt is the one that sets the lock.
    await login(user, '000000');
    expect((await login(user, codeOf(user.secret))).body.code).toBe('auth.locked');
  });

  it('says nothing of the factor to a wrong password', async () => {
    const user = await withApp();
    const { body } = await login({ ...user, password: 'not the password' }, codeOf(user.secret));
    expect(body.code).toBe('auth.invalid_credentials');
  });
});

describe('proof', () => {
  const create = (token: string) =>
    auth.call('POST /api/users', { token, body: { username: `made-${nextAddress()}`, roles: ['viewer'] } });

  it('a person with a second factor proves again after fifteen minutes, before they change who may do what', async () => {
    const user = await withApp(['admin']);
    expect((await create(user.token)).status).toBe(201);
    auth.advance(14 * 60);
    const { body: pair } = await auth.call('POST /api/auth/refresh', {
      body: { refreshToken: user.confirmed.body.refreshToken },
    });
    auth.advance(60);
    const refused = await create(pair.accessToken);
    expect([refused.status, refused.body.code, refused.body.proof]).toEqual([403, 'auth.proof_required', 'code']);
    const { status, body } = await auth.call('POST /api/auth/proof', {
      token: pair.accessToken,
      body: { code: codeOf(user.secret) },
    });
    expect([status, Object.keys(body).sort()]).toEqual([200, ['accessToken', 'expiresIn', 'tokenType']]);
    expect((await create(body.accessToken)).status).toBe(201);
  });

  it('a proof outlasts a refresh', async () => {
    const user = await withApp(['admin']);
    auth.advance(14 * 60);
    await auth.call('POST /api/auth/proof', { token: user.token, body: { code: codeOf(user.secret) } });
    const { body } = await auth.call('POST /api/auth/refresh', {
      body: { refreshToken: user.confirmed.body.refreshToken },
    });
    auth.advance(10 * 60);
    expect((await create(body.accessToken)).status).toBe(201);
  });

  it('a password is no proof for a person with a second factor, and a code counts once', async () => {
    const user = await withApp();
    const prove = (body: object) => auth.call('POST /api/auth/proof', { token: user.token, body });
    expect((await prove({ password: user.password })).status).toBe(400);
    const code = codeOf(user.secret);
    const answers = await Promise.all([prove({ code }), prove({ code })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
  });

  it('people without a second factor prove by their password before they add or remove one, and else never', async () => {
    const user = await auth.user(['admin']);
    const { body: first } = await auth.call('POST /api/auth/refresh', { body: { refreshToken: user.refreshToken } });
    auth.advance(16 * 60);
    const { body: pair } = await auth.call('POST /api/auth/refresh', { body: { refreshToken: first.refreshToken } });
    expect((await create(pair.accessToken)).status).toBe(201);
    const begin = (token: string) => auth.call('POST /api/auth/factors', { token, body: { name: 'Phone' } });
    expect((await begin(pair.accessToken)).body).toMatchObject({ code: 'auth.proof_required', proof: 'password' });
    const wrong = await auth.call('POST /api/auth/proof', { token: pair.accessToken, body: { password: 'wrong' } });
    expect([wrong.status, wrong.body.code]).toEqual([403, 'password.wrong']);
    const right = await auth.call('POST /api/auth/proof', {
      token: pair.accessToken,
      body: { password: user.password },
    });
    expect((await begin(right.body.accessToken)).status).toBe(201);
  });
});

describe('without the phone', () => {
  it('the owner removes a factor, and the password alone logs in again', async () => {
    const user = await withApp();
    expect((await auth.call(`DELETE /api/auth/factors/${user.id}`, { token: user.token })).status).toBe(204);
    expect((await auth.call(`DELETE /api/auth/factors/${user.id}`, { token: user.token })).status).toBe(404);
    expect((await login(user)).status).toBe(200);
    expect((await login(user, user.confirmed.body.recoveryCodes[0])).status).toBe(200);
  });

  it('new recovery codes void the earlier ones', async () => {
    const user = await withApp();
    const { status, body } = await auth.call('POST /api/auth/recovery-codes', { token: user.token });
    expect([status, body.recoveryCodes.length]).toEqual([201, 10]);
    expect((await login(user, user.confirmed.body.recoveryCodes[0])).status).toBe(401);
    expect((await login(user, body.recoveryCodes[0])).status).toBe(200);
  });

  it('an administrator removes the factors of a person who has lost them all, and their sessions end', async () => {
    const user = await withApp();
    const { body } = await auth.call('GET /api/auth/me', { token: user.token });
    const { status } = await auth.call(`PATCH /api/users/${body.id}`, {
      token: await auth.admin(),
      body: { resetSecondFactors: true },
    });
    expect(status).toBe(200);
    expect((await auth.call('GET /api/auth/me', { token: user.token })).status).toBe(401);
    expect((await login(user)).status).toBe(200);
  });
});

describe('the floor of a password', () => {
  const SHORT = 'tin lark 7';
  const change = (token: string, currentPassword: string, newPassword: string) =>
    auth.call('POST /api/auth/password', { token, body: { currentPassword, newPassword } });

  it('is fifteen characters alone, and eight beside a second factor', async () => {
    const alone = await auth.user(['operator']);
    expect((await change(alone.accessToken, alone.password, SHORT)).body.code).toBe('password.too_short');
    const user = await withApp();
    const { body } = await change(user.token, user.password, 'tin lar');
    expect([body.code, body.detail]).toEqual(['password.too_short', expect.stringContaining('at least 8 characters')]);
    expect((await change(user.token, user.password, SHORT)).status).toBe(200);
    expect((await login({ ...user, password: SHORT }, codeOf(user.secret))).status).toBe(200);
  });

  it('holds the last factor beside a short password, until the password is longer', async () => {
    const user = await withApp();
    const { body: pair } = await change(user.token, user.password, SHORT);
    const refused = await auth.call(`DELETE /api/auth/factors/${user.id}`, { token: pair.accessToken });
    expect([refused.status, refused.body.code]).toEqual([409, 'factor.needed']);
    const { body: longer } = await change(pair.accessToken, SHORT, user.password);
    expect((await auth.call(`DELETE /api/auth/factors/${user.id}`, { token: longer.accessToken })).status).toBe(204);
  });

  it('holds against a factor that is removed while the password becomes short', async () => {
    const user = await withApp();
    await Promise.all([
      change(user.token, user.password, SHORT),
      auth.call(`DELETE /api/auth/factors/${user.id}`, { token: user.token }),
    ]);
    // Either the factor has stayed or the password has.
    expect((await login({ ...user, password: SHORT })).status).toBe(401);
  });

  it('has a short password changed at the next login, where an administrator removes the factors', async () => {
    const user = await withApp();
    const { body: me } = await auth.call('GET /api/auth/me', { token: user.token });
    await change(user.token, user.password, SHORT);
    const { body } = await auth.call(`PATCH /api/users/${me.id}`, {
      token: await auth.admin(),
      body: { resetSecondFactors: true },
    });
    expect(body.passwordChangeRequired).toBe(true);
    const { body: pair } = await login({ ...user, password: SHORT });
    expect(pair.passwordChangeRequired).toBe(true);
    expect((await change(pair.accessToken, SHORT, 'tin lark 8')).body.code).toBe('password.too_short');
    expect((await change(pair.accessToken, SHORT, user.password)).body.passwordChangeRequired).toBeUndefined();
  });
});
