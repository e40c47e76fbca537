import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { surface } from '../../../functions/integrations/http.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { ingestOn, type Ingest } from '../../support/ingest.ts';
import { invoke } from '../../support/invoke.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

let dynamo: TestDynamo;
let ingest: Ingest;
let handler: ReturnType<typeof surface>;
beforeAll(async () => {
  dynamo = await startDynamo();
  ingest = await ingestOn(dynamo);
  const deps = ingest.container();
  handler = surface(() => deps);
});
afterAll(() => dynamo.stop());

const recorded = (name: string): Record<string, unknown> & { alerts: Record<string, unknown>[] } =>
  (
    JSON.parse(readFileSync(join(import.meta.dirname, '../../fixtures/alertmanager-0.25', `${name}.json`), 'utf8')) as {
      body: Record<string, unknown> & { alerts: Record<string, unknown>[] };
    }
  ).body;

const post = (key: string, body: unknown, more: object = {}) =>
  invoke(handler, 'POST /api/integrations/{key}/alertmanager', { params: { key }, body, ...more });

let keys = 0;
const aKey = async (over: Record<string, unknown> = {}) => {
  const name = `am-${++keys}`;
  return { name, key: await ingest.key({ name, ...over }) };
};

describe('200', () => {
  it('the recorded firing of two alerts opens both, and its resolved one ends both', async () => {
    const { name, key } = await aKey();
    expect(await post(key, recorded('webhook-firing'))).toMatchObject({
      status: 200,
      body: { status: 'success', firing: 2, resolved: 0, truncated: 0 },
    });
    const opened = await ingest.alertsOf(name);
    expect(opened).toHaveLength(2);
    expect(opened.find(({ dedupKey }) => dedupKey === 'e2974998a61f04c2')).toMatchObject({
      status: 'open',
      severity: 'critical',
      title: 'p99 latency high',
      description: 'p99 = 2.3s',
      source: `alertmanager:${name}`,
      service: 'web',
      labels: { alertname: 'HighLatency', instance: 'web-1', job: 'web' },
      annotations: {
        runbook_url: 'http://127.0.0.1/rb',
        generatorURL: 'http://127.0.0.1:9090/graph?g0.expr=up',
        externalURL: 'http://vm:9493',
        startsAt: '2026-11-21T00:16:19.701751523Z',
      },
      count: 1,
    });
    expect(await post(key, recorded('webhook-resolved'))).toMatchObject({ body: { firing: 0, resolved: 2 } });
    expect((await ingest.alertsOf(name)).map(({ status }) => status)).toEqual(['resolved', 'resolved']);
  });

  it('what a Prometheus and an Alertmanager sent end to end: one alert, opened and resolved', async () => {
    const { name, key } = await aKey();
    await post(key, recorded('e2e-prometheus-webhook_abc-01'));
    await post(key, recorded('e2e-prometheus-webhook_abc-02'));
    expect(await ingest.alertsOf(name)).toMatchObject([
      { status: 'resolved', title: 'http://127.0.0.1:9482/health is down', service: 'blackbox', count: 1 },
    ]);
  });

  it('a message again counts the alerts that are open, and opens none', async () => {
    const { name, key } = await aKey();
    for (let i = 0; i < 3; i++) await post(key, recorded('webhook-firing'));
    expect((await ingest.alertsOf(name)).map(({ count, status }) => [count, status])).toEqual([
      [3, 'open'],
      [3, 'open'],
    ]);
  });

  it('a message in which some fire and some are resolved does both', async () => {
    const { name, key } = await aKey();
    await post(key, recorded('webhook-firing'));
    const mixed = recorded('webhook-firing');
    mixed.alerts = mixed.alerts.map((alert, index) => (index === 0 ? { ...alert, status: 'resolved' } : alert));
    expect(await post(key, mixed)).toMatchObject({ body: { firing: 1, resolved: 1 } });
    const found = await ingest.alertsOf(name);
    expect(found.find(({ dedupKey }) => dedupKey === 'e2974998a61f04c2')?.status).toBe('resolved');
    expect(found.find(({ dedupKey }) => dedupKey === '2f4f14544f317219')).toMatchObject({ status: 'open', count: 2 });
  });

  it('after it was resolved, the same alert firing again is a new one', async () => {
    const { name, key } = await aKey();
    for (const message of ['01', '02', '01']) {
      ingest.clock.advance(1000);
      await post(key, recorded(`e2e-prometheus-webhook_abc-${message}`));
    }
    expect((await ingest.alertsOf(name)).map(({ status }) => status)).toEqual(['resolved', 'open']);
  });

  it('a resolved message of what was never seen opens nothing', async () => {
    const { name, key } = await aKey();
    expect((await post(key, recorded('webhook-resolved'))).status).toBe(200);
    expect(await ingest.alertsOf(name)).toEqual([]);
  });

  it('a truncated message says on each of its alerts how many were left out, and touches no other', async () => {
    const { name, key } = await aKey();
    await post(key, recorded('webhook-firing'));
    const truncated = recorded('webhook-resolved');
    const [first] = truncated.alerts;
    const { body } = await post(key, { ...truncated, alerts: [first], truncatedAlerts: 1 });
    expect(body).toEqual({ status: 'success', firing: 0, resolved: 1, truncated: 1 });
    expect((await ingest.alertsOf(name)).map(({ status }) => status).sort()).toEqual(['open', 'resolved']);
    const firing = recorded('webhook-firing');
    await post(key, { ...firing, truncatedAlerts: 7 });
    for (const { status, annotations } of await ingest.alertsOf(name)) {
      if (status === 'open') expect(annotations['truncatedAlerts']).toBe('7');
    }
  });

  it('fields of later versions are tolerated, and a missing fingerprint is computed', async () => {
    const { name, key } = await aKey();
    const later = recorded('webhook-firing');
    const alerts = later.alerts.map(({ fingerprint: _, ...alert }) => ({
      ...alert,
      values: { B: 44.2 },
      imageURL: '',
    }));
    await post(key, { ...later, alerts, notification_reason: 'first notification', routeLabels: {}, orgId: 1 });
    expect((await ingest.alertsOf(name)).map(({ dedupKey }) => dedupKey).sort()).toEqual([
      '2f4f14544f317219',
      'e2974998a61f04c2',
    ]);
  });

  it('a message without alerts', async () => {
    const { key } = await aKey();
    expect(await post(key, { version: '4', alerts: [] })).toMatchObject({ status: 200, body: { firing: 0 } });
  });

  it('a body without a content type', async () => {
    const { key } = await aKey();
    const { status } = await post(key, JSON.stringify(recorded('webhook-firing')), {
      headers: { 'content-type': 'text/plain' },
    });
    expect(status).toBe(200);
  });

  it('alerts of two keys are two, those of a key and its replacement of the same name are one', async () => {
    const one = await aKey();
    const other = await aKey();
    const replacement = await ingest.key({ name: one.name });
    for (const key of [one.key, other.key, replacement]) await post(key, recorded('e2e-prometheus-webhook_abc-01'));
    expect(await ingest.alertsOf(one.name)).toMatchObject([{ count: 2 }]);
    expect(await ingest.alertsOf(other.name)).toMatchObject([{ count: 1 }]);
  });

  it('the timeline names the key that reported the alert', async () => {
    const { name, key } = await aKey();
    await post(key, recorded('e2e-prometheus-webhook_abc-01'));
    const [alert] = await ingest.alertsOf(name);
    const stored = await ingest.store.byId(alert?.id ?? '');
    expect(stored?.transition).toMatchObject({ type: 'opened', actor: { kind: 'machine', name } });
  });
});

