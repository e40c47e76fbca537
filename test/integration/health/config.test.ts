import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import '../../simulation/quiet.ts';
import { surface } from '../../../functions/health/http/watch.ts';
import { currentSettings, FRESH_MS } from '../../../functions/health/config/current-settings.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../../functions/health/config/settings.ts';
import { HEALTH_TABLE_SHAPE } from '../../../functions/health/table.ts';
import { standingClock } from '../../support/alerts.ts';
import { everything, startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { healthDeps, type HealthDeps } from '../../support/health.ts';
import { invoke } from '../../support/invoke.ts';

const anna = { kind: 'user' as const, id: 'usr_anna', name: 'anna' };
const clock = standingClock();
let dynamo: TestDynamo;
let tableName: string;
let deps: HealthDeps;
const handler = surface(() => deps);
beforeAll(async () => {
  dynamo = await startDynamo();
});
beforeEach(async () => {
  tableName = await dynamo.table(HEALTH_TABLE_SHAPE, 'health');
  deps = healthDeps({ client: dynamo.client, tableName }, clock);
});
afterAll(() => dynamo.stop());

const get = (path = '', params = {}, query = {}) =>
  invoke(handler, `GET /api/monitoring/config${path}`, { caller: anna, params, query });
const version = (of: number | string) => get('/versions/{version}', { version: String(of) });
const diff = (of: number, to?: number) =>
  get('/versions/{version}/diff', { version: String(of) }, to === undefined ? {} : { to: String(to) });
const put = (body: unknown) => invoke(handler, 'PUT /api/monitoring/config', { caller: anna, body });
const rollBack = (body: unknown) => invoke(handler, 'POST /api/monitoring/config/rollback', { caller: anna, body });
const settings = (uptimePercent: number): Settings => ({
  ...DEFAULT_SETTINGS,
  targets: { ...DEFAULT_SETTINGS.targets, uptimePercent },
});
const eventsIn = async () =>
  (await everything(dynamo.client, tableName)).map(({ event }) => event as { type: string; detail: object });

describe('200', () => {
  it('the promised figures hold until somebody sets others, and then those, with who, when and why', async () => {
    expect(await get()).toMatchObject({
      status: 200,
      body: { version: 0, changedBy: null, settings: DEFAULT_SETTINGS },
    });
    expect(await put({ version: 0, settings: settings(99.9), note: 'as agreed' })).toMatchObject({
      status: 200,
      body: { version: 1 },
    });
    expect(await get()).toMatchObject({
      body: {
        version: 1,
        changedBy: anna,
        changedAt: '2026-11-21T03:00:00.000Z',
        note: 'as agreed',
        settings: settings(99.9),
      },
    });
  });

  it('every version stays as it was, the newest first, and two of them can be compared', async () => {
    await put({ version: 0, settings: settings(99.9) });
    await put({ version: 1, settings: settings(99) });
    const { body } = await get('/versions', {}, { limit: '1' });
    expect(body).toMatchObject({ items: [{ version: 2, changedBy: anna }], next: expect.any(String) });
    expect(await get('/versions', {}, { limit: '1', cursor: body.next })).toMatchObject({
      body: { items: [{ version: 1 }] },
    });
    expect((await version(1)).body.settings).toEqual(settings(99.9));
    expect((await version(0)).body.settings).toEqual(DEFAULT_SETTINGS);
    expect((await diff(0, 1)).body).toEqual({
      from: 0,
      to: 1,
      changes: [{ pointer: '/targets/uptimePercent', before: 99.99, after: 99.9 }],
    });
    expect((await diff(1)).body).toMatchObject({ to: 2, changes: [{ before: 99.9, after: 99 }] });
    expect((await diff(2, 2)).body.changes).toEqual([]);
  });

  it('a rollback makes a new version of the old settings; the audit trail has both, with the changes', async () => {
    await put({ version: 0, settings: settings(99.9) });
    await put({ version: 1, settings: settings(50) });
    expect(await rollBack({ version: 2, to: 1, note: 'too lax' })).toMatchObject({
      status: 200,
      body: { version: 3, restores: 1, note: 'too lax', settings: settings(99.9) },
    });
    expect(await rollBack({ version: 3, to: 0 })).toMatchObject({ body: { version: 4, settings: DEFAULT_SETTINGS } });
    expect((await get()).body).toMatchObject({ version: 4, restores: 0 });
    expect((await get('/versions')).body.items.map((each: { version: number }) => each.version)).toEqual([4, 3, 2, 1]);
    expect(await eventsIn()).toMatchObject([
      { type: 'config.changed', detail: { version: '1', changes: '/targets/uptimePercent: 99.99 → 99.9' } },
      { type: 'config.changed', detail: { version: '2' } },
      { type: 'config.rolled_back', detail: { version: '3', restores: '1' } },
      { type: 'config.rolled_back', detail: { version: '4', restores: '0' } },
    ]);
  });

  it('a change costs one conditional write and one read; asking what holds is one read', async () => {
    expect(await dynamo.cost(() => put({ version: 0, settings: settings(99.9) }))).toMatchObject({
      roundTrips: 2,
      writeUnits: 1,
      readUnits: 1,
    });
    expect(await dynamo.cost(() => get())).toMatchObject({ roundTrips: 1, writeUnits: 0, readUnits: 1 });
  });
});

describe('400', () => {
  it.each([
    [
      'a warning above critical',
      { cpuPercent: { warning: 96, critical: 95 } },
      '/settings/thresholds/cpuPercent/critical',
    ],
    [
      'a percentage over a hundred',
      { memoryPercent: { warning: 80, critical: 101 } },
      '/settings/thresholds/memoryPercent/critical',
    ],
  ])('%s', async (_what, wrong, pointer) => {
    const answer = await put({
      version: 0,
      settings: { ...DEFAULT_SETTINGS, thresholds: { ...DEFAULT_SETTINGS.thresholds, ...wrong } },
    });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
  });
});

describe('404', () => {
  it('a version that never was, by number or by anything else', async () => {
    for (const never of [1, 99_999_999, '-1', '1e1', 'V#00000001']) {
      expect(await version(never)).toMatchObject({ status: 404, body: { code: 'config.not_found' } });
    }
    expect(await diff(0, 7)).toMatchObject({ status: 404, body: { code: 'config.not_found' } });
    expect(await rollBack({ version: 0, to: 1 })).toMatchObject({ status: 404, body: { code: 'config.not_found' } });
  });
});

describe('409', () => {
  it('of many that follow the same version one wins, and the others learn the current version', async () => {
    await put({ version: 0, settings: settings(80) });
    const answers = await Promise.all([
      ...Array.from({ length: 6 }, (_, i) => put({ version: 1, settings: settings(90 + i) })),
      rollBack({ version: 1, to: 0 }),
      rollBack({ version: 1, to: 1 }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409, 409, 409]);
    const winner = answers.find(({ status }) => status === 200);
    expect((await get()).body).toEqual(winner?.body);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'config.changed', version: 2 });
  });

  it('a version that is not there yet is followed by nobody: the history has no holes', async () => {
    expect(await put({ version: 5, settings: settings(99) })).toMatchObject({ status: 409, body: { version: 0 } });
    expect(await everything(dynamo.client, tableName)).toEqual([]);
  });
});

