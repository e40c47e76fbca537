import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Client, Tocsin } from '../../support/tocsin.ts';
import { product } from './product.ts';

interface Monitor {
  readonly id: string;
  readonly version: number;
  readonly status: string;
  readonly reason: string;
  readonly pingKey?: string;
}
interface AlertPage {
  readonly items: readonly {
    readonly id: string;
    readonly status: string;
    readonly severity: string;
    readonly title: string;
    readonly description: string;
    readonly service: string;
  }[];
}

let tocsin: Tocsin;
let admin: Client;
beforeAll(async () => {
  tocsin = await product();
  admin = await tocsin.admin();
});

const pass = (seconds: number): Promise<void> => tocsin.pass(seconds);
const create = async (body: object): Promise<Monitor> => {
  const made = await admin.post<Monitor>('/api/monitoring/monitors', body);
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  return made.body;
};
const monitor = async (id: string) => (await admin.get<Monitor>(`/api/monitoring/monitors/${id}`)).body;
const alertsOf = async (status: string) =>
  (await admin.get<AlertPage>(`/api/monitoring/alerts?status=${status}&source=monitor`)).body.items;

const listening = async (answer: (url: string) => { status: number; body: string }, port = 0): Promise<Server> => {
  const server = createServer((request, response) => {
    const { status, body } = answer(request.url ?? '');
    response.writeHead(status).end(body);
  }).listen(port, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return server;
};
const portOf = (server: Server): number => (server.address() as AddressInfo).port;
const closed = (server: Server): Promise<unknown> => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
};

describe('a service that is watched', () => {
  test('goes down: within two ticks a critical alert opens that says why; it comes back, and the alert resolves', async () => {
    const server = await listening(() => ({ status: 200, body: '{"state":"ok"}' }));
    const port = portOf(server);
    const { id } = await create({
      name: 'Shop',
      service: 'shop',
      check: { type: 'http', url: `http://127.0.0.1:${port}/health`, jsonPath: "$[?@ == 'ok']" },
    });
    await pass(60);
    expect(await monitor(id)).toMatchObject({ status: 'up', reason: 'it answers 200' });

    await closed(server);
    await pass(60);
    expect(await alertsOf('open')).toEqual([]);
    await pass(60);
    expect(await alertsOf('open')).toMatchObject([
      { severity: 'critical', title: 'Shop is down', description: 'it refuses the connection', service: 'shop' },
    ]);
    expect((await tocsin.as().get('/api/monitoring/health')).body).toEqual({ status: 'critical' });
    expect((await tocsin.as().get('/api/monitoring/health/dashboard')).status).toBe(401);
    expect((await admin.get('/api/monitoring/health/dashboard')).body).toMatchObject({
      status: 'critical',
      counts: { monitors: 1, rules: 0 },
      reasons: [{ kind: 'monitor', id, name: 'Shop', service: 'shop', reason: 'it refuses the connection' }],
    });

    const again = await listening(() => ({ status: 200, body: '{"state":"ok"}' }), port);
    await pass(60);
    expect(await alertsOf('open')).toEqual([]);
    expect(await alertsOf('resolved')).toMatchObject([{ title: 'Shop is down' }]);
    expect((await tocsin.as().get('/api/monitoring/health')).body).toEqual({ status: 'healthy' });
    const { body } = await admin.get<{ items: { status: string }[] }>(`/api/monitoring/monitors/${id}/changes`);
    expect(body.items.map(({ status }) => status)).toEqual(['up', 'down', 'up']);
    const results = await admin.get<{ items: { checks: number; failed: number; responseTimeMs: { max: number } }[] }>(
      `/api/monitoring/monitors/${id}/results`,
    );
    expect(results.body.items.map(({ checks, failed }) => [checks, failed])).toEqual([
      [1, 0],
      [1, 1],
      [1, 1],
      [1, 0],
    ]);
    const figures = await admin.get<{ items: { points: { value: number }[] }[] }>(
      `/api/monitoring/metrics?name=monitor.up&aggregation=sum&dimensions=monitor:${id}&step=3600`,
    );
    expect(figures.body.items.flatMap(({ points }) => points.map(({ value }) => value)).reduce((a, b) => a + b)).toBe(
      2,
    );
    await closed(again);
    await admin.call('DELETE', `/api/monitoring/monitors/${id}`);
  });

  test('is collected at once when somebody asks, and metadata of the cloud is out of reach', async () => {
    const server = await listening((url) => (url === '/away' ? { status: 200, body: '' } : { status: 500, body: '' }));
    const port = portOf(server);
    const sick = await create({ name: 'Sick', check: { type: 'http', url: `http://127.0.0.1:${port}/` } });
    const inside = await create({
      name: 'Inside',
      check: { type: 'http', url: 'http://169.254.169.254/latest/meta-data/' },
    });
    const { status, body } = await admin.post<{ items: { id: string; ok: boolean; reason: string }[] }>(
      '/api/monitoring/health/collect',
      { monitors: [sick.id, inside.id] },
    );
    expect(status).toBe(200);
    expect(body.items).toMatchObject([
      { id: sick.id, ok: false, reason: 'it answers 500, not 200-299' },
      { id: inside.id, ok: false, reason: expect.stringContaining('an address that may not be reached') },
    ]);
    const labelled = await create({
      name: 'Labelled',
      service: 'front',
      labels: { tier: 'gold' },
      check: { type: 'http', url: `http://127.0.0.1:${port}/away`, matches: '^$' },
    });
    const of = async (asked: object) =>
      (
        await admin.post<{ items: { id: string; phases: object | null }[] }>('/api/monitoring/health/collect', asked)
      ).body.items.map(({ id }) => id);
    expect(await of({ service: 'front' })).toEqual([labelled.id]);
    expect(await of({ labels: { tier: 'gold' } })).toEqual([labelled.id]);
    expect(await of({ service: 'front', labels: { tier: 'tin' } })).toEqual([]);
    expect((await admin.post('/api/monitoring/health/collect', { monitors: [sick.id], service: 'x' })).status).toBe(
      400,
    );
    await closed(server);
    for (const { id } of [sick, inside, labelled]) await admin.call('DELETE', `/api/monitoring/monitors/${id}`);
  });

  test('in maintenance wakes nobody, and wakes somebody when the maintenance ends and it is still down', async () => {
    const now = tocsin.runtime.clock.now();
    const { id } = await create({
      name: 'Batch host',
      check: { type: 'tcp', host: '127.0.0.1', port: 1 },
      failAfter: 1,
      maintenance: [{ from: new Date(now - 60_000).toISOString(), to: new Date(now + 150_000).toISOString() }],
    });
    await pass(60);
    await pass(60);
    expect(await monitor(id)).toMatchObject({ status: 'maintenance' });
    expect((await alertsOf('open')).filter(({ title }) => title.startsWith('Batch'))).toEqual([]);
    await pass(120);
    expect((await alertsOf('open')).filter(({ title }) => title.startsWith('Batch'))).toHaveLength(1);
    const operator = await tocsin.user('otto', ['operator']);
    const path = `/api/monitoring/monitors/${id}/maintenance`;
    expect((await operator.post(path, { minutes: 30 })).body).toMatchObject({ status: 'maintenance' });
    expect((await operator.post(path, { minutes: 0 })).body).toMatchObject({ status: 'down' });
    expect((await operator.post(path, { minutes: -1 })).status).toBe(400);
    await admin.call('DELETE', `/api/monitoring/monitors/${id}`);
    await pass(1);
    expect((await alertsOf('open')).filter(({ title }) => title.startsWith('Batch'))).toEqual([]);
  });
});

