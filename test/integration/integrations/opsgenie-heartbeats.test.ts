import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { surface } from '../../../functions/integrations/http/opsgenie.ts';
import { surface as resourcesSurface } from '../../../functions/integrations/http/resources.ts';
import { createMonitor } from '../../../functions/health/monitors/create-monitor.ts';
import { lookedAt } from '../../../functions/health/monitors/heartbeat.ts';
import { CreateMonitor, isHeartbeat } from '../../../functions/health/monitors/monitor.ts';
import { INSIDE } from '../../../shared/kernel/audit-event.ts';
import { systemCaller } from '../../../shared/kernel/caller.ts';
import type { Method } from '../../../shared/http/route.ts';
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
  const deps = ingest.opsgenie();
  handler = surface(() => deps);
});
afterAll(() => dynamo.stop());

let names = 0;
const aClient = async (over: object = { configurationAccess: true }) => {
  const { key } = await ingest.integration({ type: 'opsgenie', name: `og beats ${++names}`, ...over });
  return (method: Method, wire: string, body?: unknown) => {
    const [path = '', query = ''] = wire.split('?');
    return invoke(handler, `${method} /v2/{rest+}`, {
      path,
      wireRest: path.replace(/^\/v2\//, ''),
      query: Object.fromEntries(new URLSearchParams(query)),
      body,
      headers: { authorization: `GenieKey ${key}`, 'content-type': 'application/json' },
    });
  };
};

/** A name that is no slug, and that clients send with its slash as it is, or encoded. */
const ODD = { name: () => `nightly backup/ä ${++names}`, wire: (name: string) => encodeURIComponent(name) };
const raw = (name: string) => ODD.wire(name).replaceAll('%2F', '/');

/** Has the minute pass that looks at a heartbeat. */
const tick = async (name: string) => {
  const { items } = await ingest.monitors.list({ limit: 100 });
  const { id } = items.find((each) => each.name === name) ?? expect.fail(name);
  const { monitor, state } = await ingest.monitors.whole(id);
  if (!monitor || !state || !isHeartbeat(monitor)) return expect.fail(name);
  await ingest.monitors.saveState(lookedAt(monitor, state, ingest.clock.now()));
};

describe('200', () => {
  it('a heartbeat is created as the SDKs send it, and is read, listed, changed, paused, resumed and deleted by its name', async () => {
    const call = await aClient();
    const name = ODD.name();
    const created = await call('POST', '/v2/heartbeats/', {
      name,
      description: 'Dumps',
      interval: 10,
      intervalUnit: 'minutes',
      enabled: true,
      ownerTeam: { name: 'ops' },
      alertMessage: 'No dump',
      alertTags: ['t', 'u'],
      alertPriority: 'P5',
    });
    expect(created).toMatchObject({ status: 200, body: { data: { name, enabled: true, expired: false } } });
    const whole = {
      name,
      description: 'Dumps',
      interval: 10,
      intervalUnit: 'minutes',
      enabled: true,
      expired: false,
      ownerTeam: { name: 'ops' },
      alertMessage: 'No dump',
      alertTags: ['t', 'u'],
      alertPriority: 'P5',
    };
    for (const path of [ODD.wire(name), raw(name)])
      expect((await call('GET', `/v2/heartbeats/${path}`)).body.data).toEqual(whole);
    expect((await call('GET', '/v2/heartbeats/')).body.data.heartbeats).toContainEqual(whole);

    const changed = await call('PATCH', `/v2/heartbeats/${raw(name)}`, {
      name,
      interval: 5,
      intervalUnit: 'hours',
      enabled: true,
      ownerTeam: {},
    });
    expect(changed.body.data).toEqual({ ...whole, interval: 5, intervalUnit: 'hours', ownerTeam: {} });

    const off = await call('POST', `/v2/heartbeats/${ODD.wire(name)}/disable`, 'null');
    expect(off.body.data).toEqual({ name, enabled: false, expired: false });
    const on = await call('POST', `/v2/heartbeats/${ODD.wire(name)}/enable`, '');
    expect(on.body.data).toEqual({ name, enabled: true, expired: false });
    expect((await call('DELETE', `/v2/heartbeats/${ODD.wire(name)}`)).body.data).toMatchObject({ name });
    expect((await call('GET', `/v2/heartbeats/${ODD.wire(name)}`)).status).toBe(404);
  });

  it('a heartbeat that nobody pings within its interval is expired, and a ping ends that', async () => {
    const call = await aClient();
    const name = ODD.name();
    await call('POST', '/v2/heartbeats', { name, interval: 1, intervalUnit: 'hours', enabled: true });
    const expired = async () => (await call('GET', `/v2/heartbeats/${ODD.wire(name)}`)).body.data.expired;
    ingest.clock.advance(3_599_000);
    await tick(name);
    expect(await expired()).toBe(false);
    ingest.clock.advance(1_000);
    await tick(name);
    expect(await expired()).toBe(true);
    await call('GET', `/v2/heartbeats/${ODD.wire(name)}/ping`);
    expect(await expired()).toBe(false);
  });

  it('a heartbeat that people made is found by its slug, and one by cron has no interval', async () => {
    const call = await aClient();
    const deps = { monitors: ingest.monitors, clock: ingest.clock };
    const request = { caller: systemCaller('test'), origin: INSIDE };
    const check = { type: 'heartbeat', cron: '0 3 * * *', slug: `dump-${++names}` };
    await createMonitor(deps, request, CreateMonitor.parse({ name: 'The dump', check }));
    const { data } = (await call('GET', `/v2/heartbeats/${check.slug}`)).body;
    expect(data).toMatchObject({ name: check.slug, alertPriority: 'P1' });
    expect(data).not.toHaveProperty('interval');
  });
});

describe('202', () => {
  it.each(['GET', 'POST', 'PUT', 'PATCH'] as const)('a ping by %s, without configuration access', async (method) => {
    const [owner, call] = [await aClient(), await aClient({})];
    const name = ODD.name();
    const resources = ingest.resources();
    await owner('POST', '/v2/heartbeats', { name, interval: 1, intervalUnit: 'days' });
    for (const path of [ODD.wire(name), raw(name)]) {
      const answer = await call(method, `/v2/heartbeats/${path}/ping`);
      expect(answer).toMatchObject({ status: 202, body: { result: 'PONG - Heartbeat received' } });
      expect(answer.body).not.toHaveProperty('data');
      const receipt = await invoke(
        resourcesSurface(() => resources),
        'GET /api/events/{id}',
        {
          params: { id: answer.headers['tocsin-event-id'] ?? '' },
          caller: { permissions: ['monitoring.alert.read'] },
        },
      );
      expect(receipt).toMatchObject({ status: 200, body: { action: 'ping', state: 'applied', effect: 'stored' } });
    }
    const at = ingest.clock.now().toISOString();
    expect((await call('GET', `/v2/heartbeats/${ODD.wire(name)}`)).body.data.lastPingTime).toBe(at);
  });
});

describe('403', () => {
  it('an integration without configuration access changes no heartbeat', async () => {
    const [owner, call] = [await aClient(), await aClient({ configurationAccess: false })];
    const name = ODD.name();
    const body = { name, interval: 1, intervalUnit: 'days' };
    await owner('POST', '/v2/heartbeats', body);
    const path = `/v2/heartbeats/${ODD.wire(name)}`;
    for (const [method, wire] of [
      ['POST', '/v2/heartbeats'],
      ['PATCH', path],
      ['DELETE', path],
      ['POST', `${path}/disable`],
      ['POST', `${path}/enable`],
    ] as const) {
      expect(await call(method, wire, body)).toMatchObject({ status: 403, body: { message: expect.any(String) } });
    }
    expect((await call('GET', path)).body.data).toMatchObject({ enabled: true, interval: 1 });
  });
});

describe('404', () => {
  it('a heartbeat that does not exist', async () => {
    const call = await aClient();
    for (const [method, wire] of [
      ['GET', '/v2/heartbeats/none'],
      ['GET', '/v2/heartbeats/none/ping'],
      ['PATCH', '/v2/heartbeats/none'],
      ['DELETE', '/v2/heartbeats/none'],
    ] as const) {
      expect(await call(method, wire)).toMatchObject({
        status: 404,
        body: { message: 'Heartbeat with name [none] does not exist' },
      });
    }
  });
});

describe('409', () => {
  it('a name that another heartbeat has', async () => {
    const call = await aClient();
    const body = { name: ODD.name(), interval: 1, intervalUnit: 'days' };
    await call('POST', '/v2/heartbeats', body);
    expect((await call('POST', '/v2/heartbeats', body)).status).toBe(409);
  });
});

describe('422', () => {
  it.each([
    [{}, 'name'],
    [{ name: 'x'.repeat(129) }, 'name'],
    [{ interval: 0 }, 'interval'],
    [{ interval: 1.5 }, 'interval'],
    [{ interval: 367 }, 'interval'],
    [{ intervalUnit: 'weeks' }, 'intervalUnit'],
    [{ alertPriority: 'P6' }, 'alertPriority'],
  ])('%j', async (over, field) => {
    const call = await aClient();
    const whole = field === 'name' ? over : { name: ODD.name(), interval: 1, intervalUnit: 'days', ...over };
    expect(await call('POST', '/v2/heartbeats', whole)).toMatchObject({
      status: 422,
      body: { errors: { [field]: expect.any(String) } },
    });
  });
});
