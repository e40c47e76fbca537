import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { surface as collect } from '../../../functions/health/http/collect.ts';
import { surface as measure } from '../../../functions/health/http/measure.ts';
import { surface as watch } from '../../../functions/health/http/watch.ts';
import { createMonitor } from '../../../functions/health/monitors/create-monitor.ts';
import { evaluator } from '../../../functions/health/monitors/evaluator.ts';
import { CreateMonitor } from '../../../functions/health/monitors/monitor.ts';
import { runCheck, type Checkable } from '../../../functions/health/monitors/run-check.ts';
import { rollupOfOne } from '../../../functions/health/metrics/rollup.ts';
import { HEALTH_TABLE_SHAPE } from '../../../functions/health/table.ts';
import { rangesIn } from '../../../shared/http/address.ts';
import { standingClock } from '../../support/alerts.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { bySomebody, healthDeps } from '../../support/health.ts';
import { invoke } from '../../support/invoke.ts';

const evaluating = evaluator(new URL('../../../functions/health/threads/evaluate.ts', import.meta.url));
let dynamo: TestDynamo;
let deps: Awaited<ReturnType<typeof made>>;
const made = async () => {
  const tableName = await dynamo.table(HEALTH_TABLE_SHAPE, 'health');
  const clock = standingClock();
  return { ...healthDeps({ client: dynamo.client, tableName }, clock), clock };
};
const server = createServer((request, response) => {
  response.end(request.headers.authorization === 'Bearer secret' ? '# TYPE depth gauge\ndepth 7\n' : 'who are you');
});
let url = '';

beforeAll(async () => {
  dynamo = await startDynamo();
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
});
afterAll(async () => {
  server.close();
  await dynamo.stop();
});
beforeEach(async () => {
  deps = await made();
});

const add = async (over: object) => (await createMonitor(deps, bySomebody, CreateMonitor.parse(over))).id;

describe('POST /api/monitoring/monitors/try', () => {
  const attempt = (body: object, { allowed = '127.0.0.0/8', permissions = ['*'] } = {}) => {
    const means = { allowed: rangesIn(allowed), cloudWatch: () => expect.unreachable(), ownAlarms: 'none' };
    const run = (monitor: Checkable, at: Date, by: number) =>
      runCheck(monitor, { ...means, evaluator: evaluating }, at, by);
    return invoke(
      collect(() => ({ ...deps, run })),
      'POST /api/monitoring/monitors/try',
      { body, caller: { permissions } },
    );
  };

  test('200: the result with its phases; nothing is stored', async () => {
    const { status, body } = await attempt({ check: { type: 'http', url, contains: 'who' } });
    expect(status).toBe(200);
    expect(body).toMatchObject({ ok: true, phases: { tlsMs: 0 }, series: [] });
    expect((await deps.monitors.list({ limit: 10 })).items).toEqual([]);
    expect(await deps.reader.recent(60)).toEqual([]);
  });

  test('200: a check that fails is a result, with the reason', async () => {
    const { body } = await attempt({ check: { type: 'http', url, contains: 'nobody' } });
    expect(body).toMatchObject({ ok: false, reason: expect.stringContaining('nobody') });
  });

  test('200: an address inside is refused as in the real check', async () => {
    const { body } = await attempt({ check: { type: 'http', url } }, { allowed: 'none' });
    expect(body).toMatchObject({ ok: false, reason: expect.stringContaining('may not be reached') });
  });

  test('200: a hidden header of the monitor is sent to its own server only; a scrape shows its series', async () => {
    const check = { type: 'scrape', url, headers: { authorization: 'Bearer secret' }, metrics: ['depth'] };
    const id = await add({ name: 'Depth', check });
    const hidden = { ...check, headers: { authorization: '(hidden)' } };
    expect((await attempt({ check: hidden, id })).body).toMatchObject({
      ok: true,
      series: [{ name: 'depth', value: 7 }],
    });
    const elsewhere = { ...hidden, url: url.replace('127.0.0.1', '127.0.0.2') };
    expect((await attempt({ check: elsewhere, id })).body).toMatchObject({ code: 'monitor.hidden_value' });
  });

  test('400: a heartbeat waits for its job', async () => {
    const { status, body } = await attempt({ check: { type: 'heartbeat', periodSeconds: 60 } });
    expect([status, body.code]).toEqual([400, 'monitor.not_tried']);
  });

  test('404: a monitor that does not exist', async () => {
    const { status, body } = await attempt({ check: { type: 'http', url }, id: 'mon_01jd3v8m2k7q4xh2g8vq0p1m9d' });
    expect([status, body.code]).toEqual([404, 'monitor.not_found']);
  });
});