describe('a job that reports', () => {
  test('is up while it reports, down when it stays away beyond its grace, and up with its next ping', async () => {
    const { id, pingKey = '' } = await create({
      name: 'Backup',
      check: { type: 'heartbeat', periodSeconds: 300, graceSeconds: 60 },
    });
    const anybody = tocsin.as();
    expect((await anybody.call('HEAD', `/ping/${pingKey}`)).status).toBe(200);
    expect((await anybody.call('HEAD', '/ping/nobody')).status).toBe(404);
    expect(await monitor(id)).toMatchObject({
      status: 'up',
      lastPingAt: expect.any(String),
      reason: 'It reported success.',
    });
    await pass(300);
    expect(await monitor(id)).toMatchObject({ status: 'up' });
    await pass(120);
    expect(await monitor(id)).toMatchObject({ status: 'down' });
    expect((await alertsOf('open')).map(({ title }) => title)).toContain('Backup is down');
    expect((await anybody.call('POST', `/ping/${pingKey}/0`, 'all 7 tables copied')).status).toBe(200);
    await tocsin.runtime.idle();
    expect((await alertsOf('open')).map(({ title }) => title)).not.toContain('Backup is down');
    expect((await anybody.get(`/ping/${pingKey}/137`)).status).toBe(200);
    await tocsin.runtime.idle();
    expect(await monitor(id)).toMatchObject({ status: 'down', reason: 'It reported a failure, exit code 137.' });
    expect((await anybody.get('/ping/nobody')).status).toBe(404);
    expect((await anybody.get(`/ping/${pingKey}/sideways`)).status).toBe(404);
  });
});

