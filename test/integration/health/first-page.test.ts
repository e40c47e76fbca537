import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { firstDashboards, dashboardsOf } from '../../../functions/health/dashboards/presets.ts';
import { surface as measure } from '../../../functions/health/http/measure.ts';
import { surface as watch } from '../../../functions/health/http/watch.ts';
import { overviewReader } from '../../../functions/health/overview/get-overview.ts';
import { PRESETS, type Preset } from '../../../functions/health/rules/presets.ts';
import { HEALTH_TABLE_SHAPE } from '../../../functions/health/table.ts';
import { rollupOfOne } from '../../../functions/health/metrics/rollup.ts';
import { standingClock } from '../../support/alerts.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { healthDeps } from '../../support/health.ts';
import { invoke } from '../../support/invoke.ts';

const ana = { kind: 'user', id: 'usr_ana', name: 'ana', permissions: ['*'] } as const;

let dynamo: TestDynamo;
let deps: Awaited<ReturnType<typeof made>>;
const made = async () =>
  healthDeps({ client: dynamo.client, tableName: await dynamo.table(HEALTH_TABLE_SHAPE, 'health') }, standingClock());

beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  deps = await made();
});

describe('dashboards', () => {
  const PATH = '/api/monitoring/dashboards';
  const get = () =>
    invoke(
      measure(() => deps),
      `GET ${PATH}`,
      { caller: ana },
    );
  const put = (body: object, permissions: readonly string[] = ['*']) =>
    invoke(
      measure(() => deps),
      `PUT ${PATH}`,
      { caller: { ...ana, permissions: [...permissions] }, body },
    );

  test('200: a new installation has one; what is saved replaces all, and the next version follows it', async () => {
    expect((await get()).body).toMatchObject({ version: 0, items: [{ id: 'overview' }], changedBy: null });
    const panel = { id: 'cpu', title: 'CPU', kind: 'metric', metric: 'system.cpu_percent' };
    const items = [{ id: 'mine', title: 'Mine', tabs: [{ id: 'one', title: 'One', panels: [panel] }] }];
    expect((await put({ version: 0, items })).body).toMatchObject({ version: 1, changedBy: { name: 'ana' } });
    expect((await get()).body.items[0].tabs[0].panels[0]).toMatchObject({
      ...panel,
      aggregation: 'avg',
      width: 6,
      minutes: 60,
    });
  });

  test('200: a preset adds its own beside the others, once', async () => {
    const install = () =>
      invoke(
        measure(() => deps),
        'POST /api/monitoring/rules/presets',
        { caller: ana, body: { preset: 'revoagent' } },
      );
    await install();
    const { version, items } = (await get()).body;
    expect(items.map(({ id }: { id: string }) => id)).toEqual(['overview', 'revoagent']);
    expect(JSON.stringify(items[1])).toContain('"metric":"perfect_recall.retrieval_time"');
    await install();
    expect((await get()).body.version).toBe(version);
  });

  test('400: panels of no kind, of one name twice, or of no metric', async () => {
    const saved = (panels: readonly object[]) =>
      put({ version: 0, items: [{ id: 'x', title: 'X', tabs: [{ id: 'a', title: 'A', panels }] }] });
    const panel = { id: 'a', title: 'A', kind: 'alerts' };
    for (const panels of [
      [{ ...panel, kind: 'pie' }],
      [panel, panel],
      [{ ...panel, kind: 'metric' }],
      [{ ...panel, script: 'x' }],
      [{ ...panel, kind: 'text' }],
      [{ ...panel, kind: 'metric', metric: 'a name with spaces' }],
      [{ ...panel, kind: 'state', of: 'weather' }],
    ]) {
      expect((await saved(panels)).status).toBe(400);
    }
  });

  test('403: readers may not save', async () => {
    expect((await put({ version: 0, items: [] }, ['monitoring.read'])).status).toBe(403);
  });

  test('409: of two people at once the second is refused', async () => {
    const both = await Promise.all([put({ version: 0, items: [] }), put({ version: 0, items: [] })]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await put({ version: 0, items: [] })).body).toMatchObject({ code: 'dashboards.changed', version: 1 });
  });

  test('200: what presets bring can be read before they are installed, and saved as it is', async () => {
    const { status, body } = await invoke(
      measure(() => deps),
      `GET ${PATH}/presets`,
      { caller: { ...ana, permissions: ['monitoring.read'] } },
    );
    expect(status).toBe(200);
    expect(body.items.map(({ preset }: { preset: string }) => preset)).toEqual([...PRESETS]);
    const items = body.items.flatMap((each: { items: object[] }) => each.items);
    expect(await put({ version: 0, items })).toMatchObject({ status: 200, body: { items } });
  });

  const kindsIn = (preset: Preset, tab: string) =>
    dashboardsOf(preset)
      .flatMap(({ tabs }) => tabs)
      .filter(({ id }) => id === tab)
      .flatMap(({ panels }) => panels)
      .map((panel) => (panel.kind === 'state' ? panel.of : panel.kind === 'alerts' ? panel.show : panel.kind));

  test('lrs-agents has health, counters by severity, charts with trends and a security overview', () => {
    expect(kindsIn('lrs-agents', 'health')).toEqual(expect.arrayContaining(['health', 'counts', 'metric']));
    expect(kindsIn('lrs-agents', 'security')).toEqual(['security']);
    const panels = dashboardsOf('lrs-agents').flatMap(({ tabs }) => tabs.flatMap((tab) => tab.panels));
    expect(panels.filter((panel) => panel.kind === 'metric' && panel.trend).length).toBeGreaterThan(2);
  });

  test('model-bridge has the tabs overview, alerts, incidents, SLA and configuration', () => {
    expect(dashboardsOf('model-bridge')[0]?.tabs.map(({ title }) => title)).toEqual([
      'Overview',
      'Alerts',
      'Incidents',
      'SLA',
      'Configuration',
    ]);
    expect(kindsIn('model-bridge', 'incidents')).toContain('incidents');
    expect(kindsIn('model-bridge', 'configuration')).toContain('settings');
  });

  test('revoagent has for each engine a line at 100 ms, resources and past alerts', () => {
    for (const engine of ['perfect-recall', 'parallel-mind', 'creative-engine']) {
      const panels = dashboardsOf('revoagent')[0]?.tabs.find(({ id }) => id === engine)?.panels ?? [];
      const metrics = panels.flatMap((panel) => (panel.kind === 'metric' ? [panel] : []));
      expect(metrics.flatMap(({ lines }) => lines.map(({ value }) => value))).toContain(100);
      expect(metrics.map(({ metric }) => metric)).toEqual(
        expect.arrayContaining(['system.cpu_percent', 'system.memory_percent']),
      );
      expect(kindsIn('revoagent', engine)).toContain('history');
    }
  });

  test('every preset brings some, and each fits its schema', () => {
    expect(firstDashboards()).toHaveLength(1);
    for (const preset of PRESETS) expect(dashboardsOf(preset)[0]?.tabs.length, preset).toBeGreaterThan(2);
  });
});