describe('400', () => {
  it('an invalid alert is named, and the others of the message are stored', async () => {
    const { name, key } = await aKey();
    const message = recorded('webhook-firing');
    const answer = await post(key, { ...message, alerts: [{ status: 'firing' }, ...message.alerts, { labels: {} }] });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      status: 'error',
      code: 'alerts.invalid',
      error: '2 alerts are invalid. The others are stored.',
      errors: [
        { pointer: '/0', detail: 'labels is missing' },
        { pointer: '/3', detail: 'status is missing: must be one of firing, resolved' },
      ],
    });
    expect(await ingest.alertsOf(name)).toHaveLength(2);
  });

  it.each(['', '{', 'null', '[]', '"text"', '{"alerts":{}}', '{"alerts":[],"truncatedAlerts":"x"}'])(
    'a body that is no message: %j',
    async (body) => {
      const { key } = await aKey();
      const answer = await post(key, body);
      expect(answer).toMatchObject({ status: 400, headers: { 'content-type': 'application/json' } });
      expect(answer.body.status).toBe('error');
    },
  );
});

describe('401', () => {
  it.each(['', 'x', 'tsk_', `tsk_${'0'.repeat(26)}${'A'.repeat(43)}`, '../../..', 'é', '%'])(
    'the key %j',
    async (key) => {
      const answer = await post(key, recorded('webhook-firing'));
      expect(answer).toMatchObject({ status: 401, body: { status: 'error', code: 'key.unknown' } });
    },
  );

  it('a key whose secret is another one', async () => {
    const { key } = await aKey();
    expect((await post(`${key.slice(0, -2)}AA`, recorded('webhook-firing'))).status).toBe(401);
  });

  it('a key that was revoked', async () => {
    const { key } = await aKey({ status: 'revoked' });
    expect((await post(key, recorded('webhook-firing'))).status).toBe(401);
  });

  it('a key that has expired', async () => {
    const { key } = await aKey({ expiresAt: '2026-11-21T02:59:59.999Z' });
    expect((await post(key, recorded('webhook-firing'))).status).toBe(401);
  });
});

describe('403', () => {
  it('a key that may do other things', async () => {
    const { name, key } = await aKey({ permissions: ['monitoring.read', 'integrations.ingestion'] });
    expect((await post(key, recorded('webhook-firing'))).status).toBe(403);
    expect(await ingest.alertsOf(name)).toEqual([]);
  });
});

describe('413', () => {
  it('a body larger than 4 MB', async () => {
    const { key } = await aKey();
    const answer = await post(key, { ...recorded('webhook-firing'), filler: 'x'.repeat(10 * 1024 * 1024) });
    expect(answer).toMatchObject({ status: 413, body: { status: 'error', code: 'body.too_large' } });
  });
});

describe('a key that is refused', () => {
  it.each(['{', 'null', '{"alerts":{}}', 'x'.repeat(5 * 1024 * 1024)])(
    'is refused before the body: %#',
    async (body) => {
      expect(await post('x', body)).toMatchObject({ status: 401, body: { code: 'key.unknown' } });
      const { key } = await aKey({ permissions: ['monitoring.read'] });
      expect(await post(key, body)).toMatchObject({ status: 403, body: { code: 'key.forbidden' } });
    },
  );
});
