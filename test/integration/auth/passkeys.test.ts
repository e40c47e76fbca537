import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nextAddress, startAuth, type TestAuth, type TestUser } from '../../support/auth.ts';
import { authenticator, type Authenticator } from '../../support/authenticator.ts';
import { everything } from '../../support/dynamo.ts';

let auth: TestAuth;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const ORIGIN = 'https://pager.example.com';

const add = async (token: string, key: Authenticator, name = 'Laptop', more: object = {}) => {
  const { body: options } = await auth.call('POST /api/auth/factors/passkeys/options', { token });
  return auth.call('POST /api/auth/factors/passkeys', { token, body: { name, answer: key.make(options, more) } });
};

/** A person with a passkey. */
const withPasskey = async (roles: readonly string[] = ['operator'], key = authenticator()) => {
  const user = await auth.user(roles);
  const added = await add(user.accessToken, key);
  return { ...user, key, added, token: added.body.accessToken as string };
};

const login = ({ username, password }: Pick<TestUser, 'username' | 'password'>, more: object = {}) =>
  auth.call('POST /api/auth/login', { body: { username, password, ...more }, ip: nextAddress() });

const optionsToLogIn = async () => (await auth.call('POST /api/auth/login/passkey/options')).body;
const logInBy = (answer: object, ip = nextAddress()) => auth.call('POST /api/auth/login/passkey', { body: answer, ip });

const claimsOf = (token: string): { readonly amr: readonly string[] } =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

const eventsOf = async (type: string) =>
  (await everything(auth.db.client, auth.table))
    .map(({ event }) => event as { type: string; subject: { name: string } } | undefined)
    .filter((event) => event?.type === type);

describe('a passkey that is added', () => {
  it('is asked for without attestation, at the address that the stage states', async () => {
    const user = await auth.user(['operator']);
    const { status, body } = await auth.call('POST /api/auth/factors/passkeys/options', {
      token: user.accessToken,
      headers: { host: 'evil.example.net', origin: 'https://evil.example.net', 'x-forwarded-host': 'evil.example.net' },
    });
    expect([status, body.origin]).toEqual([200, ORIGIN]);
    expect(body.options).toMatchObject({
      rp: { id: 'pager.example.com' },
      attestation: 'none',
      user: { name: user.username },
    });
  });

  it('is in the list with its name and whether it is backed up, counts as a second factor, and comes with recovery codes', async () => {
    const user = await withPasskey(['operator'], authenticator({ isSynced: true }));
    expect(user.added.status).toBe(200);
    expect(new Set(user.added.body.recoveryCodes).size).toBe(10);
    const { body } = await auth.call('GET /api/auth/factors', { token: user.token });
    expect(body).toEqual({
      items: [expect.objectContaining({ kind: 'passkey', name: 'Laptop', confirmed: true, backedUp: true })],
      recoveryCodesLeft: 10,
    });
    expect((await login(user)).body.code).toBe('auth.code_required');
  });

  it('ends the sessions that began without it, and a second one brings no further recovery codes', async () => {
    const user = await auth.user(['operator']);
    const other = (await login(user)).body;
    const first = await add(user.accessToken, authenticator());
    expect((await auth.call('GET /api/auth/me', { token: other.accessToken })).status).toBe(401);
    auth.advance(1);
    const second = await add(first.body.accessToken, authenticator({ isSynced: true }), 'Key ring');
    expect([second.status, second.body.recoveryCodes]).toEqual([200, undefined]);
    const { body } = await auth.call('GET /api/auth/factors', { token: second.body.accessToken });
    expect(body.items.map(({ name, backedUp }: { name: string; backedUp: boolean }) => [name, backedUp])).toEqual([
      ['Laptop', false],
      ['Key ring', true],
    ]);
  });

  it('must have been made at this address', async () => {
    const user = await auth.user(['operator']);
    const { status, body } = await add(user.accessToken, authenticator(), 'Laptop', {
      origin: 'https://pager.example.org',
    });
    expect([status, body.code]).toEqual([422, 'passkey.refused']);
  });

  it('answers its challenge once, within five minutes, and in the session that asked', async () => {
    const [user, other] = [await auth.user(['operator']), await auth.user(['operator'])];
    const begin = async () =>
      (await auth.call('POST /api/auth/factors/passkeys/options', { token: user.accessToken })).body;
    const send = (token: string, answer: object) =>
      auth.call('POST /api/auth/factors/passkeys', { token, body: { name: 'Laptop', answer } });
    expect((await send(other.accessToken, authenticator().make(await begin()))).body.code).toBe('passkey.refused');
    const late = authenticator().make(await begin());
    auth.advance(301);
    expect((await send(user.accessToken, late)).body.code).toBe('passkey.refused');
    const answer = authenticator().make(await begin());
    const answers = await Promise.all([send(user.accessToken, answer), send(user.accessToken, answer)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422]);
  });

  it('is added once', async () => {
    const user = await withPasskey();
    const { status, body } = await add(user.token, user.key);
    expect([status, body.code]).toEqual([409, 'factor.exists']);
  });

  it('needs a proof, as other factors do', async () => {
    const user = await auth.user(['operator']);
    auth.advance(14 * 60);
    const { body: pair } = await auth.call('POST /api/auth/refresh', { body: { refreshToken: user.refreshToken } });
    auth.advance(2 * 60);
    for (const path of ['/api/auth/factors/passkeys/options', '/api/auth/factors/passkeys'] as const) {
      const { body } = await auth.call(`POST ${path}`, {
        token: pair.accessToken,
        body: path.endsWith('options')
          ? undefined
          : {
              name: 'x',
              answer: authenticator().make({
                origin: ORIGIN,
                options: { challenge: '', user: { id: '' }, rp: { id: '' } },
              }),
            },
      });
      expect(body.code).toBe('auth.proof_required');
    }
  });

  it('is removed as other factors are, and then logs in no more', async () => {
    const user = await withPasskey();
    const { body } = await auth.call('GET /api/auth/factors', { token: user.token });
    expect((await auth.call(`DELETE /api/auth/factors/${body.items[0].id}`, { token: user.token })).status).toBe(204);
    expect((await login(user)).status).toBe(200);
    expect((await logInBy(user.key.use(await optionsToLogIn()))).status).toBe(401);
  });
});

