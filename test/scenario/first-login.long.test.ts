import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRuntime, type Runtime } from '../../local/emulator/runtime.ts';
import {
  administratorLogin,
  administratorPassword,
  type AdministratorLogin,
} from '../../local/tocsin/administrator.ts';
import { standIns } from '../../local/tocsin/stand-ins/stand-ins.ts';
import { devAssembly } from '../support/dev-assembly.ts';
import type { Made } from '../support/made-once.ts';

let assembly: Made;
const dataDir = mkdtempSync(join(tmpdir(), 'first-login-'));

beforeAll(async () => {
  assembly = await devAssembly();
});
afterAll(() => {
  assembly.remove();
  rmSync(dataDir, { recursive: true });
});

/** A run on the data of the run before it, as `npm start` makes it. */
const inRun = async <T>(password: string | undefined, work: (runtime: Runtime) => Promise<T>): Promise<T> => {
  const parameters = password ? administratorPassword('dev', password) : {};
  const runtime = await startRuntime({
    assembly: assembly.directory,
    stage: 'dev',
    dataDir,
    parameters,
    application: standIns,
  });
  try {
    return await work(runtime);
  } finally {
    await runtime.stop();
  }
};

const post = (url: string, body: object, token?: string): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  });

const logIn = async ({ url }: Runtime, password: string | undefined): Promise<string | undefined> => {
  const response = await post(`${url}/api/auth/login`, { username: 'admin', password });
  return ((await response.json()) as { accessToken?: string }).accessToken;
};

const shown = (runtime: Runtime): Promise<AdministratorLogin | undefined> => administratorLogin(runtime);

test('each start on existing data shows the password of the administrator only while it works', async () => {
  const first = 'the first bell of the night';
  await inRun(first, async (runtime) => {
    expect(await shown(runtime)).toEqual({ username: 'admin', password: first, passwordChangeRequired: false });
    expect(await logIn(runtime, first), 'the login that is shown works').toBeDefined();
    expect(await shown(runtime), 'also after the first login').toMatchObject({ password: first });
  });

  await inRun('the second bell of the night', async (runtime) => {
    expect(await logIn(runtime, 'the second bell of the night')).toBeUndefined();
    expect(await shown(runtime), 'the administrator has a password already').toEqual({
      username: 'admin',
      passwordChangeRequired: false,
    });
  });

  await inRun(first, async (runtime) => {
    expect(await shown(runtime), 'the password that is given is the one that was set').toMatchObject({
      password: first,
    });
    const token = await logIn(runtime, first);
    const changed = await post(
      `${runtime.url}/api/auth/password`,
      { currentPassword: first, newPassword: 'a third bell, chosen by hand' },
      token,
    );
    expect(changed.status).toBe(200);
    expect((await shown(runtime))?.password, 'not after it was changed').toBeUndefined();
  });
}, 120_000);

test('a generated password is shown until it is changed, with the notice that it must be', async () => {
  rmSync(dataDir, { recursive: true });
  await inRun(undefined, async (runtime) => {
    const login = await shown(runtime);
    expect(login?.passwordChangeRequired).toBe(true);
    expect(await logIn(runtime, login?.password)).toBeDefined();
    expect(await shown(runtime)).toEqual(login);
  });
}, 120_000);
