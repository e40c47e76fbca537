import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_PASSWORD, EDGE_KEY, nextAddress, startAuth, type TestAuth } from '../../support/auth.ts';
import { everything } from '../../support/dynamo.ts';

let auth: TestAuth;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const login = (username: string, password: string, ip = nextAddress()) =>
  auth.call('POST /api/auth/login', { body: { username, password }, ip });

describe('200', () => {
  it('a pair of tokens for a user name and a password', async () => {
    const { status, body, headers } = await login('admin', ADMIN_PASSWORD);
    expect(status).toBe(200);
    expect(body).toEqual({
      accessToken: expect.stringMatching(/^ey/),
      refreshToken: expect.stringMatching(/^trt_/),
      tokenType: 'Bearer',
      expiresIn: 900,
    });
    expect(headers['cache-control']).toBe('no-store');
  });

  it('the user name in any case, with blanks, and composed in any way', async () => {
    const user = await auth.user(['viewer']);
    expect((await login(` ${user.username.toUpperCase()} `, user.password)).status).toBe(200);
  });

  it('an eleventh session makes the one that was idle longest end', async () => {
    const user = await auth.user(['viewer']);
    for (let i = 0; i < 10; i++) {
      auth.advance(1);
      expect((await login(user.username, user.password)).status).toBe(200);
    }
    const { body } = await auth.call('GET /api/auth/sessions', { token: user.accessToken });
    expect(body.items).toHaveLength(10);
    const { status } = await auth.call('POST /api/auth/refresh', { body: { refreshToken: user.refreshToken } });
    expect(status).toBe(401);
  });
});

describe('400', () => {
  it.each([{}, { username: 'a' }, { username: 'a', password: 1 }, { username: 'a', password: 'b', roles: ['admin'] }])(
    'a body that is not a login: %j',
    async (body) => expect((await auth.call('POST /api/auth/login', { body })).status).toBe(400),
  );
});

describe('behind the edge', () => {
  const seenFrom = async (headers: Readonly<Record<string, string>>): Promise<string> => {
    const { username, password } = await auth.user(['viewer']);
    const ip = '198.18.0.1';
    const { body } = await auth.call('POST /api/auth/login', { body: { username, password }, headers, ip });
    const sessions = await auth.call('GET /api/auth/sessions', { token: body.accessToken });
    return sessions.body.items.find(({ current }: { current: boolean }) => current).ip;
  };
  const address = { 'tocsin-client-address': '203.0.113.9' };

  it('the address of the client is the one that the edge names, with its key', async () => {
    expect(await seenFrom({ ...address, 'tocsin-edge-key': EDGE_KEY })).toBe('203.0.113.9');
  });

  it('an address that a client names itself counts for nothing', async () => {
    expect(await seenFrom(address)).toBe('198.18.0.1');
    expect(await seenFrom({ ...address, 'tocsin-edge-key': 'guessed' })).toBe('198.18.0.1');
  });
});

describe('401', () => {
  it('a wrong password, a user that does not exist and one that is disabled: the very same answer', async () => {
    const disabled = await auth.user(['viewer']);
    await auth.call(`PATCH /api/users/${disabled.id}`, { token: await auth.admin(), body: { status: 'disabled' } });
    const answers = [
      await login('admin', 'not the password at all'),
      await login('nobody-at-all', 'not the password at all'),
      await login(disabled.username, disabled.password),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(401);
      expect(answer.body.code).toBe('auth.invalid_credentials');
      expect(answer.body).toEqual(answers[0]?.body);
      expect(answer.headers).toEqual(answers[0]?.headers);
    }
  });

  it('in the same time, whether the user exists or not', async () => {
    const users = await Promise.all([auth.user(['viewer']), auth.user(['viewer']), auth.user(['viewer'])]);
    const millisecondsOf = async (username: string): Promise<number> => {
      const startedAt = performance.now();
      await login(username, 'not the password at all');
      return performance.now() - startedAt;
    };
    const [existing, missing]: [number[], number[]] = [[], []];
    for (const [i, { username }] of users.entries()) {
      existing.push(await millisecondsOf(username));
      missing.push(await millisecondsOf(`nobody-of-this-name-${i}`));
    }
    const median = (times: number[]): number => times.sort((a, b) => a - b)[1] ?? 0;
    expect(median(missing) / median(existing)).toBeGreaterThan(0.4);
    expect(median(missing) / median(existing)).toBeLessThan(2.5);
  });
});

describe('429', () => {
  const locksOf = async (username: string): Promise<(number | string)[]> => {
    const seen: (number | string)[] = [];
    for (let i = 0; i < 8; i++) {
      const { status, headers, body } = await login(username, 'not the password at all');
      seen.push(status);
      if (status === 429) {
        expect(body.code).toBe('auth.locked');
        seen.push(headers['retry-after'] ?? '');
        auth.advance(Number(headers['retry-after']));
      }
    }
    return seen;
  };

  it('after five wrong passwords: one more attempt a lock, and each lock is twice as long', async () => {
    const user = await auth.user(['viewer']);
    expect(await locksOf(user.username)).toEqual([401, 401, 401, 401, 401, 401, 429, '60', 401]);
  });

  it('the same for an unknown name', async () => {
    expect(await locksOf('a-name-that-nobody-has')).toEqual([401, 401, 401, 401, 401, 401, 429, '60', 401]);
  });

  it('even with the right password, while the account is locked', async () => {
    const user = await auth.user(['viewer']);
    for (let i = 0; i < 6; i++) await login(user.username, 'not the password at all');
    expect((await login(user.username, user.password)).status).toBe(429);
    auth.advance(61);
    expect((await login(user.username, user.password)).status).toBe(200);
    expect((await login(user.username, 'not the password at all')).status).toBe(401);
  });

  it('exact under concurrency: of forty at once no more than six look at the password', async () => {
    const user = await auth.user(['viewer']);
    const statuses = (
      await Promise.all(Array.from({ length: 40 }, () => login(user.username, 'not the password at all')))
    ).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(6);
    expect(statuses.filter((status) => status === 429)).toHaveLength(34);
  });

  it('after twenty wrong passwords from one address, whatever the accounts; right ones do not count', async () => {
    const ip = nextAddress();
    const user = await auth.user(['viewer']);
    for (let i = 0; i < 5; i++) expect((await login(user.username, user.password, ip)).status).toBe(200);
    for (let i = 0; i < 21; i++) expect((await login(`spray-${i}`, 'not the password at all', ip)).status).toBe(401);
    expect((await login('spray-x', 'not the password at all', ip)).status).toBe(429);
    expect((await login(user.username, user.password, ip)).status).toBe(429);
    expect((await login(user.username, user.password)).status).toBe(200);
  });

  it('one IPv6 subscriber is one address', async () => {
    for (let i = 0; i < 21; i++) await login(`spray6-${i}`, 'not the password at all', `2001:db8:7:7::${i}`);
    expect((await login('spray6-x', 'not the password at all', '2001:db8:7:7:1:2:3:4')).status).toBe(429);
    expect((await login('spray6-x', 'not the password at all', '2001:db8:7:8::1')).status).toBe(401);
  });
});

it('neither passwords nor tokens nor typed names without an account are stored', async () => {
  const { body } = await login('admin', ADMIN_PASSWORD);
  await login('hunter2-typed-into-the-wrong-field', 'not the password at all');
  const kept = JSON.stringify(await everything(auth.db.client, auth.table));
  for (const secret of [ADMIN_PASSWORD, body.refreshToken, body.accessToken, 'hunter2', 'not the password']) {
    expect(kept).not.toContain(secret);
  }
});
