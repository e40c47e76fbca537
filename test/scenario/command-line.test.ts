import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { product } from './stories/product.ts';
import { terminal, type Terminal } from '../support/terminal.ts';
import { ADMIN_PASSWORD, type Client, type Tocsin } from '../support/tocsin.ts';
import { repository } from '../support/tools/paths.ts';

let tocsin: Tocsin;
let admin: Client;
let ana: Terminal;

beforeAll(async () => {
  tocsin = await product();
  admin = await tocsin.admin();
  ana = terminal({ TOCSIN_PASSWORD: ADMIN_PASSWORD }, { now: () => new Date(tocsin.runtime.clock.now()) });
  expect(await ana.tocsin('login', '--url', tocsin.url, '--username', 'admin')).toMatchObject({ code: 0 });
}, 120_000);

const raised = async (body: Readonly<Record<string, unknown>>): Promise<string> =>
  (await admin.post<{ id: string }>('/api/monitoring/alerts', { severity: 'critical', ...body })).body.id;

describe('login', () => {
  const fileOf = ({ home }: Terminal): string => join(home, '.config/tocsin/session.json');

  test('keeps the session in a file that only its owner can read', () => {
    expect(statSync(fileOf(ana)).mode & 0o777).toBe(0o600);
    expect(readFileSync(fileOf(ana), 'utf8')).not.toContain(ADMIN_PASSWORD);
  });

  test('asks for name and password where nothing names them', async () => {
    const asked = terminal({}, { typed: ['admin', ADMIN_PASSWORD] });
    expect(await asked.tocsin('login', '--url', tocsin.url)).toMatchObject({ code: 0 });
  });

  test('a wrong password is refused, and nothing is kept', async () => {
    const wrong = terminal({ TOCSIN_PASSWORD: 'not the one' });
    expect(await wrong.tocsin('login', '--url', tocsin.url, '--username', 'nobody')).toMatchObject({ code: 3 });
    expect(() => statSync(fileOf(wrong))).toThrow(/ENOENT/);
  });

  test('logout ends the session at the installation and deletes the file', async () => {
    const once = terminal({ TOCSIN_PASSWORD: ADMIN_PASSWORD });
    await once.tocsin('login', '--url', tocsin.url, '--username', 'admin');
    const { refreshToken } = JSON.parse(readFileSync(fileOf(once), 'utf8')) as { readonly refreshToken: string };
    expect(await once.tocsin('logout')).toMatchObject({ code: 0, out: 'Signed out.' });
    expect(() => statSync(fileOf(once))).toThrow(/ENOENT/);
    expect((await tocsin.as().post('/api/auth/refresh', { refreshToken })).status).toBe(401);
  });

  test('an address that is not encrypted receives no token', async () => {
    const far = terminal({ TOCSIN_URL: 'http://tocsin.example.com', TOCSIN_KEY: 'tsk_secret' });
    expect(await far.tocsin('alerts')).toMatchObject({ code: 2, err: expect.stringContaining('not encrypted') });
  });

  test('a session is not used at another address', async () => {
    const other = `http://localhost:${new URL(tocsin.url).port}`;
    expect(await ana.tocsin('alerts', '--url', other)).toMatchObject({
      code: 3,
      err: expect.stringContaining('login'),
    });
  });
});

describe('alerts, ack and resolve', () => {
  test('alerts are found by the query language, as a table and as JSON', async () => {
    const id = await raised({ title: 'Disk full on db-1', service: 'cli-shop', dedupKey: 'cli-1' });
    const table = await ana.tocsin('alerts', 'service:cli-shop AND severity:critical');
    expect(table.out).toMatch(new RegExp(`${id}  open +critical .* cli-shop +1 +Disk full on db-1$`, 'm'));
    expect((await ana.tocsin('alerts', 'service:cli-shop', '--json')).json()).toMatchObject([{ id }]);
    expect(await ana.tocsin('alerts', 'service:nowhere')).toMatchObject({ code: 0, out: 'No alert matches.' });
  });

  test('a wrong query says where, and exits with 1', async () => {
    expect(await ana.tocsin('alerts', 'service:')).toMatchObject({ code: 1, err: expect.stringContaining('query') });
  });

  test('a title cannot steer the terminal of those who list it', async () => {
    await raised({ title: 'Bell \u001b[2J and more', service: 'cli-evil' });
    expect((await ana.tocsin('alerts', 'service:cli-evil')).out).not.toContain('\u001b');
  });

  test('an alert is acknowledged by its id and resolved by its dedup key; a second time there is none', async () => {
    const id = await raised({ title: 'Queue is long', dedupKey: 'cli-2' });
    expect(await ana.tocsin('ack', id, '--note', 'mine')).toMatchObject({
      code: 0,
      out: `Acknowledged: Queue is long (${id})`,
    });
    expect((await admin.get(`/api/monitoring/alerts/${id}`)).body).toMatchObject({ status: 'acknowledged' });
    expect(await ana.tocsin('resolve', 'cli-2')).toMatchObject({ code: 0, out: `Resolved: Queue is long (${id})` });
    expect((await admin.get(`/api/monitoring/alerts/${id}`)).body).toMatchObject({ status: 'resolved' });
    expect(await ana.tocsin('resolve', 'cli-2')).toMatchObject({ code: 4, out: 'No alert to resolve: cli-2' });
  });

  test('a dedup key is found whatever its source; where two sources have it, one has to be named', async () => {
    const { key } = (await admin.post<{ key: string }>('/api/integrations', { type: 'opsgenie', name: 'cli' })).body;
    const program = tocsin.as({ authorization: `GenieKey ${key}` });
    expect((await program.post('/v2/alerts', { message: 'Of a program', alias: 'cli-3' })).status).toBe(202);
    await tocsin.runtime.idle();
    expect(await ana.tocsin('ack', 'cli-3')).toMatchObject({ code: 0, out: expect.stringContaining('Of a program') });
    await raised({ title: 'Of a person', dedupKey: 'cli-3' });
    const two = await ana.tocsin('resolve', 'cli-3');
    expect(two).toMatchObject({ code: 1, err: expect.stringMatching(/--source with one of: .*opsgenie:cli/) });
    const one = await ana.tocsin('resolve', 'cli-3', '--source', 'opsgenie:cli');
    expect(one).toMatchObject({ code: 0, out: expect.stringContaining('Of a program') });
    expect(await ana.tocsin('resolve', 'cli-3')).toMatchObject({
      code: 0,
      out: expect.stringContaining('Of a person'),
    });
  });

  test('a machine key does what it may, and no more', async () => {
    const made = await admin.post<{ key: string }>('/api/api-keys', { name: 'cli', permissions: ['monitoring.read'] });
    const machine = terminal({ TOCSIN_URL: tocsin.url, TOCSIN_KEY: made.body.key });
    expect(await machine.tocsin('alerts')).toMatchObject({ code: 0 });
    const id = await raised({ title: 'Not yours' });
    expect(await machine.tocsin('ack', id)).toMatchObject({ code: 3, err: expect.stringContaining('machine key') });
  });
});