describe('GET /api/monitoring/monitors/uptime', () => {
  const uptime = (query: Readonly<Record<string, string>> = {}) =>
    invoke(
      watch(() => deps),
      'GET /api/monitoring/monitors/uptime',
      { query, caller: {} },
    );

  test('200: ninety days with today last, and a mean for each hour in which it was checked', async () => {
    const id = await add({ name: 'Shop', check: { type: 'tcp', host: 'a', port: 1 } });
    const become = async (status: 'up' | 'down', sequence: number) => {
      const before = await deps.monitors.stateOf(id);
      if (!before) throw new Error('There is no state');
      const next = { ...before, status, sequence, since: deps.clock.now().toISOString(), version: before.version + 1 };
      await deps.monitors.saveState(next);
      await deps.history.keepChange(next, deps.clock.now(), 90);
    };
    await become('up', 1);
    deps.clock.advance(3 * 86_400_000);
    await become('down', 2);
    deps.clock.advance(36_000);
    await become('up', 3);
    const series = { name: 'monitor.response_time', unit: 'ms', dimensions: { monitor: id } };
    const at = deps.clock.now();
    await deps.segments.write([{ ...series, start: at.getTime(), rollup: rollupOfOne(48, at) }], 'call', at);
    deps.clock.advance(86_400_000 / 2);
    await deps.runs.ticked(Math.floor(deps.clock.now().getTime() / 60_000));
    const { body } = await uptime();
    expect(body.next).toBeNull();
    const [shop] = body.items;
    expect(shop).toMatchObject({ id, averageMs: 48 });
    expect(shop.days).toHaveLength(90);
    expect(shop.days.slice(85)).toEqual([
      null,
      { uptimePercent: 100, downSeconds: 0 },
      { uptimePercent: 100, downSeconds: 0 },
      { uptimePercent: 100, downSeconds: 0 },
      { uptimePercent: expect.closeTo(99.92, 1), downSeconds: 36 },
    ]);
    expect(shop.responseTimesMs.filter((each: number | null) => each !== null)).toEqual([48]);
    expect((await uptime({ monitor: id })).body.items).toHaveLength(1);
  });

  test('200: a monitor of which nothing is known has days without a figure', async () => {
    await add({ name: 'New', check: { type: 'tcp', host: 'a', port: 1 } });
    const [shop] = (await uptime({ timeZone: 'Europe/Berlin' })).body.items;
    expect(shop).toMatchObject({ uptimePercent: null, averageMs: null });
    expect(new Set(shop.days)).toEqual(new Set([null]));
  });

  test('404: a monitor that does not exist', async () => {
    const { status, body } = await uptime({ monitor: 'mon_01jd3v8m2k7q4xh2g8vq0p1m9d' });
    expect([status, body.code]).toEqual([404, 'monitor.not_found']);
  });
});

describe('GET /api/monitoring/metrics/names', () => {
  test('200: each metric of the last hour with the values of its dimensions', async () => {
    const at = deps.clock.now();
    const one = (name: string, dimensions: Record<string, string>) => ({
      name,
      unit: 'ms',
      dimensions,
      start: at.getTime(),
      rollup: rollupOfOne(1, at),
    });
    await deps.segments.write(
      [one('b.second', {}), one('a.first', { region: 'us' }), one('a.first', { region: 'eu' })],
      'call',
      at,
    );
    const { body } = await invoke(
      measure(() => deps),
      'GET /api/monitoring/metrics/names',
      { caller: {} },
    );
    expect(body.items).toEqual([
      { name: 'a.first', unit: 'ms', series: 2, lastAt: at.toISOString(), dimensions: { region: ['eu', 'us'] } },
      { name: 'b.second', unit: 'ms', series: 1, lastAt: at.toISOString(), dimensions: {} },
    ]);
  });
});
