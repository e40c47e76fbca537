import { beforeEach, describe, expect, it } from 'vitest';
import '../../simulation/quiet.ts';
import { BUILT_IN_ROLES } from '../../../functions/auth/roles/grants.ts';
import { surface } from '../../../functions/health/http/watch.ts';
import { HEALTH_TABLE_SHAPE } from '../../../functions/health/table.ts';
import { systemCaller, type Caller } from '../../../shared/kernel/caller.ts';
import type { Method } from '../../../shared/http/route.ts';
import { standingClock } from '../../support/alerts.ts';
import { healthDeps, type HealthDeps } from '../../support/health.ts';
import { invoke } from '../../support/invoke.ts';
import { memoryTable } from '../../support/memory-table.ts';

const machine = (name: string, ...permissions: string[]): Caller => ({
  ...systemCaller(name),
  kind: 'machine',
  id: `key_${name}`,
  permissions,
});
const keyOf = (name: string): string => `tsk_${name.padEnd(69, '0')}`;
const HOLDERS = new Map(
  [machine('jobs', 'monitoring.ping'), machine('agent', 'monitoring.write'), machine('reader', 'monitoring.read')].map(
    (holder) => [keyOf(holder.name), holder],
  ),
);
const JOBS = keyOf('jobs');

let deps: HealthDeps;
const clock = standingClock();
const handler = surface(() => deps);
beforeEach(() => {
  deps = { ...healthDeps(memoryTable(HEALTH_TABLE_SHAPE), clock), holderOf: async (key) => HOLDERS.get(key) };
});

const add = (slug: string | undefined, over: object = {}) =>
  invoke(handler, 'POST /api/monitoring/monitors', {
    caller: { permissions: ['*'] },
    body: { name: 'backup', check: { type: 'heartbeat', periodSeconds: 600, ...(slug && { slug }) }, ...over },
  });
const send = (
  path: string,
  method: Method = 'GET',
  { under = '/ping', ...more }: { query?: Record<string, string>; body?: string; under?: '/ping' | '/beat' } = {},
) => {
  const [key = '', name, signal] = path.split('/');
  const resource = `${under}/{key}${name === undefined ? '' : '/{name}'}${signal === undefined ? '' : '/{signal}'}`;
  const params = { key, ...(name !== undefined && { name }), ...(signal !== undefined && { signal }) };
  return invoke(handler, `${method} ${resource}` as 'GET /', { params, ...more });
};
const listed = async () =>
  (await invoke(handler, 'GET /api/monitoring/monitors', { caller: { permissions: ['*'] } })).body.items;

const renew = (id: string, permissions: readonly string[] = ['*']) =>
  invoke(handler, 'POST /api/monitoring/monitors/{id}/key', {
    caller: { permissions: [...permissions] },
    params: { id },
  });

describe('another key', () => {
  it('200: the new key works at once, the one before is unknown, and the slug stays', async () => {
    const { id, pingKey } = (await add('nightly')).body;
    const { status, body } = await renew(id);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id, version: 2 });
    expect(body.pingKey).toMatch(/^[\w-]{32}$/);
    expect((await send(pingKey)).status).toBe(404);
    expect(await send(body.pingKey)).toMatchObject({ status: 200, text: 'OK' });
    expect((await send(`${JOBS}/nightly`)).status).toBe(200);
    const [listedOne] = (await listed()).filter((each: { id: string }) => each.id === id);
    expect(JSON.stringify(listedOne)).not.toContain(body.pingKey);
  });

  it('200: of two who renew at once one key works in the end', async () => {
    const { id, pingKey } = (await add(undefined)).body;
    const both = await Promise.all([renew(id), renew(id)]);
    const keys = [pingKey, ...both.map(({ body }) => body.pingKey)];
    const answers = await Promise.all(keys.map(async (key) => (await send(key)).status));
    expect(answers.filter((status) => status === 200)).toHaveLength(1);
    expect(answers[0]).toBe(404);
  });

  it('200: a deleted heartbeat takes its last key along', async () => {
    const { id } = (await add(undefined)).body;
    const { pingKey } = (await renew(id)).body;
    await invoke(handler, 'DELETE /api/monitoring/monitors/{id}', { caller: { permissions: ['*'] }, params: { id } });
    expect((await send(pingKey)).status).toBe(404);
  });

  it('400, 403 and 404: no heartbeat, no permission, no monitor', async () => {
    const check = { type: 'tcp', host: 'db.example', port: 5432 };
    const { id } = (await add(undefined, { check })).body;
    expect((await renew(id)).body).toMatchObject({ code: 'monitor.type' });
    expect((await renew(id, ['monitoring.monitor.read'])).status).toBe(403);
    expect((await renew('mon_01jd3v8m2k7q4xh2g8vq0p1m9d')).status).toBe(404);
  });
});