describe('the overall status', () => {
  test('shows services and counts to a token or key with the permission, and no more to an ended session', async () => {
    const anybody = tocsin.as();
    const path = '/api/monitoring/health';
    expect(Object.keys((await anybody.get<object>(path)).body)).toEqual(['status']);
    const { id } = await create({ name: 'Seen', service: 'seen', check: { type: 'heartbeat', periodSeconds: 60 } });
    await admin.post('/api/monitoring/alerts', { title: 'By hand', severity: 'warning' });
    await pass(60);
    const shown = await admin.get<{ components: { service: string }[] }>(path);
    expect(shown.body.components.map(({ service }) => service)).toContain('seen');
    const { body } = await admin.get<{ alerts: { warning: number }; monitors: { unknown: number } }>(
      `${path}/dashboard`,
    );
    expect(body).toMatchObject({ alerts: { warning: 1 }, countedAt: expect.any(String) });
    const cost = await admin.get<{ counted: { alerts: number; monitors: number } }>('/api/monitoring/cost');
    expect(cost.body).toMatchObject({ source: 'counted', currency: 'USD' });
    expect(cost.body.counted.alerts).toBeGreaterThan(0);
    expect(cost.body.counted.monitors).toBeGreaterThan(0);
    const made = await admin.post<{ key: string }>('/api/api-keys', { name: 'p', permissions: ['monitoring.read'] });
    const machine = tocsin.as({ authorization: `Bearer ${made.body.key}` });
    expect((await machine.get<object>(path)).body).toHaveProperty('reasons');
    const viewer = await tocsin.user('vera', ['viewer']);
    expect((await viewer.get<object>(path)).body).toHaveProperty('reasons');
    expect((await viewer.get('/api/monitoring/alerts')).status).toBe(403);
    await viewer.post('/api/auth/logout');
    await pass(50);
    expect((await viewer.get(path)).status).toBe(401);
    await admin.call('DELETE', `/api/monitoring/monitors/${id}`);
  });

  test('a member reads alerts and incidents, and no more of the monitoring', async () => {
    const member = await tocsin.user('mia', ['member']);
    const status = async (path: string) => (await member.get(`/api/monitoring/${path}`)).status;
    expect(await Promise.all(['alerts', 'incidents', 'health/dashboard', 'cost'].map(status))).toEqual(
      Array.from({ length: 4 }, () => 200),
    );
    expect(await Promise.all(['metrics?name=a', 'rules', 'monitors', 'config'].map(status))).toEqual(
      Array.from({ length: 4 }, () => 403),
    );
  });
});

describe('a monitor of CloudWatch', () => {
  test('asks CloudWatch for the metrics of its definition, which become metrics here, and judges them', async () => {
    const put = (value: number) =>
      fetch(tocsin.runtime.services.endpoints['AWS_ENDPOINT_URL_CLOUDWATCH'] ?? '', {
        method: 'POST',
        headers: { 'x-amz-target': 'GraniteServiceVersion20100801.PutMetricData' },
        body: JSON.stringify({
          Namespace: 'Shop',
          MetricData: [{ MetricName: 'Orders', Dimensions: [{ Name: 'Region', Value: 'eu' }], Value: value }],
        }),
      });
    const { id } = await create({
      name: 'Orders',
      failAfter: 1,
      check: {
        type: 'cloudwatch',
        queries: [
          {
            id: 'orders',
            metric: 'shop.orders',
            namespace: 'Shop',
            metricName: 'Orders',
            dimensions: { Region: 'eu' },
            statistic: 'Sum',
          },
        ],
        expect: [{ query: 'orders', operator: '>=', value: 10 }],
      },
    });
    expect((await put(12)).status).toBe(200);
    await pass(60);
    expect(await monitor(id)).toMatchObject({ status: 'up', reason: 'orders is 12' });
    await put(3);
    await pass(60);
    expect(await monitor(id)).toMatchObject({ status: 'down', reason: 'orders is 3, not >= 10' });
    const { body } = await admin.get<{ items: { points: { value: number }[] }[] }>(
      `/api/monitoring/metrics?name=shop.orders&aggregation=min&dimensions=monitor:${id}&step=3600`,
    );
    expect(body.items[0]?.points.at(-1)?.value).toBe(3);
    await admin.call('DELETE', `/api/monitoring/monitors/${id}`);
  });
});

describe('an exposition that is scraped', () => {
  test('gives metrics with its labels', async () => {
    const server = await listening(() => ({
      status: 200,
      body: '# TYPE node_load1 gauge\nnode_load1 0.75\nnode_cpu_seconds_total{cpu="0",mode="idle"} 1234.5\nnode_nan NaN\nother 1\n',
    }));
    const { id } = await create({
      name: 'Host',
      service: 'db',
      check: { type: 'scrape', url: `http://127.0.0.1:${portOf(server)}/metrics`, metrics: ['node_*'] },
    });
    await pass(60);
    expect(await monitor(id)).toMatchObject({ status: 'up', reason: '2 series, 1 left out' });
    const { body } = await admin.get<{ items: { dimensions: object; points: { value: number }[] }[] }>(
      '/api/monitoring/metrics?name=node_cpu_seconds_total&aggregation=last&groupBy=mode,service',
    );
    expect(body.items).toMatchObject([{ dimensions: { mode: 'idle', service: 'db' }, points: [{ value: 1234.5 }] }]);
    await closed(server);
  });
});
