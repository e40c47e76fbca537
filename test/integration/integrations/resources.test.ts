import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { surface as ingestSurface } from '../../../functions/integrations/http.ts';
import { surface } from '../../../functions/integrations/http/resources.ts';
import { everything, startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { ingestOn, type Ingest } from '../../support/ingest.ts';
import { invoke, type Invocation } from '../../support/invoke.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

let dynamo: TestDynamo;
let ingest: Ingest;
let handler: ReturnType<typeof surface>;
let ingestHandler: ReturnType<typeof ingestSurface>;
beforeAll(async () => {
  dynamo = await startDynamo();
  ingest = await ingestOn(dynamo);
  const deps = ingest.resources();
  handler = surface(() => deps);
  restart();
});
afterAll(() => dynamo.stop());

/** A fresh process that takes events. */
const restart = () => {
  const deps = ingest.container();
  ingestHandler = ingestSurface(() => deps);
};

const ana = { kind: 'user' as const, id: 'usr_ana', name: 'ana' };
const call = (route: Parameters<typeof invoke>[1], request: Invocation = {}) =>
  invoke(handler, route, { caller: ana, ...request });
const create = (body: object) => call('POST /api/integrations', { body });
const ONE = '/api/integrations/{key}';
let names = 0;
const aName = () => `integration ${++names}`;
const made = async (over: object = {}) => (await create({ type: 'alertmanager', name: aName(), ...over })).body;

const webhook = (key: string, labels: object = { alertname: 'Down' }) =>
  invoke(ingestHandler, 'POST /api/integrations/{key}/alertmanager', {
    params: { key },
    body: { version: '4', alerts: [{ status: 'firing', labels }] },
  });

describe('201', () => {
  it.each([
    ['pagerduty', /^[A-Za-z0-9]{32}$/],
    ['opsgenie', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/],
    ['alertmanager', /^tsi_[\w-]{69}$/],
  ])('%s: the key has the format of the vendor', async (type, form) => {
    const name = aName();
    const { status, body } = await create({ type, name });
    expect(status).toBe(201);
    expect(body.key).toMatch(form);
    expect(body).toMatchObject({
      type,
      name,
      source: `${type}:${name}`,
      service: null,
      team: null,
      defaultSeverity: 'error',
      severities: {},
      enabled: true,
      version: 1,
      changedBy: ana,
      lastEventAt: null,
      accepted: 0,
      keys: [{ hint: `…${body.key.slice(-4)}`, validUntil: null }],
    });
  });

  it('no other answer and no item has the key', async () => {
    const { id, key } = await made();
    const read = await call(`GET ${ONE}`, { params: { key: id } });
    expect(read.status).toBe(200);
    expect(read.text).not.toContain(key);
    expect((await call('GET /api/integrations')).text).not.toContain(key);
    expect(JSON.stringify(await everything(dynamo.client, ingest.integrationsTable))).not.toContain(key);
  });

  it('the audit trail hears who made, changed, rotated and deleted it', async () => {
    const { id } = await made();
    const params = { key: id };
    const stored = () => ingest.integrations.byId(id);
    expect((await stored())?.event).toMatchObject({ type: 'integration.changed', actor: ana, subject: { id } });
    await call(`POST ${ONE}/rotate-key`, { params });
    expect((await stored())?.event).toMatchObject({ type: 'integration.key_rotated', actor: ana });
    await call(`DELETE ${ONE}`, { params });
    const items = await everything(dynamo.client, ingest.integrationsTable);
    expect(items.find(({ item }) => item === id)).toMatchObject({ event: { type: 'integration.deleted', actor: ana } });
  });
});

describe('200', () => {
  it('the list has every integration, oldest first, with counts', async () => {
    const first = await made();
    ingest.clock.advance(1000);
    const second = await made();
    restart();
    await webhook(first.key);
    const { body } = await call('GET /api/integrations');
    const ids = body.items.map(({ id }: { id: string }) => id);
    expect(ids.indexOf(first.id)).toBeLessThan(ids.indexOf(second.id));
    expect(body.items.find(({ id }: { id: string }) => id === first.id)).toMatchObject({
      accepted: 1,
      rejected: 0,
      lastEventAt: ingest.clock.now().toISOString(),
    });
  });

  it('service, team and severity go where the labels have none', async () => {
    const { key, name } = await made({
      service: 'shop',
      team: 'web',
      defaultSeverity: 'warning',
      severities: { Sev9: 'critical' },
    });
    await webhook(key);
    await webhook(key, { alertname: 'Own', service: 'own', severity: 'sev9' });
    const alerts = await ingest.alertsOf(name);
    expect(alerts.find(({ title }) => title === 'Down')).toMatchObject({
      source: `alertmanager:${name}`,
      service: 'shop',
      team: 'web',
      severity: 'warning',
    });
    expect(alerts.find(({ title }) => title === 'Own')).toMatchObject({ service: 'own', severity: 'critical' });
  });

  it('a new name leaves key and source as they are', async () => {
    const { id, key, name, source } = await made();
    const { body } = await call(`PUT ${ONE}`, { params: { key: id }, body: { name: 'another name', version: 1 } });
    expect(body).toMatchObject({ name: 'another name', source, version: 2 });
    restart();
    await webhook(key);
    expect(await ingest.alertsOf(name)).toHaveLength(1);
  });

  it('a disabled integration takes nothing within 20 seconds, and takes events again when it is enabled', async () => {
    const { id, key, name } = await made();
    expect((await webhook(key)).status).toBe(200);
    await call(`PUT ${ONE}`, { params: { key: id }, body: { name, enabled: false, version: 1 } });
    ingest.clock.advance(20_000);
    expect((await webhook(key)).status).toBe(401);
    await call(`PUT ${ONE}`, { params: { key: id }, body: { name, enabled: true, version: 2 } });
    ingest.clock.advance(20_000);
    expect((await webhook(key)).status).toBe(200);
  });

  it('a former key is accepted for the overlap, and the new one at once', async () => {
    const { id, key } = await made();
    const { body } = await call(`POST ${ONE}/rotate-key`, { params: { key: id }, body: { overlapMinutes: 10 } });
    expect(body.key).not.toBe(key);
    expect(body.keys).toHaveLength(2);
    expect((await webhook(key)).status).toBe(200);
    expect((await webhook(body.key)).status).toBe(200);
    ingest.clock.advance(10 * 60_000);
    expect((await webhook(key)).status).toBe(401);
    expect((await webhook(body.key)).status).toBe(200);
    expect((await call(`GET ${ONE}`, { params: { key: id } })).body.keys).toHaveLength(1);
  });

  it('a second rotation ends the key before the former one', async () => {
    const { id, key } = await made();
    await call(`POST ${ONE}/rotate-key`, { params: { key: id }, body: {} });
    await call(`POST ${ONE}/rotate-key`, { params: { key: id }, body: {} });
    restart();
    expect((await webhook(key)).status).toBe(401);
  });
});

describe('204', () => {
  it('a deleted integration is gone, its key is unknown within 20 seconds, and its name is free', async () => {
    const { id, key, name } = await made();
    await webhook(key);
    expect(await call(`DELETE ${ONE}`, { params: { key: id } })).toMatchObject({
      status: 204,
      headers: { 'tocsin-effective-within': '20' },
    });
    expect((await call(`GET ${ONE}`, { params: { key: id } })).status).toBe(404);
    ingest.clock.advance(20_000);
    expect((await webhook(key)).status).toBe(401);
    expect((await create({ type: 'alertmanager', name })).status).toBe(201);
  });
});

describe('400', () => {
  it.each([
    { type: 'pager', name: 'x' },
    { type: 'pagerduty' },
    { type: 'pagerduty', name: ' ' },
    { type: 'pagerduty', name: 'x'.repeat(101) },
    { type: 'pagerduty', name: 'x', defaultSeverity: 'P1' },
    { type: 'pagerduty', name: 'x', severities: { P1: 'worst' } },
    { type: 'pagerduty', name: 'x', key: 'my own' },
  ])('%j', async (body) => {
    expect(await create(body)).toMatchObject({ status: 400, body: { code: 'body.invalid' } });
  });
});

describe('403', () => {
  it.each([
    ['GET /api/integrations', ['monitoring.read']],
    ['POST /api/integrations', ['monitoring.config.read']],
  ] as const)('%s with %j', async (route, permissions) => {
    const answer = await call(route, { caller: { ...ana, permissions }, body: { type: 'pagerduty', name: 'x' } });
    expect(answer).toMatchObject({ status: 403, body: { code: 'auth.forbidden' } });
  });
});

describe('404', () => {
  it.each([`GET ${ONE}`, `PUT ${ONE}`, `DELETE ${ONE}`, `POST ${ONE}/rotate-key`] as const)('%s', async (route) => {
    for (const key of ['itg_01jd3v8m2k7q4xh2g8vq0p1m9d', 'x']) {
      const answer = await call(route, {
        params: { key },
        ...(route.startsWith('PUT') && { body: { name: 'x', version: 1 } }),
      });
      expect(answer).toMatchObject({ status: 404, body: { code: 'integration.not_found' } });
    }
  });
});

describe('409', () => {
  it('a name that another integration of the type has', async () => {
    const { name } = await made();
    expect(await create({ type: 'alertmanager', name })).toMatchObject({
      status: 409,
      body: { code: 'integration.name_taken' },
    });
    expect((await create({ type: 'pagerduty', name })).status).toBe(201);
  });

  it('a change of another version than the present one', async () => {
    const { id, name } = await made();
    const save = (version: number) => call(`PUT ${ONE}`, { params: { key: id }, body: { name, version } });
    expect((await save(1)).status).toBe(200);
    expect(await save(1)).toMatchObject({ status: 409, body: { code: 'integration.changed' } });
  });
});

describe('what is counted', () => {
  it('costs a write a minute, however many events there are', async () => {
    const { id, key } = await made();
    restart();
    let writes = 0;
    const { integrations } = ingest;
    const seen = async () => (await integrations.seenOf(id))?.accepted ?? 0;
    let last = 0;
    for (let second = 0; second < 180; second += 3) {
      await webhook(key);
      const now = await seen();
      if (now !== last) writes++;
      last = now;
      ingest.clock.advance(3000);
    }
    expect(writes).toBe(3);
    await webhook(key);
    expect(await seen()).toBe(61);
  });
});