describe('monitoring.monitor.read', () => {
  it('shows monitors to those who are on call, and changes none', async () => {
    const { id } = (await add(undefined)).body;
    const caller = { permissions: [...BUILT_IN_ROLES.operator.permissions] };
    const paths = ['', '/{id}', '/{id}/changes', '/uptime'];
    for (const path of paths) {
      const answer = await invoke(handler, `GET /api/monitoring/monitors${path}` as 'GET /', {
        caller,
        params: { id },
      });
      expect(answer.status, path).toBe(200);
    }
    const body = { name: 'x', check: { type: 'heartbeat', periodSeconds: 600 } };
    expect((await invoke(handler, 'POST /api/monitoring/monitors', { caller, body })).status).toBe(403);
    expect((await invoke(handler, 'DELETE /api/monitoring/monitors/{id}', { caller, params: { id } })).status).toBe(
      403,
    );
    expect((await invoke(handler, 'GET /api/monitoring/config', { caller })).status).toBe(403);
  });
});

describe('200', () => {
  it('a machine key and a slug address a heartbeat, with each signal and method', async () => {
    const { id } = (await add('backup')).body;
    const stateAfter = async (path: string, method?: Method, more?: object) => {
      expect(await send(path, method, more)).toMatchObject({ status: 200, text: 'OK' });
      return deps.monitors.stateOf(id);
    };
    expect(await stateAfter(`${JOBS}/backup`)).toMatchObject({ status: 'up' });
    expect(await stateAfter(`${JOBS}/backup/fail`)).toMatchObject({ status: 'down', reason: 'It reported a failure.' });
    expect(await stateAfter(`${JOBS}/backup/start`, 'HEAD')).toMatchObject({ startedAt: clock.now().toISOString() });
    expect(await stateAfter(`${JOBS}/backup/log`, 'POST', { body: 'half' })).toMatchObject({ lastLog: 'half' });
    expect(await stateAfter(`${keyOf('agent')}/backup/0`, 'POST', { body: 'done' })).toMatchObject({
      status: 'up',
      lastLog: 'done',
    });
    const shown = await invoke(handler, 'GET /api/monitoring/monitors/{id}', {
      caller: { permissions: ['*'] },
      params: { id },
    });
    expect(shown.body).toMatchObject({ status: 'up', lastLog: 'done' });
    expect(await stateAfter(`${JOBS}/backup/7`)).toMatchObject({ reason: 'It reported a failure, exit code 7.' });
  });

  it.each(['', '/start', '/0'])('a ping counts under /beat as under /ping: %s', async (signal) => {
    const { id, pingKey } = (await add(undefined)).body;
    const [one, other] = [await add('one'), await add('other')];
    for (const method of ['GET', 'HEAD'] as const)
      expect(await send(`${pingKey}${signal}`, method, { under: '/beat' })).toMatchObject({ status: 200 });
    await send(`${JOBS}/one${signal}`, 'POST', { under: '/beat', body: 'half' });
    await send(`${JOBS}/other${signal}`, 'POST', { under: '/ping', body: 'half' });
    const shown = async (monitor: string) => {
      const { status, lastLog, startedAt, lastPingAt } = (await deps.monitors.stateOf(monitor)) ?? expect.fail(monitor);
      return { status, lastLog, startedAt, lastPingAt };
    };
    expect(await shown(one.body.id)).toEqual(await shown(other.body.id));
    expect(await deps.monitors.stateOf(id)).toMatchObject({ status: signal === '/start' ? 'unknown' : 'up' });
  });

  it('the key of a heartbeat still takes a signal, also where a slug is called like one', async () => {
    const { id, pingKey } = (await add('start')).body;
    expect(await send(`${pingKey}/start`)).toMatchObject({ status: 200 });
    expect(await deps.monitors.stateOf(id)).toMatchObject({ status: 'unknown', startedAt: clock.now().toISOString() });
    expect(await send(`${JOBS}/start`)).toMatchObject({ status: 200 });
    expect(await deps.monitors.stateOf(id)).toMatchObject({ status: 'up' });
  });

  it('a slug that a heartbeat gave up is free for another', async () => {
    const { id, check } = (await add('backup')).body;
    const change = await invoke(handler, 'PUT /api/monitoring/monitors/{id}', {
      caller: { permissions: ['*'] },
      params: { id },
      body: { name: 'backup', check: { ...check, slug: 'nightly' }, version: 1 },
    });
    expect(change).toMatchObject({ status: 200, body: { check: { slug: 'nightly' } } });
    expect((await send(`${JOBS}/backup`)).status).toBe(404);
    expect((await send(`${JOBS}/nightly`)).status).toBe(200);
    expect((await add('backup')).status).toBe(201);
  });
});

