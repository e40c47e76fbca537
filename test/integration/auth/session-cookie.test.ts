import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nextAddress, startAuth, type Answer, type TestAuth } from '../../support/auth.ts';

let auth: TestAuth;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const BROWSER = { 'tocsin-session': 'cookie' };

const setCookie = ({ headers }: Answer): string => headers['set-cookie'] ?? '';
/** What a browser sends back of a cookie that it got. */
const held = (answer: Answer): string => setCookie(answer).split(';', 1)[0] ?? '';

const loginFromBrowser = async (): Promise<Answer> => {
  const { username, password } = await auth.user(['viewer']);
  return auth.call('POST /api/auth/login', { body: { username, password }, headers: BROWSER, ip: nextAddress() });
};

describe('a login that asks for a cookie', () => {
  it('200: the refresh token is in the cookie alone, out of reach of scripts and other sites', async () => {
    const answer = await loginFromBrowser();
    expect(answer.status).toBe(200);
    expect(answer.body.accessToken).toEqual(expect.any(String));
    expect(answer.body).not.toHaveProperty('refreshToken');
    expect(setCookie(answer)).toMatch(
      /^__Secure-tocsin-refresh=trt_\S+; Max-Age=604800; Path=\/api\/auth; HttpOnly; Secure; SameSite=Strict$/,
    );
  });

  it('200: a login without the header sets no cookie', async () => {
    const { username, password } = await auth.user(['viewer']);
    const answer = await auth.call('POST /api/auth/login', { body: { username, password }, ip: nextAddress() });
    expect(answer.body.refreshToken).toMatch(/^trt_/);
    expect(answer.headers).not.toHaveProperty('set-cookie');
  });
});

describe('a refresh by cookie', () => {
  it('200: the cookie rotates, and the one before ends the session after the grace', async () => {
    const first = await loginFromBrowser();
    const second = await auth.call('POST /api/auth/refresh', { headers: { ...BROWSER, cookie: held(first) } });
    expect(second.status).toBe(200);
    expect(second.body).not.toHaveProperty('refreshToken');
    expect(held(second)).not.toBe(held(first));
    auth.advance(41);
    const reused = await auth.call('POST /api/auth/refresh', { headers: { ...BROWSER, cookie: held(first) } });
    expect(reused.status).toBe(401);
    const ended = await auth.call('POST /api/auth/refresh', { headers: { ...BROWSER, cookie: held(second) } });
    expect(ended.status).toBe(401);
  });

  it('200: the cookie is found between others', async () => {
    const cookie = `theme=dark; ${held(await loginFromBrowser())}; other=__Secure-tocsin-refresh`;
    expect((await auth.call('POST /api/auth/refresh', { headers: { ...BROWSER, cookie } })).status).toBe(200);
  });

  it('400: the cookie without the header, as a form of another site would send it', async () => {
    const answer = await auth.call('POST /api/auth/refresh', { headers: { cookie: held(await loginFromBrowser()) } });
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].pointer).toBe('/refreshToken');
  });

  it('401: the header without a cookie, and a cookie that is no token', async () => {
    for (const cookie of ['', '__Secure-tocsin-refresh=', '__Secure-tocsin-refresh=trt_made-up']) {
      const answer = await auth.call('POST /api/auth/refresh', { headers: { ...BROWSER, cookie } });
      expect([answer.status, answer.body.code]).toEqual([401, 'auth.invalid_refresh_token']);
    }
  });
});

describe('a logout', () => {
  it('204: ends the session and deletes the cookie', async () => {
    const { body, ...answer } = await loginFromBrowser();
    const ended = await auth.call('POST /api/auth/logout', { token: body.accessToken, headers: BROWSER });
    expect(ended.status).toBe(204);
    expect(setCookie(ended)).toMatch(/^__Secure-tocsin-refresh=; Max-Age=0; Path=\/api\/auth; HttpOnly; Secure/);
    const cookie = held({ body, ...answer });
    expect((await auth.call('POST /api/auth/refresh', { headers: { ...BROWSER, cookie } })).status).toBe(401);
  });
});

describe('a new password', () => {
  it('200: the session continues by a new cookie', async () => {
    const { username, password } = await auth.user(['viewer']);
    const login = await auth.call('POST /api/auth/login', {
      body: { username, password },
      headers: BROWSER,
      ip: nextAddress(),
    });
    const changed = await auth.call('POST /api/auth/password', {
      token: login.body.accessToken,
      body: { currentPassword: password, newPassword: 'seven boots tumbling over gravel' },
      headers: BROWSER,
    });
    expect(changed.status).toBe(200);
    expect(changed.body).not.toHaveProperty('refreshToken');
    expect(held(changed)).not.toBe(held(login));
    const next = await auth.call('POST /api/auth/refresh', { headers: { ...BROWSER, cookie: held(changed) } });
    expect(next.status).toBe(200);
  });
});
