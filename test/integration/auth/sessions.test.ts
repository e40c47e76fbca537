import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { parseRefreshToken, rotationOf } from '../../../functions/auth/accounts/refresh-token.ts';
import { readSnapshot } from '../../../functions/auth/authorizer/snapshot.ts';
import { authStore } from '../../../functions/auth/deps.ts';
import { authzKey, ENDED_SESSION_PREFIX } from '../../../functions/auth/table.ts';
import { table } from '../../../shared/aws/dynamo.ts';
import { nextAddress, startAuth, type TestAuth } from '../../support/auth.ts';
import { everything } from '../../support/dynamo.ts';

let auth: TestAuth;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const refresh = (refreshToken: string) => auth.call('POST /api/auth/refresh', { body: { refreshToken } });
const isTaken = async (token: string): Promise<boolean> =>
  (await auth.call('GET /api/auth/me', { token })).status === 200;
const events = async (type: string): Promise<Record<string, unknown>[]> =>
  (await everything(auth.db.client, auth.table))
    .map((item) => item['event'] as Record<string, unknown> | undefined)
    .filter((event) => event?.['type'] === type) as Record<string, unknown>[];

describe('refresh', () => {
  it('200: a new pair, again and again', async () => {
    let { refreshToken } = await auth.user(['viewer']);
    for (let i = 0; i < 5; i++) {
      auth.advance(600);
      const { status, body } = await refresh(refreshToken);
      expect(status).toBe(200);
      expect(body.refreshToken).not.toBe(refreshToken);
      expect(await isTaken(body.accessToken)).toBe(true);
      refreshToken = body.refreshToken;
    }
  });

  it('200: the same next token for a client whose answer was lost', async () => {
    const { refreshToken } = await auth.user(['viewer']);
    const lost = await refresh(refreshToken);
    auth.advance(39);
    const again = await refresh(refreshToken);
    expect(again.status).toBe(200);
    expect(again.body.refreshToken).toBe(lost.body.refreshToken);
    auth.advance(60);
    expect((await refresh(again.body.refreshToken)).status).toBe(200);
  });

  it('200: of twenty at once one rotates, and all end with the one token that is good', async () => {
    const { refreshToken } = await auth.user(['viewer']);
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(refreshToken)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    const tokens = new Set(answers.map(({ body }) => body.refreshToken as string));
    expect(tokens.size).toBe(1);
    expect((await refresh([...tokens][0] ?? '')).status).toBe(200);
  });

  it('401: a used token ends the session for every holder of a copy, and is reported', async () => {
    const { refreshToken } = await auth.user(['viewer']);
    const thief = await refresh(refreshToken);
    auth.advance(41);
    expect((await refresh(refreshToken)).status).toBe(401);
    expect((await refresh(thief.body.refreshToken)).status).toBe(401);
    expect(await isTaken(thief.body.accessToken)).toBe(false);
    expect((await events('session.reuse_detected')).length).toBeGreaterThan(0);
  });

  it('401: within the grace a thief and a victim cannot both go on unnoticed', async () => {
    const { refreshToken } = await auth.user(['viewer']);
    const thief = await refresh(refreshToken);
    const victim = await refresh(refreshToken);
    expect(victim.status).toBe(200);
    auth.advance(600);
    expect((await refresh(thief.body.refreshToken)).status).toBe(200);
    auth.advance(60);
    expect((await refresh(victim.body.refreshToken)).status).toBe(401);
  });

  it('401: past seven days without a use', async () => {
    const { refreshToken } = await auth.user(['viewer']);
    auth.advance(7 * 86_400);
    expect((await refresh(refreshToken)).status).toBe(401);
  });

  it('401: a forged generation does no harm to the session', async () => {
    const { refreshToken } = await auth.user(['viewer']);
    const parts = refreshToken.split('.');
    const forged = [parts[0], '0', 'A'.repeat(22), 'A'.repeat(43)].join('.');
    expect((await refresh(forged)).status).toBe(401);
    expect((await refresh(refreshToken)).status).toBe(200);
  });

  it.each(['x', 'trt_', "trt_'; drop", '🔔'.repeat(20)])('401: %s is no refresh token', async (text) => {
    const { status, body } = await refresh(text);
    expect([status, body.code]).toEqual([401, 'auth.invalid_refresh_token']);
  });

  it('costs one round trip and at most two write units, and reads nothing', async () => {
    const { refreshToken } = await auth.user(['viewer']);
    const store = authStore(table(auth.db.client, auth.table), 900);
    const token = parseRefreshToken(refreshToken);
    if (!token) throw new Error('no token');
    const at = new Date();
    const { expectedHash, set } = rotationOf(token, at, 604_800);
    const cost = await auth.db.cost(() => store.rotate(token, expectedHash, set, at));
    expect(cost.result.rotated).toBe(true);
    expect(cost).toMatchObject({ roundTrips: 1, readUnits: 0 });
    expect(cost.writeUnits).toBeLessThanOrEqual(2);
  });
});

