import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PurgeQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { done } from '../support/night.ts';
import { startTocsin, type Client, type Tocsin } from '../support/tocsin.ts';

/*
 * What takes hours of the moved clock. The clock begins shortly before an hour is over, so that not much has to pass until
 * nothing of that hour is accepted any more, and no day ends meanwhile.
 */
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const STARTS_AT = new Date(Math.ceil(Date.now() / DAY_MS) * DAY_MS + 10 * HOUR_MS - 300_000);

interface AlertPage {
  readonly items: readonly {
    readonly severity: string;
    readonly title: string;
    readonly description: string;
    readonly service: string;
  }[];
}

let tocsin: Tocsin;
let admin: Client;
let recordedAt: number;

beforeAll(async () => {
  tocsin = await startTocsin({ startsAt: STARTS_AT });
  admin = await tocsin.admin();
  const points = [
    { name: 'kept', value: 5 },
    { name: 'kept', value: 7 },
  ];
  done(await admin.post('/api/monitoring/metrics', { points }), 202);
  recordedAt = tocsin.runtime.clock.now();
});
afterAll(() => tocsin.stop());

const listening = async (port = 0): Promise<Server> => {
  const server = createServer((_request, response) => response.end('ok')).listen(port, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return server;
};
const closed = (server: Server): Promise<unknown> => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
};

test('the SLA of a service counts to the second what the checks found; a budget that burns too fast wakes somebody, and lets go', async () => {
  const { body: config } = await admin.get<{ version: number; settings: object }>('/api/monitoring/config');
  const objectives = [{ service: 'checkout', uptimePercent: 99.9 }];
  const { version, settings } = config;
  done(await admin.call('PUT', '/api/monitoring/config', { version, settings: { ...settings, objectives } }), 200);
  const server = await listening();
  const { port } = server.address() as AddressInfo;
  const monitor = {
    name: 'Checkout',
    service: 'checkout',
    check: { type: 'http', url: `http://127.0.0.1:${port}/` },
    failAfter: 1,
  };
  const { id } = done(await admin.post<{ id: string }>('/api/monitoring/monitors', monitor), 201);
  await tocsin.pass(62 * 60);
  await closed(server);
  await tocsin.pass(2 * 60);
  const burning = (await admin.get<AlertPage>('/api/monitoring/alerts?status=open&source=slo')).body.items;
  expect(burning).toMatchObject([
    {
      severity: 'critical',
      service: 'checkout',
      title: 'checkout spends its error budget 14.4 times too fast',
      description: expect.stringMatching(/^Why: the error budget of 99.9 % burns \d+\.\d× over 1 h and /),
    },
  ]);
  const again = await listening(port);
  await tocsin.pass(7 * 60);
  await closed(again);
  expect((await admin.get<AlertPage>('/api/monitoring/alerts?status=open&source=slo')).body.items).toEqual([]);

  const { body: changed } = await admin.get<{ items: { at: string; status: string }[] }>(
    `/api/monitoring/monitors/${id}/changes`,
  );
  const [up, down] = changed.items.map(({ at }) => Date.parse(at));
  const question = '/api/monitoring/sla?service=checkout&period=day&timeZone=Europe/Berlin';
  const { body } = await admin.get<{ items: { seconds: object; met: boolean; outages: object }[] }>(question);
  expect(body.items).toMatchObject([
    {
      service: 'checkout',
      met: false,
      target: { uptimePercent: 99.9 },
      seconds: { down: ((up ?? 0) - (down ?? 0)) / 1000, gap: 0 },
      outages: { count: 1 },
    },
  ]);
  expect((await admin.get<string>(`${question}&format=csv`)).body).toContain('\r\ncheckout,,');
  await admin.call('DELETE', `/api/monitoring/monitors/${id}`);
}, 300_000);

test('Tocsin itself is well while none of its alarms rings; a dead letter takes it down, and says which', async () => {
  const monitor = { name: 'Ourselves', failAfter: 1, check: { type: 'self', ignore: ['FunctionFaults'] } };
  const { id } = done(await admin.post<{ id: string }>('/api/monitoring/monitors', monitor), 201);
  const shown = async () => (await admin.get(`/api/monitoring/monitors/${id}`)).body;
  await tocsin.pass(60);
  expect(await shown()).toMatchObject({ status: 'up', reason: 'no alarm of ours rings' });
  const endpoint = tocsin.runtime.services.endpoints['AWS_ENDPOINT_URL_SQS'] ?? '';
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const sqs = new SQSClient({ endpoint, region: 'eu-central-1', credentials });
  const dead = tocsin.runtime.assembly
    .byType('AWS::SQS::Queue')
    .find(({ logicalId }) => logicalId.startsWith('HealthDeadLetters'));
  const QueueUrl = `${endpoint}/${new URL(dead?.physicalId ?? '').pathname.slice(1)}`;
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a shard that nobody could check' }));
  // The inspection looks each five minutes, and the monitor a minute later.
  await tocsin.pass(6 * 60);
  expect(await shown()).toMatchObject({
    status: 'down',
    reason: expect.stringContaining('docs/runbook.md#dead-letters'),
  });
  const { items } = (await admin.get<AlertPage>('/api/monitoring/alerts?status=open&source=monitor')).body;
  expect(items.map(({ title }) => title)).toContain('Ourselves is down');
  await sqs.send(new PurgeQueueCommand({ QueueUrl }));
  await tocsin.pass(12 * 60);
  expect(await shown()).toMatchObject({ status: 'up' });
}, 120_000);

test('hours that are over are answered from their blocks', async () => {
  // Points are accepted for 65 minutes more, and hours are closed each hour.
  await tocsin.pass((recordedAt + 130 * 60_000 - tocsin.runtime.clock.now()) / 1000);
  const from = new Date(recordedAt - HOUR_MS).toISOString();
  const { body } = await admin.get<{ items: { points: { value: number }[] }[] }>(
    `/api/monitoring/metrics?name=kept&aggregation=sum&step=3600&from=${encodeURIComponent(from)}`,
  );
  expect(body.items.flatMap(({ points }) => points.map(({ value }) => value))).toEqual([12]);
}, 300_000);