describe('201', () => {
  it('create=1 makes the heartbeat of an unknown slug, due each day with an hour of grace', async () => {
    const query = { create: '1' };
    expect(await send(`${JOBS}/new-job/start`, 'GET', { query })).toMatchObject({ status: 201, text: 'Created' });
    expect(await send(`${JOBS}/new-job`, 'GET', { query })).toMatchObject({ status: 200, text: 'OK' });
    expect(await listed()).toMatchObject([
      {
        name: 'new-job',
        status: 'up',
        check: { type: 'heartbeat', slug: 'new-job', periodSeconds: 86_400, graceSeconds: 3_600 },
      },
    ]);
    const [{ id }] = await listed();
    expect((await deps.monitors.byId(id))?.changedBy).toMatchObject({ kind: 'machine', id: 'key_jobs' });
  });

  it('eight first pings at once make one heartbeat, and each counts', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => send(`${JOBS}/new-job`, 'POST', { query: { create: '1' } })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array<number>(7).fill(200), 201]);
    expect(await listed()).toHaveLength(1);
  });
});

describe('404', () => {
  it.each([
    ['an unknown slug', `${JOBS}/other`, {}],
    ['an unknown slug with create=0', `${JOBS}/other`, { create: '0' }],
    ['an unknown machine key', `${keyOf('nobody')}/backup`, { create: '1' }],
    ['a machine key that may not ping', `${keyOf('reader')}/backup`, { create: '1' }],
    ['a machine key without a slug', JOBS, {}],
    ['an unknown signal', `${JOBS}/backup/finish`, { create: '1' }],
    ['an exit code beyond 255', `${JOBS}/backup/256`, { create: '1' }],
    ['a slug in capitals', `${JOBS}/Backup`, { create: '1' }],
  ])('%s', async (_, path, query) => {
    await add('backup');
    expect(await send(path, 'GET', { query })).toMatchObject({ status: 404, body: { code: 'ping.unknown' } });
    expect(await listed()).toHaveLength(1);
  });

  it('a signal and more behind the key of a heartbeat', async () => {
    const { pingKey } = (await add('backup')).body;
    expect((await send(`${pingKey}/backup/start`)).status).toBe(404);
  });

  it('the slug of a heartbeat that was deleted, which is free again', async () => {
    const { id } = (await add('backup')).body;
    await invoke(handler, 'DELETE /api/monitoring/monitors/{id}', { caller: { permissions: ['*'] }, params: { id } });
    expect((await send(`${JOBS}/backup`)).status).toBe(404);
    expect((await send(`${JOBS}/backup`, 'GET', { query: { create: '1' } })).status).toBe(201);
  });
});

describe('409', () => {
  it('a slug that another heartbeat has, for a new one and for a change', async () => {
    await add('backup');
    expect(await add('backup')).toMatchObject({ status: 409, body: { code: 'monitor.slug_taken' } });
    const { id, check } = (await add(undefined)).body;
    const taken = await invoke(handler, 'PUT /api/monitoring/monitors/{id}', {
      caller: { permissions: ['*'] },
      params: { id },
      body: { name: 'other', check: { ...check, slug: 'backup' }, version: 1 },
    });
    expect(taken).toMatchObject({ status: 409, body: { code: 'monitor.slug_taken' } });
    expect(await listed()).toHaveLength(2);
  });
});