describe('the overview', () => {
  const get = (permissions: readonly string[] = ['*']) =>
    invoke(
      watch(() => deps),
      'GET /api/monitoring/overview',
      { caller: { ...ana, permissions: [...permissions] } },
    );

  test('200: all parts, with the series that somebody sends', async () => {
    const { clock, segments } = deps;
    const point = {
      name: 'system.cpu_percent',
      unit: '%',
      dimensions: { host: 'a' },
      start: clock.now().getTime(),
      rollup: rollupOfOne(42, clock.now()),
    };
    await segments.write([point], 'c1', clock.now());
    const { status, body } = await get();
    expect(status).toBe(200);
    expect(body).toMatchObject({
      health: { status: 'healthy' },
      sla: [],
      incidents: { items: [], more: false },
      onCall: [],
      notKnown: [],
      withheld: [],
    });
    expect(body.series.map(({ key }: { key: string }) => key)).toEqual([
      'cpu',
      'memory',
      'disk',
      'network_latency',
      'response_time',
      'active_connections',
      'error_rate',
      'throughput',
    ]);
    expect(body.series[0]).toMatchObject({ metric: 'system.cpu_percent', latest: 42, unit: '%' });
    expect(body.series[1]).toMatchObject({ metric: null, latest: null, points: [] });
  });

  test('200: a part that cannot be read is named, and the others are shown', async () => {
    const broken = () => Promise.reject(new Error('dark'));
    const reader = { ...deps.reader, recent: broken };
    const readOverview = overviewReader({
      ...deps,
      reader,
      openAlerts: broken,
      openIncidents: broken,
      onCallNow: async () => [],
    });
    deps = { ...deps, readOverview };
    const { status, body } = await get();
    expect(status).toBe(200);
    expect(body).toMatchObject({
      series: null,
      incidents: null,
      notKnown: ['incidents', 'series'],
      onCall: [],
      health: { status: 'healthy' },
    });
  });

  test('200: open alerts are counted at most five seconds ago, also in the first minute of an installation', async () => {
    const counts = [1, 2].map((critical) => ({ info: 0, warning: 0, error: 0, critical }));
    let calls = 0;
    const clock = standingClock();
    const readOverview = overviewReader({
      ...deps,
      clock,
      openAlerts: async () => counts[calls++] ?? Promise.reject(new Error('dark')),
      openIncidents: async () => [],
      onCallNow: async () => [],
    });
    deps = { ...deps, readOverview };
    const critical = async () => (await get()).body.health.alerts.critical;
    expect(await critical()).toBe(1);
    clock.advance(4_000);
    expect(await critical()).toBe(1);
    clock.advance(1_000);
    expect(await critical()).toBe(2);
    clock.advance(60_000);
    expect(await critical()).toBe(2);
  });

  test('200: a viewer gets the status, and the names of the parts that are withheld', async () => {
    const { body } = await get(['monitoring.health.read']);
    expect(body.health.status).toBe('healthy');
    expect(body.withheld).toEqual(['incidents', 'onCall', 'series', 'sla']);
  });

  test('200: reads nothing when it is asked again at once', async () => {
    await get();
    const { roundTrips } = await dynamo.cost(() => get());
    expect(roundTrips).toBe(0);
  });

  test('403: callers without any permission', async () => {
    expect((await get(['oncall.read'])).status).toBe(403);
  });
});