describe('logout', () => {
  it('204: no token of the session is taken any more', async () => {
    const { accessToken, refreshToken } = await auth.user(['viewer']);
    expect((await auth.call('POST /api/auth/logout', { token: accessToken })).status).toBe(204);
    expect(await isTaken(accessToken)).toBe(false);
    expect((await refresh(refreshToken)).status).toBe(401);
    expect(await events('session.ended')).not.toHaveLength(0);
  });

  it('a container that has read a moment ago takes the token for at most twenty seconds more', async () => {
    const { accessToken } = await auth.user(['viewer']);
    const container = auth.container();
    await auth.authorize(accessToken, undefined, container);
    await auth.call('POST /api/auth/logout', { token: accessToken });
    await auth.authorize(accessToken, undefined, container);
    auth.advance(20);
    await expect(auth.authorize(accessToken, undefined, container)).rejects.toThrow(/^Unauthorized$/);
  });
});

describe('sessions', () => {
  it('200: one sees one’s own, and which is this one', async () => {
    const user = await auth.user(['viewer']);
    const other = await auth.call('POST /api/auth/login', {
      body: { username: user.username, password: user.password },
      ip: nextAddress(),
      userAgent: 'a phone',
    });
    const { body } = await auth.call('GET /api/auth/sessions', { token: other.body.accessToken });
    expect(body.items).toHaveLength(2);
    const [current] = body.items.filter((session: { current: boolean }) => session.current);
    expect(current).toMatchObject({ userAgent: 'a phone', id: expect.stringMatching(/^ses_/) });
    expect(JSON.stringify(body)).not.toMatch(/hash|salt|family/);
  });

  it('204: revoking one ends it and no other', async () => {
    const user = await auth.user(['viewer']);
    const other = await auth.call('POST /api/auth/login', {
      body: { username: user.username, password: user.password },
      ip: nextAddress(),
    });
    const me = await auth.call('GET /api/auth/me', { token: other.body.accessToken });
    const revoked = await auth.call(`DELETE /api/auth/sessions/${me.body.sessionId}`, { token: user.accessToken });
    expect(revoked.status).toBe(204);
    expect(await isTaken(other.body.accessToken)).toBe(false);
    expect(await isTaken(user.accessToken)).toBe(true);
  });

  it('404: the session of another user, like one that does not exist', async () => {
    const [one, two] = [await auth.user(['viewer']), await auth.user(['viewer'])];
    const { body } = await auth.call('GET /api/auth/me', { token: two.accessToken });
    for (const id of [body.sessionId, 'ses_00000000000000000000000000', 'x', '%F0%9F%94%94']) {
      const answer = await auth.call(`DELETE /api/auth/sessions/${id}`, { token: one.accessToken });
      expect([answer.status, answer.body.code]).toEqual([404, 'session.not_found']);
    }
    expect(await isTaken(two.accessToken)).toBe(true);
  });
});

