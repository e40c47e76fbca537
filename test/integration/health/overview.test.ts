import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import '../../simulation/quiet.ts';
import { surface, type WatchDeps } from '../../../functions/health/http/watch.ts';
import { createMonitor } from '../../../functions/health/monitors/create-monitor.ts';
import { CreateMonitor } from '../../../functions/health/monitors/monitor.ts';
import { takeSurvey } from '../../../functions/health/overview/survey.ts';
import { HEALTH_TABLE_SHAPE } from '../../../functions/health/table.ts';
import { standingClock } from '../../support/alerts.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { bySomebody, healthDeps, type HealthDeps } from '../../support/health.ts';
import { memoryTable } from '../../support/memory-table.ts';
import { invoke } from '../../support/invoke.ts';

const BEARERS: Readonly<Record<string, object>> = {
  'Bearer analyst': { permissions: ['monitoring.read'], restricted: false },
  'Bearer viewer': { permissions: ['monitoring.health.read'], restricted: false },
  'Bearer stranger': { permissions: ['oncall.read'], restricted: false },
  'Bearer new': { permissions: ['*'], restricted: true },
};
const ALERTS = { info: 0, warning: 2, error: 0, critical: 1 };
const clock = standingClock();
let dynamo: TestDynamo;
let deps: HealthDeps;
const handler = surface(() => deps);
beforeAll(async () => {
  dynamo = await startDynamo();
});
beforeEach(async () => {
  const tableName = await dynamo.table(HEALTH_TABLE_SHAPE, 'health');
  deps = {
    ...healthDeps({ client: dynamo.client, tableName }, clock),
    bearerOf: (async (authorization) => BEARERS[authorization]) as WatchDeps['bearerOf'],
  };
});
afterAll(() => dynamo.stop());

const add = async (name: string, over: object = {}) => {
  const monitor = CreateMonitor.parse({ name, service: 'shop', check: { type: 'tcp', host: 'a', port: 1 }, ...over });
  return (await createMonitor(deps, bySomebody, monitor)).id;
};
const become = async (id: string, status: 'up' | 'down') => {
  const state = await deps.monitors.stateOf(id);
  if (!state) throw new Error('There is no state');
  const next = { ...state, status, reason: `it is ${status}`, since: clock.now().toISOString() };
  expect(await deps.monitors.saveState({ ...next, version: state.version + 1 })).toBe(true);
};
const count = () => takeSurvey({ ...deps, openAlerts: async () => ALERTS });
const health = (authorization?: string) =>
  invoke(handler, 'GET /api/monitoring/health', { headers: authorization ? { Authorization: authorization } : {} });
const dashboard = (permissions = ['monitoring.read']) =>
  invoke(handler, 'GET /api/monitoring/health/dashboard', { caller: { permissions } });

/** One of each status, and one that is broken in another service. */
const house = async () => {
  const window = { from: '2026-11-21T02:00:00Z', to: '2026-11-21T04:00:00Z' };
  await become(await add('up'), 'up');
  await become(await add('down', { severity: 'warning' }), 'down');
  await add('unknown', { service: null });
  await become(await add('kept', { maintenance: [window] }), 'up');
  await add('paused', { enabled: false });
  await become(await add('other', { service: 'db' }), 'down');
};

