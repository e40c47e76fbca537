import { afterAll, beforeAll, expect, it } from 'vitest';
import { ADMIN_PASSWORD, startAuth, type TestAuth } from '../../support/auth.ts';

let auth: TestAuth;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

it('works', async () => {
  const a = await auth.call('POST /api/auth/login', { body: { username: 'admin', password: ADMIN_PASSWORD } });
  console.log(a.status, a.body);
  const me = await auth.call('GET /api/auth/me', { token: a.body.accessToken });
  console.log(me.status, me.body);
  const r = await auth.call('POST /api/auth/refresh', { body: { refreshToken: a.body.refreshToken } });
  console.log(r.status, r.body);
  const k = await auth.call('POST /api/api-keys', {
    token: r.body.accessToken,
    body: { name: 'x', permissions: ['integrations.ingest'] },
  });
  console.log(k.status, k.body);
  console.log(await auth.authorize(k.body.key));
  console.log((await auth.call('GET /api/security/status', { token: r.body.accessToken })).body);
  console.log(JSON.stringify((await auth.call('GET /.well-known/jwks.json')).body).slice(0, 200));
  expect(1).toBe(1);
});