describe('password', () => {
  const change = (token: string, currentPassword: string, newPassword: string) =>
    auth.call('POST /api/auth/password', { token, body: { currentPassword, newPassword } });

  it('200: the other sessions end, and this one continues with a new pair', async () => {
    const user = await auth.user(['viewer']);
    const other = await auth.call('POST /api/auth/login', {
      body: { username: user.username, password: user.password },
      ip: nextAddress(),
    });
    const changed = await change(user.accessToken, user.password, 'a lamp beside the window');
    expect(changed.status).toBe(200);
    expect(await isTaken(changed.body.accessToken)).toBe(true);
    expect((await refresh(changed.body.refreshToken)).status).toBe(200);
    expect(await isTaken(user.accessToken)).toBe(false);
    expect(await isTaken(other.body.accessToken)).toBe(false);
    expect((await refresh(user.refreshToken)).status).toBe(401);
    expect((await refresh(other.body.refreshToken)).status).toBe(401);
  });

  it('200: while strangers guess at the login, which is locked for them', async () => {
    const user = await auth.user(['viewer']);
    const guess = () =>
      auth.call('POST /api/auth/login', {
        body: { username: user.username, password: 'a guess of a stranger' },
        ip: nextAddress(),
      });
    let locked = await guess();
    for (let i = 0; i < 12 && locked.status !== 429; i++) locked = await guess();
    expect(locked.status).toBe(429);
    const changed = await change(user.accessToken, user.password, 'a lamp beside the window');
    expect(changed.status).toBe(200);
    expect(await isTaken(changed.body.accessToken)).toBe(true);
  });

  it('403: a wrong current password; 429 after five of a session, which locks no other session out', async () => {
    const user = await auth.user(['viewer']);
    const statuses: number[] = [];
    for (let i = 0; i < 7; i++) {
      statuses.push((await change(user.accessToken, 'not my password at all', 'a lamp beside the window')).status);
    }
    expect(statuses).toEqual([403, 403, 403, 403, 403, 403, 429]);
    const { body } = await auth.call('POST /api/auth/login', {
      body: { username: user.username, password: user.password },
      ip: nextAddress(),
    });
    expect((await change(body.accessToken, user.password, 'a lamp beside the window')).status).toBe(200);
  });

  it.each([
    ['too short', 'password.too_short'],
    ['password12345678', 'password.common'],
    ['aaaaaaaaaaaaaaaaaaaa', 'password.predictable'],
  ])('422: %s', async (password, code) => {
    const user = await auth.user(['viewer']);
    const { status, body } = await change(user.accessToken, user.password, password);
    expect([status, body.code]).toEqual([422, code]);
    expect(body.errors).toEqual([{ pointer: '/newPassword', detail: expect.any(String) }]);
  });

  it('422: the same password again', async () => {
    const user = await auth.user(['viewer']);
    expect((await change(user.accessToken, user.password, user.password)).body.code).toBe('password.unchanged');
  });

  it('403: a machine has none', async () => {
    const { body } = await auth.call('POST /api/api-keys', {
      token: await auth.admin(),
      body: { name: 'm', permissions: ['monitoring.read'] },
    });
    expect((await change(body.key, 'x', 'a lamp beside the window')).body.code).toBe('auth.people_only');
  });
});

test('the authorizer reads no revocation whose tokens have all expired, though DynamoDB has not deleted it', async () => {
  const store = table(auth.db.client, auth.table);
  const now = new Date();
  const seconds = Math.floor(now.getTime() / 1000);
  const ended = (id: string, ttl: number) => store.put({ ...authzKey(ENDED_SESSION_PREFIX + id), ttl });
  await ended('ses_old', seconds - 1);
  await ended('ses_new', seconds + 60);
  const { endedSessions } = await readSnapshot(store, now);
  expect([endedSessions.has('ses_old'), endedSessions.has('ses_new')]).toEqual([false, true]);
});