describe('a container', () => {
  it('goes by a change within a minute, whenever it read last, and by the last that it knew while it cannot read', async () => {
    const containers = [0, 10_000, 20_000, 30_000].map(() => currentSettings(deps));
    const targets = () => Promise.all(containers.map(async (read) => (await read()).targets.uptimePercent));
    for (const read of containers) {
      await read();
      clock.advance(10_000);
    }
    await put({ version: 0, settings: settings(99.9) });
    expect(await targets()).toContain(99.99);
    clock.advance(59_000);
    expect(await targets()).toEqual([99.9, 99.9, 99.9, 99.9]);
    expect((await dynamo.cost(targets)).roundTrips).toBe(0);
    clock.advance(FRESH_MS);
    dynamo.failWith(new Error('out'));
    expect(await targets()).toEqual([99.9, 99.9, 99.9, 99.9]);
    dynamo.failWith(undefined);
  });

  it('reads settings of before a figure was added with that figure at its default', async () => {
    const { retention: _, ...older } = settings(99.5);
    await deps.configs.add({ version: 1, settings: { ...older, gone: { x: 1 } } } as never);
    expect((await currentSettings(deps)()).retention).toEqual(DEFAULT_SETTINGS.retention);
    expect((await get()).body.settings).toEqual(settings(99.5));
  });
});