describe('oncall now', () => {
  test('names the people who are on call, and says where nobody is', async () => {
    const me = (await admin.get<{ id: string }>('/api/auth/me')).body.id;
    const layer = { name: 'Weeks', users: [me], rotation: { type: 'weekly' }, handOff: '09:00' };
    const schedule = (name: string, start: string) => ({ name, timeZone: 'UTC', layers: [{ ...layer, start }] });
    await admin.post('/api/oncall/schedules', schedule('CLI first line', '2026-01-05'));
    await admin.post('/api/oncall/schedules', schedule('CLI later', '2999-01-05'));
    const { out } = await ana.tocsin('oncall', 'now');
    expect(out).toMatch(/^CLI first line +First administrator /m);
    expect(out).toMatch(/^CLI later +nobody /m);
    expect(await ana.tocsin('oncall', 'now', '--schedule', 'CLI nowhere')).toMatchObject({ code: 4 });
  });
});

describe('npx tocsin', () => {
  const npx = (...argv: readonly string[]) =>
    promisify(execFile)('npx', ['--no', 'tocsin', ...argv], {
      cwd: repository,
      env: { ...process.env, TOCSIN_URL: tocsin.url, TOCSIN_KEY: 'tsk_unknown', NO_COLOR: '1' },
    }).then(
      ({ stdout }) => ({ code: 0, text: stdout }),
      (error: { readonly code: number; readonly stderr: string }) => ({ code: error.code, text: error.stderr }),
    );

  test('runs in a clone, and says what to do where it is refused', async () => {
    expect(await npx('help')).toMatchObject({ code: 0, text: expect.stringContaining('oncall') });
    expect(await npx('alerts')).toMatchObject({ code: 3, text: expect.stringContaining('npx tocsin login') });
    expect(await npx('alert')).toMatchObject({ code: 2, text: expect.stringContaining('no command alert') });
  }, 60_000);
});

test('audit exports what is closed, and verifies the file', async () => {
  const file = join(ana.home, 'nothing-closed.jsonl');
  expect(
    await ana.tocsin('audit', 'export', '--from', '2020-01-01', '--to', '2020-01-02', '--out', file),
  ).toMatchObject({ code: 0 });
  expect(await ana.tocsin('audit', 'verify', file)).toMatchObject({ code: 0 });
  expect(await ana.tocsin('audit', 'verify', file, '--to', '2020-01-02')).toMatchObject({ code: 1 });
  expect(await ana.tocsin('audit', 'verify', join(ana.home, 'absent'))).toMatchObject({ code: 4 });
  expect(await ana.tocsin('audit', 'erase')).toMatchObject({ code: 2 });
});

test('access shows who can page and who can silence', async () => {
  expect(await ana.tocsin('access')).toMatchObject({ code: 0, out: expect.stringMatching(/admin +user +yes +yes +-/) });
});

test('a refused request and a read of the trail are in the trail, with who sent them and how often', async () => {
  const member = await tocsin.user('cli-member', ['member']);
  for (let i = 0; i < 3; i++) expect((await member.get('/api/users')).status).toBe(403);
  expect((await tocsin.as({ authorization: 'Bearer nonsense' }).get('/api/users')).status).toBe(401);
  const recorded = async (
    action: string,
  ): Promise<readonly { actor: { kind: string; id: string }; detail: Record<string, string> }[]> =>
    (
      await admin.get<{ items: { actor: { kind: string; id: string }; detail: Record<string, string> }[] }>(
        `/api/security/audit?action=${action}`,
      )
    ).body.items;
  await expect
    .poll(
      async () => (await recorded('request.refused')).map(({ actor, detail }) => `${actor.kind} ${detail['status']}`),
      {
        timeout: 30_000,
        interval: 300,
      },
    )
    .toEqual(expect.arrayContaining(['user 403', 'unknown 401']));
  const { id } = (await member.get<{ id: string }>('/api/auth/me')).body;
  const counted = (await recorded('request.refused')).filter(({ actor }) => actor.id === id);
  expect(counted.reduce((sum, { detail }) => sum + Number(detail['count']), 0)).toBe(3);
  await expect
    .poll(async () => (await recorded('audit.read')).length, { timeout: 30_000, interval: 300 })
    .toBeGreaterThan(0);
}, 90_000);