describe('a login with a passkey as second factor', () => {
  it('gets the ways and the options with the refusal of the right password, and nothing with that of a wrong one', async () => {
    const user = await withPasskey();
    const { status, body } = await login(user);
    expect([status, body.code, body.methods]).toEqual([401, 'auth.code_required', ['passkey', 'recovery_code']]);
    expect(body.passkey.options.allowCredentials).toEqual([expect.objectContaining({ id: user.key.credentialId })]);
    const wrong = await login({ ...user, password: 'not the password' });
    expect([wrong.body.code, wrong.body.methods, wrong.body.passkey]).toEqual([
      'auth.invalid_credentials',
      undefined,
      undefined,
    ]);
  });

  it('takes its answer beside the password, once, also of two requests at once', async () => {
    const user = await withPasskey();
    const { body: asked } = await login(user);
    const passkey = user.key.use(asked.passkey);
    const answers = await Promise.all([login(user, { passkey }), login(user, { passkey }), login(user, { passkey })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
    const again = await login(user, { passkey });
    expect([again.status, again.body.code]).toEqual([401, 'auth.invalid_passkey']);
    const token = answers.find(({ status }) => status === 200)?.body.accessToken as string;
    expect(claimsOf(token).amr).toEqual(['pwd', 'hwk', 'mfa']);
    const { body } = await auth.call('GET /api/auth/factors', { token });
    expect(body.items[0].lastUsedAt).not.toBeNull();
  });

  it('takes no answer of another person, and none to a challenge that was made for something else', async () => {
    const [user, other] = [await withPasskey(), await withPasskey()];
    const { body: asked } = await login(user);
    expect((await login(user, { passkey: other.key.use(asked.passkey) })).status).toBe(401);
    expect((await login(user, { passkey: user.key.use(await optionsToLogIn()) })).status).toBe(401);
    const { body: asksOther } = await login(other);
    expect((await login(user, { passkey: user.key.use(asksOther.passkey) })).status).toBe(401);
  });

  it('takes a recovery code as well', async () => {
    const user = await withPasskey();
    expect((await login(user, { code: user.added.body.recoveryCodes[0] })).status).toBe(200);
  });

  it('is locked after five wrong answers', async () => {
    const user = await withPasskey();
    const stranger = authenticator();
    for (let i = 0; i < 6; i++) {
      const { body: asked } = await login(user);
      await login(user, { passkey: stranger.use(asked.passkey) });
    }
    expect((await login(user)).body.code).toBe('auth.locked');
  });
});

describe('a login with a passkey instead of a password', () => {
  it('is one step, and its token says how', async () => {
    const user = await withPasskey(['operator'], authenticator({ isSynced: true }));
    const asked = await optionsToLogIn();
    expect([asked.origin, asked.options.userVerification, asked.options.allowCredentials]).toEqual([
      ORIGIN,
      'required',
      undefined,
    ]);
    const { status, body } = await logInBy(user.key.use(asked));
    expect(status).toBe(200);
    expect(claimsOf(body.accessToken).amr).toEqual(['user', 'swk', 'mfa']);
    expect((await auth.call('GET /api/auth/me', { token: body.accessToken })).body.name).toBe(user.username);
  });

  it('takes an answer once, also of two requests at once, and not after five minutes', async () => {
    const user = await withPasskey();
    const answer = user.key.use(await optionsToLogIn());
    const answers = await Promise.all([logInBy(answer), logInBy(answer), logInBy(answer)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
    const late = user.key.use(await optionsToLogIn());
    auth.advance(301);
    expect((await logInBy(late)).status).toBe(401);
  });

  it('refuses a passkey that has not verified its owner, and one that was used at another address', async () => {
    const user = await withPasskey();
    const present = user.key.use(await optionsToLogIn(), { verifiesUser: false });
    const phished = user.key.use(await optionsToLogIn(), { origin: 'https://pager.example.org' });
    for (const answer of [present, phished]) expect((await logInBy(answer)).body.code).toBe('auth.invalid_passkey');
  });

  it('answers the same for an unknown person, a disabled one and a wrong signature', async () => {
    const user = await withPasskey();
    const stranger = authenticator();
    stranger.make({ origin: ORIGIN, options: { challenge: '', user: { id: 'dXNyX25vYm9keQ' }, rp: { id: '' } } });
    const good = user.key.use(await optionsToLogIn());
    const forged = {
      ...good,
      response: { ...good.response, signature: stranger.use(await optionsToLogIn()).response['signature'] },
    };
    const answers = [await logInBy(stranger.use(await optionsToLogIn())), await logInBy(forged)];
    await auth.call(`PATCH /api/users/${user.id}`, { token: await auth.admin(), body: { status: 'disabled' } });
    answers.push(await logInBy(user.key.use(await optionsToLogIn())));
    const [{ body: first } = { body: {} }] = answers;
    for (const { status, body } of answers) expect([status, body]).toEqual([401, first]);
  });

  it('is locked with the account', async () => {
    const user = await withPasskey();
    for (let i = 0; i < 6; i++) await login({ ...user, password: 'not the password' });
    const { status, body } = await logInBy(user.key.use(await optionsToLogIn()));
    expect([status, body.code]).toEqual([429, 'auth.locked']);
  });

  it('refuses a counter that goes back or stays, and the audit trail has it', async () => {
    const user = await withPasskey();
    const logInAt = async (counter: number) =>
      (await logInBy(user.key.use(await optionsToLogIn(), { counter }))).status;
    expect(await logInAt(7)).toBe(200);
    expect(await logInAt(7)).toBe(401);
    expect(await logInAt(3)).toBe(401);
    expect(await logInAt(0)).toBe(401);
    const events = await eventsOf('passkey.counter_went_back');
    expect(events.filter((event) => event?.subject.name === user.username)).toHaveLength(3);
    expect(await logInAt(8)).toBe(200);
  });
});

describe('proof by a passkey', () => {
  const options = (token: string) => auth.call('POST /api/auth/proof/options', { token });
  const prove = (token: string, body: object) => auth.call('POST /api/auth/proof', { token, body });

  it('counts for fifteen minutes, as a code does, and an answer counts once', async () => {
    const user = await withPasskey(['admin']);
    auth.advance(14 * 60);
    const { body: pair } = await auth.call('POST /api/auth/refresh', {
      body: { refreshToken: user.added.body.refreshToken },
    });
    auth.advance(2 * 60);
    const create = (token: string) =>
      auth.call('POST /api/users', { token, body: { username: `made-${nextAddress()}`, roles: ['viewer'] } });
    expect((await create(pair.accessToken)).body.code).toBe('auth.proof_required');
    const { body: ways } = await options(pair.accessToken);
    expect(ways.methods).toEqual(['passkey', 'recovery_code']);
    const passkey = user.key.use(ways.passkey);
    const answers = await Promise.all([prove(pair.accessToken, { passkey }), prove(pair.accessToken, { passkey })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
    const token = answers.find(({ status }) => status === 200)?.body.accessToken as string;
    expect((await create(token)).status).toBe(201);
  });

  it('says which ways a person has', async () => {
    const user = await auth.user(['operator']);
    expect((await options(user.accessToken)).body).toEqual({ methods: ['password'] });
  });

  it('takes no answer of another session of the same person', async () => {
    const user = await withPasskey();
    const { body: other } = await logInBy(user.key.use(await optionsToLogIn()));
    const { body: ways } = await options(other.accessToken);
    const { status, body } = await prove(user.token, { passkey: user.key.use(ways.passkey) });
    expect([status, body.code]).toEqual([403, 'factor.wrong_passkey']);
  });
});