describe('200', () => {
  it('the status and nothing else to everybody, to be cached for five seconds', async () => {
    await house();
    for (const authorization of [undefined, 'Bearer stranger', 'Bearer new']) {
      expect(await health(authorization)).toMatchObject({ status: 200, body: { status: 'critical' } });
      expect(Object.keys((await health(authorization)).body)).toEqual(['status']);
    }
    expect((await health()).headers).toMatchObject({ 'cache-control': 'public, max-age=5', vary: 'authorization' });
  });

  it.each(['Bearer analyst', 'Bearer viewer'])(
    'services, counts and reasons to %s, which no cache stores',
    async (bearer) => {
      await house();
      await count();
      const { body, headers } = await health(bearer);
      expect(headers['cache-control']).toBe('no-store');
      expect(body).toMatchObject({
        status: 'critical',
        counts: { monitors: 2, rules: 0 },
        account: {
          cloudWatchDashboard: 'https://cloudwatch.test/dashboard',
          sms: { sandbox: false, monthlyLimitDollars: 50 },
        },
        reasons: [
          { name: 'other', service: 'db', reason: 'it is down' },
          { name: 'down', severity: 'warning' },
        ],
      });
      expect(body.components).toEqual(
        expect.arrayContaining([
          {
            service: 'shop',
            status: 'warning',
            monitors: { up: 1, down: 1, unknown: 0, maintenance: 1, paused: 1 },
          },
          { service: 'db', status: 'critical', monitors: { up: 0, down: 1, unknown: 0, maintenance: 0, paused: 0 } },
          { service: null, status: 'healthy', monitors: { up: 0, down: 0, unknown: 1, maintenance: 0, paused: 0 } },
        ]),
      );
    },
  );

  it('the dashboard: monitors by status, open alerts by severity, and when they were counted', async () => {
    await house();
    expect((await dashboard()).body).toMatchObject({ status: 'critical', monitors: null, alerts: null, burning: null });
    const firing = { fast: { since: '2026-11-21T02:59:00.000Z', reason: 'it burns' } };
    await deps.budgets.save({ service: 'shop', firing, version: 1 });
    await deps.budgets.save({ service: 'db', firing: {}, version: 1 });
    await count();
    clock.advance(6_000);
    expect((await dashboard(['monitoring.health.read'])).body).toMatchObject({
      monitors: { up: 1, down: 2, unknown: 1, maintenance: 1, paused: 1 },
      alerts: ALERTS,
      burning: [{ service: 'shop', alert: 'fast', since: '2026-11-21T02:59:00.000Z', reason: 'it burns' }],
      countedAt: new Date(clock.now().getTime() - 6_000).toISOString(),
      components: expect.any(Array),
    });
  });

  it('the dashboard answers from two reads, however much there is, and from none within five seconds', async () => {
    await house();
    await Promise.all(Array.from({ length: 60 }, async (_, n) => become(await add(`m${n}`), 'down')));
    await count();
    expect(await dynamo.cost(() => dashboard())).toMatchObject({ roundTrips: 2, writeUnits: 0 });
    expect(await dynamo.cost(() => dashboard())).toMatchObject({ roundTrips: 0 });
    expect((await dashboard()).body.reasons).toHaveLength(62);
  });

  it('a hundred that are down: all are counted, and ninety-nine of them are listed', async () => {
    await Promise.all(Array.from({ length: 101 }, async (_, n) => become(await add(`m${n}`), 'down')));
    const { reasons, counts, complete } = (await dashboard()).body;
    expect(reasons).toHaveLength(99);
    expect([counts.monitors, complete]).toEqual([101, true]);
    await count();
    clock.advance(6_000);
    expect((await dashboard()).body.monitors).toMatchObject({ down: 101 });
    const { readUnits, writeUnits } = await dynamo.cost(count);
    expect(readUnits / 101, 'as shared/cost/rows.ts computes').toBeLessThanOrEqual(0.25);
    expect(writeUnits).toBe(1);
  });
});

describe('200 where more is broken than an answer lists', () => {
  const add = (deps: HealthDeps, n: number, severity: string) =>
    Promise.all([deps.monitors.create({ ...MONITOR, id: `m${n}`, severity } as never, down(n), undefined)]);
  const down = (n: number) =>
    ({ ...STATE, id: `m${n}`, since: new Date(clock.now().getTime() + n).toISOString() }) as never;
  const MONITOR = { version: 1, name: 'm', service: 'shop', enabled: true, coverage: [], check: { type: 'tcp' } };
  const STATE = { status: 'down', reason: 'it is down', against: 0, muted: false, sequence: 1, version: 1 };

  it('the status is that of the worst, also where it broke last', async () => {
    deps = healthDeps(memoryTable(HEALTH_TABLE_SHAPE), clock);
    for (let n = 0; n < 150; n++) await add(deps, n, n === 149 ? 'critical' : 'info');
    const { body } = await dashboard();
    expect(body).toMatchObject({ status: 'critical', counts: { monitors: 150 }, complete: true });
    expect(body.reasons[0]).toMatchObject({ id: 'm149' });
  });

  it('beyond a thousand the counts are lower bounds, and the answer says so', async () => {
    deps = healthDeps(memoryTable(HEALTH_TABLE_SHAPE), clock);
    for (let n = 0; n < 1_001; n++) await add(deps, n, 'warning');
    expect((await dashboard()).body).toMatchObject({ counts: { monitors: 1_000 }, complete: false });
  });
});

describe('401', () => {
  it('health with a token that is invalid, instead of the bare status', async () => {
    expect(await health('Bearer gone')).toMatchObject({ status: 401, body: { code: 'auth.required' } });
    expect(await health('Basic YTpi')).toMatchObject({ status: 401 });
  });
});

describe('403', () => {
  it('the dashboard to a caller who may read alerts alone', async () => {
    expect(await dashboard(['monitoring.alert.read'])).toMatchObject({ status: 403, body: { code: 'auth.forbidden' } });
  });
});

describe('503', () => {
  it('health with a token while tokens cannot be checked', async () => {
    deps = {
      ...deps,
      bearerOf: async () => {
        throw new Error('The table is out');
      },
    };
    expect((await health('Bearer analyst')).status).toBe(503);
    expect((await health()).status).toBe(200);
  });
});
