import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { nameKey, userKey } from '../../../functions/auth/table.ts';
import { drainer } from '../../../functions/alerts/reactors/drain.ts';
import { surface as pagerDutySurface } from '../../../functions/integrations/http.ts';
import { surface } from '../../../functions/integrations/http/opsgenie.ts';
import { surface as resourcesSurface } from '../../../functions/integrations/http/resources.ts';
import type { Method } from '../../../shared/http/route.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { ingestOn, type Ingest } from '../../support/ingest.ts';
import { invoke } from '../../support/invoke.ts';
import { OUTAGES } from '../../support/spill.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

let dynamo: TestDynamo;
let ingest: Ingest;
let handler: ReturnType<typeof surface>;
const restart = () => {
  const deps = ingest.opsgenie();
  handler = surface(() => deps);
};
beforeAll(async () => {
  dynamo = await startDynamo();
  ingest = await ingestOn(dynamo);
  const userId = 'usr_01jd3v8m2k7q4xh2g8vq0p1m9d';
  await ingest.auth.put({ ...userKey(userId), id: userId, username: 'a@b.c', displayName: 'A', status: 'active' });
  await ingest.auth.put({ ...nameKey('a@b.c'), userId });
  restart();
});
afterEach(() => {
  dynamo.failWith(undefined);
  ingest.queue.failWith(undefined);
});
afterAll(() => dynamo.stop());

let names = 0;
/** An integration, and a client with its key, which sends paths as they are on the wire. */
const aClient = async (over: object = {}) => {
  const name = `og ${++names}`;
  const made = await ingest.integration({ type: 'opsgenie', name, ...over });
  const call = (method: Method, wire: string, body?: unknown, headers: object = {}) => {
    const [path = '', query = ''] = wire.split('?');
    return invoke(handler, `${method} /v2/{rest+}`, {
      path,
      wireRest: path.replace(/^\/v2\//, ''),
      query: Object.fromEntries(new URLSearchParams(query)),
      body,
      headers: { authorization: `GenieKey ${made.key}`, 'content-type': 'application/json', ...headers },
    });
  };
  const create = (body: object) => call('POST', '/v2/alerts', body);
  const status = async (requestId: string) => (await call('GET', `/v2/alerts/requests/${requestId}`)).body.data;
  return { ...made, call, create, status, alerts: () => ingest.alertsOf(name) };
};

/** As opsgenie-go-sdk-v2 1.2.23 sent it. */
const recorded = {
  message: 'Disk full',
  alias: 'k/1 ä?#%',
  description: 'It is full.',
  responders: [
    { type: 'team', name: 'ops', username: '' },
    { type: 'user', username: 'a@b.c' },
  ],
  visibleTo: [{ type: 'team', name: 'ops', username: '' }],
  actions: ['Restart'],
  tags: ['a', 'b c'],
  details: { k: 'v', tags: 'a detail' },
  entity: 'db-1',
  source: 'go',
  priority: 'P1',
  user: 'Ana',
  note: 'n',
};
/** The identifier as each client sends it. */
const RAW = 'k/1%20%C3%A4%3F%23%25';
const ENCODED = 'k%2F1%20%C3%A4%3F%23%25';

describe('202', () => {
  it('a recorded create opens an alert, and the answer has what each SDK reads', async () => {
    const { create, alerts, name, status } = await aClient({ service: 'shop' });
    const answer = await create(recorded);
    expect(answer).toMatchObject({
      status: 202,
      headers: {
        'content-type': 'application/json',
        'x-ratelimit-state': 'OK',
        'x-response-time': expect.stringMatching(/^[\d.]+$/),
        'x-request-id': answer.body.requestId,
        'tocsin-event-id': answer.body.requestId,
      },
      body: { result: 'Request will be processed', took: expect.any(Number), requestId: expect.any(String) },
    });
    expect(answer.body.took).toBeGreaterThan(0);
    expect(answer.body).not.toHaveProperty('data');
    const [alert] = await alerts();
    expect(alert).toMatchObject({
      status: 'open',
      severity: 'critical',
      title: 'Disk full',
      description: 'It is full.',
      source: `opsgenie:${name}`,
      dedupKey: 'k/1 ä?#%',
      service: 'shop',
      team: 'ops',
      labels: { k: 'v', 'details.tags': 'a detail', entity: 'db-1' },
      annotations: { tags: 'a,b c', actions: 'Restart', source: 'go', priority: 'P1', note: 'n (Ana, go)' },
    });
    expect(await status(answer.body.requestId)).toMatchObject({
      isSuccess: true,
      success: true,
      action: 'Create',
      alertId: alert?.id,
      alias: 'k/1 ä?#%',
    });
  });

  it('an alias that is open counts, a worse priority raises its severity, and after the close a new alert opens', async () => {
    const { create, call, alerts } = await aClient();
    await create({ message: 'm', alias: 'a', priority: 'P4' });
    await create({ message: 'm', alias: 'a', priority: 'P1' });
    expect(await alerts()).toMatchObject([{ count: 2, severity: 'critical' }]);
    await call('POST', '/v2/alerts/a/close?identifierType=alias', { source: 'http://am' });
    ingest.clock.advance(1000);
    await create({ message: 'm', alias: 'a' });
    expect((await alerts()).map(({ status }) => status)).toEqual(['resolved', 'open']);
  });

  it('priorities mean what the integration says', async () => {
    const { create, alerts } = await aClient({ severities: { P1: 'error', p5: 'warning' } });
    await create({ message: 'one', alias: '1', priority: 'P1' });
    await create({ message: 'five', alias: '5', priority: 'P5' });
    await create({ message: 'none', alias: '0' });
    expect(Object.fromEntries((await alerts()).map(({ title, severity }) => [title, severity]))).toEqual({
      one: 'error',
      five: 'warning',
      none: 'warning',
    });
  });

  it('what Alertmanager sends on each notification: create, message and description at once by the alias, close', async () => {
    const { create, call, alerts, status } = await aClient();
    const alias = 'e'.repeat(64);
    await create({
      alias,
      message: '[FIRING:1]',
      description: 'one',
      source: 'http://am/#/alerts',
      tags: ['a', ' b c'],
    });
    const message = await call('PUT', `/v2/alerts/${alias}/message?identifierType=alias`, { message: '[FIRING:2]' });
    await call('PUT', `/v2/alerts/${alias}/description?identifierType=alias`, { description: 'two' });
    expect(await status(message.body.requestId)).toMatchObject({ isSuccess: true, action: 'UpdateMessage' });
    expect(await alerts()).toMatchObject([
      { title: '[FIRING:2]', description: 'two', annotations: { tags: 'a, b c' } },
    ]);
    expect((await call('POST', `/v2/alerts/${alias}/close?identifierType=alias`, { source: 'x' })).status).toBe(202);
    expect(await alerts()).toMatchObject([{ status: 'resolved' }]);
  });

  it.each([
    ['slash within the path, and a slash at its end', `/v2/alerts/${RAW}/acknowledge/?identifierType=alias`],
    ['slash encoded', `/v2/alerts/${ENCODED}/acknowledge?identifierType=alias`],
  ])('an alias with a %s', async (_, path) => {
    const { create, call, alerts } = await aClient();
    await create({ message: 'm', alias: 'k/1 ä?#%' });
    expect((await call('POST', path, '')).status).toBe(202);
    expect(await alerts()).toMatchObject([{ status: 'acknowledged' }]);
  });

  it('an alias of 512 characters', async () => {
    const { create, call, alerts } = await aClient();
    const alias = 'ä'.repeat(512);
    await create({ message: 'm', alias });
    await call('POST', `/v2/alerts/${encodeURIComponent(alias)}/close?identifierType=alias`, '{}');
    expect(await alerts()).toMatchObject([{ status: 'resolved', dedupKey: alias }]);
  });

  it('each change of an alert by its id, as its SDKs send it, and what the alert then is', async () => {
    const { create, call, alerts, status } = await aClient();
    await create({ message: 'm', alias: 'a', details: { keep: '1', drop: '2' } });
    const [{ id } = { id: '' }] = await alerts();
    const endTime = new Date(ingest.clock.now().getTime() + 3_600_000).toISOString();
    const steps: readonly (readonly [Method, string, unknown, string])[] = [
      ['POST', 'acknowledge', '', 'Acknowledge'],
      ['POST', 'unacknowledge', { user: 'Ana', IdentifierType: 0, IdentifierValue: id }, 'UnAcknowledge'],
      ['POST', 'snooze', { endTime: endTime.replace('Z', '000000Z'), note: 'n' }, 'Snooze'],
      ['POST', 'notes', { note: 'hello', user: 'Ana' }, 'AddNote'],
      ['POST', 'assign', { owner: { username: 'a@b.c' } }, 'AssignOwnership'],
      ['POST', 'tags', { tags: ['x', 'y z'] }, 'AddTags'],
      ['DELETE', 'tags?tags=x%2Cnone&user=Ana', undefined, 'RemoveTags'],
      ['POST', 'details', { details: { k: 'v', n: 1 } }, 'AddDetails'],
      ['DELETE', 'details?keys=drop%2Cnone', undefined, 'RemoveDetails'],
      ['PUT', 'priority', { priority: 'P5' }, 'UpdatePriority'],
      ['PUT', 'message', { message: 'm2' }, 'UpdateMessage'],
      ['PUT', 'description', { description: 'd2' }, 'UpdateDescription'],
      ['POST', 'actions/Restart%20it', 'null', 'CustomAction'],
    ];
    for (const [method, path, body, action] of steps) {
      const answer = await call(method, `/v2/alerts/${id}/${path}`, body);
      expect([path, answer.status]).toEqual([path, 202]);
      expect(await status(answer.body.requestId)).toMatchObject({ isSuccess: true, alertId: id, action });
    }
    expect((await call('GET', `/v2/alerts/${id}?identifierType=id`)).body.data).toMatchObject({
      id,
      alias: 'a',
      message: 'm2',
      description: 'd2',
      status: 'open',
      acknowledged: false,
      snoozed: true,
      snoozedUntil: endTime,
      owner: 'a@b.c',
      priority: 'P5',
      tags: ['y z'],
      details: { keep: '1', k: 'v', n: '1' },
    });
    expect(await alerts()).toMatchObject([{ severity: 'info' }]);
    // The stream writes the entries between the first and the latest one, and there is none here.
    const { body: notes } = await call('GET', `/v2/alerts/${id}/notes?offset=1&direction=next`);
    expect(notes.data).toMatchObject([{ note: 'Asked for the action Restart it.', createdAt: expect.any(String) }]);
    const { body: logs } = await call('GET', `/v2/alerts/${id}/logs`);
    expect(logs.data.map(({ log }: { log: string }) => log)).toContain('noted: Asked for the action Restart it.');
    await call('DELETE', `/v2/alerts/${id}?source=cli`);
    expect(await alerts()).toMatchObject([{ status: 'resolved' }]);
  });

  it('a snooze longer than a week ends after a week, and says what was asked for', async () => {
    const { create, call, alerts } = await aClient();
    await create({ message: 'm', alias: 'a' });
    await call('POST', '/v2/alerts/a/snooze?identifierType=alias', { endTime: '2027-12-24T00:00:00+00:00' });
    const [alert] = await alerts();
    expect(Date.parse(alert?.snoozedUntil ?? '') - ingest.clock.now().getTime()).toBe(7 * 86_400_000);
  });

  it('a change of an alert that does not exist, or of another integration, is accepted, and its status says it failed', async () => {
    const [one, other] = [await aClient(), await aClient()];
    await one.create({ message: 'm', alias: 'a' });
    const [{ id } = { id: '' }] = await one.alerts();
    for (const path of [
      `${id}/close`,
      'a/close?identifierType=alias',
      `${id}/notes`,
      '12/acknowledge?identifierType=tiny',
    ]) {
      const answer = await other.call('POST', `/v2/alerts/${path}`, { note: 'n' });
      expect([path, answer.status]).toEqual([path, 202]);
      expect(await other.status(answer.body.requestId)).toMatchObject({ isSuccess: false, alertId: '' });
    }
    expect(await one.alerts()).toMatchObject([{ status: 'open', sequence: 1 }]);
  });

  it('the status of a request that failed says why: the key is wrong, or the alert is over, acknowledged or not yet', async () => {
    const { create, call, status } = await aClient();
    await create({ message: 'm', alias: 'a' });
    const asked = async (path: string, body: object = {}) =>
      (await status((await call('POST', `/v2/alerts/${path}?identifierType=alias`, body)).body.requestId)).status;
    expect(await asked('wrong/close')).toBe('Alert does not exist');
    expect(await asked('wrong/acknowledge')).toBe('Alert does not exist');
    expect(await asked('a/unacknowledge')).toBe('Alert is not acknowledged');
    expect(await asked('a/assign', { owner: { username: 'nobody' } })).toBe('User does not exist');
    expect(await asked('a/acknowledge')).toBe('Acknowledged alert');
    expect(await asked('a/acknowledge')).toBe('Alert is acknowledged already');
    expect(await asked('a/close')).toBe('Closed alert');
    expect(await asked('a/close')).toBe('Alert is closed already');
    expect(await asked('a/acknowledge')).toBe('Alert is closed already');
    expect(await asked('a/snooze', { endTime: '2099-01-01T00:00:00Z' })).toBe('Alert is closed already');
  });

  it('a deleted alert is over and hidden from this API, and people still find it with the reason', async () => {
    const { create, call, alerts, status } = await aClient();
    await create({ message: 'm', alias: 'a' });
    await create({ message: 'other', alias: 'b' });
    const { id, tinyId } = (await call('GET', '/v2/alerts/a?identifierType=alias')).body.data;
    expect((await call('GET', `/v2/alerts/${tinyId}?identifierType=tiny`)).body.data.id).toBe(id);
    const answer = await call('DELETE', '/v2/alerts/a?identifierType=alias&user=Ana');
    expect(answer.status).toBe(202);
    expect(await status(answer.body.requestId)).toMatchObject({ isSuccess: true, action: 'Delete', alertId: id });
    for (const path of [id, 'a?identifierType=alias', `${tinyId}?identifierType=tiny`, `${id}/notes`])
      expect((await call('GET', `/v2/alerts/${path}`)).status).toBe(404);
    const { data } = (await call('GET', '/v2/alerts')).body;
    expect(data.map(({ alias }: { alias: string }) => alias)).toEqual(['b']);
    expect((await call('GET', '/v2/alerts/count')).body.data).toEqual({ count: 1 });
    const again = await call('DELETE', `/v2/alerts/${id}`);
    expect(await status(again.body.requestId)).toMatchObject({ isSuccess: false, status: 'Alert does not exist' });
    expect((await alerts()).find((alert) => alert.id === id)).toMatchObject({ status: 'resolved' });
    const { items } = await ingest.opsgenie().desk.timeline({ id, limit: 10 });
    expect(items.map(({ note }) => note)).toContain('Deleted by the API of Opsgenie. (Ana)');
    await create({ message: 'again', alias: 'a' });
    expect((await call('GET', '/v2/alerts/a?identifierType=alias')).body.data).toMatchObject({ message: 'again' });
  });

  it('a closed alert is deleted, too', async () => {
    const { create, call, status } = await aClient();
    await create({ message: 'm', alias: 'a' });
    await call('POST', '/v2/alerts/a/close?identifierType=alias');
    const answer = await call('DELETE', '/v2/alerts/a?identifierType=alias');
    expect(await status(answer.body.requestId)).toMatchObject({ isSuccess: true });
    expect((await call('GET', '/v2/alerts/a?identifierType=alias')).status).toBe(404);
  });

  it('a create without an alias that is sent again repeats the alert', async () => {
    const { create, alerts } = await aClient();
    for (let i = 0; i < 2; i++) await create({ message: 'm' });
    await create({ message: 'other' });
    expect((await alerts()).map(({ count }) => count).sort()).toEqual([1, 2]);
  });
});

describe('200', () => {
  it('an alert by id, tiny id and alias, whose times are RFC 3339 or left out', async () => {
    const { create, call, id: integrationId, name } = await aClient();
    await create(recorded);
    const { body: byAlias } = await call('GET', `/v2/alerts/${RAW}?identifierType=alias`);
    expect(byAlias.data).toMatchObject({
      alias: 'k/1 ä?#%',
      message: 'Disk full',
      status: 'open',
      priority: 'P1',
      tags: ['a', 'b c'],
      details: { k: 'v', tags: 'a detail' },
      entity: 'db-1',
      source: 'go',
      owner: '',
      actions: ['Restart'],
      responders: [
        { type: 'team', name: 'ops' },
        { type: 'user', username: 'a@b.c' },
      ],
      integration: { id: integrationId, name, type: 'API' },
      report: {},
    });
    expect(byAlias.data).not.toHaveProperty('snoozedUntil');
    expect(byAlias.data.tinyId).toMatch(/^\d+$/);
    for (const path of [byAlias.data.id, `${byAlias.data.tinyId}?identifierType=tiny`]) {
      expect((await call('GET', `/v2/alerts/${path}`)).body.data).toEqual(byAlias.data);
    }
    await call('POST', `/v2/alerts/${RAW}/close?identifierType=alias`, '');
    ingest.clock.advance(1000);
    const { body: closed } = await call('GET', `/v2/alerts/${RAW}?identifierType=alias`);
    expect(closed.data).toMatchObject({ status: 'closed', report: { closedBy: name, closeTime: 0 } });
  });

  it('lists and counts by the query language of Opsgenie, in pages and in an order', async () => {
    const { create, call, alerts } = await aClient();
    for (const [alias, priority, tags] of [
      ['a', 'P1', ['a b', 'prod']],
      ['b', 'P2', ['prod']],
      ['c', 'P3', []],
      ['d', 'P1', ['prod']],
    ] as const) {
      ingest.clock.advance(1000);
      await create({ message: `m ${alias}`, alias, priority, tags, entity: `host-${alias}` });
    }
    await call('POST', '/v2/alerts/b/acknowledge?identifierType=alias', '');
    await call('POST', '/v2/alerts/d/close?identifierType=alias', '');
    // The stream archives what is resolved, and there is none here.
    const closed = (await alerts()).find(({ dedupKey }) => dedupKey === 'd');
    await ingest.store.archive((await ingest.store.byId(closed?.id ?? '')) ?? expect.fail('d'));
    const found = async (query: string, more = '') =>
      (await call('GET', `/v2/alerts/?query=${encodeURIComponent(query)}${more}`)).body.data.map(
        ({ alias }: { alias: string }) => alias,
      );
    expect(await found('')).toEqual(['d', 'c', 'b', 'a']);
    expect(await found('status: open')).toEqual(['c', 'b', 'a']);
    expect(await found('status: closed')).toEqual(['d']);
    expect(await found('status: open AND tag: "a b"')).toEqual(['a']);
    expect(await found('tag: prod AND NOT status: closed')).toEqual(['b', 'a']);
    expect(await found('priority: (P1 OR P2) AND status=open')).toEqual(['b', 'a']);
    expect(await found('entity: host-c OR alias: d')).toEqual(['d', 'c']);
    expect(await found(`createdAt > ${Math.floor(ingest.clock.now().getTime()) - 1500}`)).toEqual(['d', 'c']);
    expect(await found('acknowledged: true')).toEqual(['b']);
    expect(await found('', '&sort=alias&order=asc&limit=2&offset=1')).toEqual(['b', 'c']);
    const { body } = await call('GET', '/v2/alerts?limit=2&offset=1&order=asc');
    expect(body.paging).toEqual({
      first: '/v2/alerts?offset=0&limit=2&order=asc',
      last: '/v2/alerts?offset=2&limit=2&order=asc',
      next: '/v2/alerts?offset=3&limit=2&order=asc',
      prev: '/v2/alerts?offset=0&limit=2&order=asc',
    });
    expect((await call('GET', '/v2/alerts/count?query=status%3A+open')).body.data).toEqual({ count: 3 });
  });

  it('saved searches are shared views: saved, listed, changed, used in lists and counts, and deleted', async () => {
    const { create, call } = await aClient({ configurationAccess: true });
    for (const [alias, priority] of [
      ['a', 'P1'],
      ['b', 'P3'],
    ])
      await create({ message: alias, alias, priority });
    const name = `Worst ${names}`;
    const body = { name, query: 'status: open AND priority: P1', owner: { username: 'a@b.c' } };
    const made = await call('POST', '/v2/alerts/saved-searches', body);
    expect(made).toMatchObject({ status: 201, body: { result: 'Created', data: { name, id: expect.any(String) } } });
    const { id } = made.body.data;
    expect((await call('GET', '/v2/alerts/saved-searches')).body.data).toContainEqual({ id, name });
    const byName = `/v2/alerts/saved-searches/${encodeURIComponent(name)}?identifierType=name`;
    expect((await call('GET', byName)).body.data).toMatchObject({ id, query: 'status: unresolved AND priority: P1' });
    const aliases = async (query: string) =>
      (await call('GET', `/v2/alerts?${query}`)).body.data.map(({ alias }: { alias: string }) => alias);
    expect(await aliases(`searchIdentifier=${id}`)).toEqual(['a']);
    expect(await aliases(`searchIdentifier=${id}&query=alias%3Ab`)).toEqual([]);
    const search = `searchIdentifier=${encodeURIComponent(name)}&searchIdentifierType=name`;
    expect((await call('GET', `/v2/alerts/count?${search}`)).body.data).toEqual({ count: 1 });
    await call('PATCH', `/v2/alerts/saved-searches/${id}`, { query: 'priority: P3' });
    expect(await aliases(`searchIdentifier=${id}`)).toEqual(['b']);
    expect(await call('DELETE', `/v2/alerts/saved-searches/${id}`)).toMatchObject({ body: { result: 'Deleted' } });
    expect((await call('GET', `/v2/alerts/saved-searches/${id}`)).status).toBe(404);
    expect((await call('GET', `/v2/alerts?searchIdentifier=${id}`)).status).toBe(404);
    for (const [wrong, field] of [
      [{ query: 'status: open' }, 'name'],
      [{ name: 'x' }, 'query'],
    ] as const)
      expect(await call('POST', '/v2/alerts/saved-searches', wrong)).toMatchObject({
        status: 422,
        body: { errors: { [field]: expect.any(String) } },
      });
    expect((await call('POST', '/v2/alerts/saved-searches', { name: 'x', query: 'status: (' })).status).toBe(422);
    const reader = await aClient();
    expect((await reader.call('POST', '/v2/alerts/saved-searches', body)).status).toBe(403);
  });

  it('the status of an event by its id, for people and for PagerDuty, too', async () => {
    const resources = ingest.resources();
    const people = resourcesSurface(() => resources);
    const read = (id: string) =>
      invoke(people, 'GET /api/events/{id}', { params: { id }, caller: { permissions: ['monitoring.alert.read'] } });
    const { create, alerts } = await aClient();
    const { body } = await create({ message: 'm', alias: 'a' });
    const [alert] = await alerts();
    expect(await read(body.requestId)).toMatchObject({
      status: 200,
      body: { id: body.requestId, action: 'create', state: 'applied', alert: { id: alert?.id, status: 'open' } },
    });
    const deps = ingest.container();
    const pagerDuty = pagerDutySurface(() => deps);
    const { key } = await ingest.integration({ name: 'receipts' });
    const event = { routing_key: key, event_action: 'resolve', dedup_key: 'never' };
    const { headers } = await invoke(pagerDuty, 'POST /v2/enqueue', { body: event });
    expect(await read(headers['tocsin-event-id'] ?? '')).toMatchObject({
      status: 200,
      body: { action: 'resolve', state: 'applied', alert: null },
    });
    for (const id of ['x', 'evt_1', `${body.requestId}-x`]) expect((await read(id)).status).toBe(404);
  });
});

describe('400', () => {
  it.each(['{', '[]', '"text"', '12'])('a body that is no object: %j', async (body) => {
    const { call } = await aClient();
    expect(await call('POST', '/v2/alerts', body)).toMatchObject({
      status: 400,
      headers: { 'content-type': 'application/json' },
      body: { message: expect.any(String), took: 0, requestId: expect.any(String) },
    });
  });
});

describe('401', () => {
  it.each(['', 'GenieKey', 'GenieKey x', 'Bearer x', 'GenieKey 00000000-0000-4000-8000-000000000000'])(
    'Authorization: %j',
    async (authorization) => {
      const { call } = await aClient();
      expect(await call('POST', '/v2/alerts', { message: 'm' }, { authorization })).toMatchObject({
        status: 401,
        body: { message: 'Could not authenticate', requestId: expect.any(String) },
      });
    },
  );

  it('the key of an integration of another vendor', async () => {
    const { key } = await ingest.integration({ type: 'pagerduty', name: 'other vendor' });
    const { call } = await aClient();
    expect((await call('GET', '/v2/alerts', undefined, { authorization: `GenieKey ${key}` })).status).toBe(401);
  });
});

describe('404', () => {
  it('an alert that does not exist, and one of another integration', async () => {
    const [one, other] = [await aClient(), await aClient()];
    await one.create({ message: 'm', alias: 'a' });
    const [{ id } = { id: '' }] = await one.alerts();
    for (const path of [id, 'a?identifierType=alias', 'x/notes']) {
      expect(await other.call('GET', `/v2/alerts/${path}`)).toMatchObject({
        status: 404,
        body: { message: 'Alert does not exist', requestId: expect.any(String) },
      });
    }
  });

  it('a path that nobody serves is no alert that does not exist', async () => {
    const { create, call } = await aClient();
    await create({ message: 'm', alias: 'a' });
    const { id } = (await call('GET', '/v2/alerts/a?identifierType=alias')).body.data;
    expect(await call('GET', `/v2/alerts/${id}/owls`)).toMatchObject({
      status: 404,
      body: { message: 'No handler found for the request', requestId: expect.any(String) },
    });
  });

  it('the request of another integration, and a text that is none', async () => {
    const [one, other] = [await aClient(), await aClient()];
    const { body } = await one.create({ message: 'm', alias: 'a' });
    expect((await other.call('GET', `/v2/alerts/requests/${body.requestId}`)).status).toBe(404);
    expect((await one.call('GET', '/v2/alerts/requests/x')).status).toBe(404);
  });
});

describe('422', () => {
  it.each([
    ['POST', '', {}, 'message'],
    ['POST', '', { message: ' ' }, 'message'],
    ['POST', '', { message: 'm', priority: 'P6' }, 'priority'],
    ['POST', '', { message: 'm', alias: 'x'.repeat(513) }, 'alias'],
    ['POST', '', { message: 12 }, 'message'],
    ['POST', '', { message: 'm', alias: 12 }, 'alias'],
    ['POST', '', { message: 'm', entity: {} }, 'entity'],
    ['POST', '', { message: 'm', tags: 'a,b' }, 'tags'],
    ['POST', '', { message: 'm', tags: ['a', 1] }, 'tags'],
    ['POST', '', { message: 'm', details: ['a'] }, 'details'],
    ['POST', '', { message: 'm', responders: ['ops'] }, 'responders'],
    ['POST', '', { message: 'm', responders: [{ type: 'owl', name: 'x' }] }, 'responders'],
    ['POST', '', { message: 'm', responders: [{ type: 'team' }] }, 'responders'],
    ['POST', '/a/close?identifierType=alias', { note: 12 }, 'note'],
    ['POST', '/a/assign?identifierType=alias', { owner: 'ana' }, 'owner'],
    ['POST', '/a/responders?identifierType=alias', {}, 'responder'],
    ['POST', '/wrong/notes?identifierType=alias', {}, 'note'],
    ['POST', '/a/notes?identifierType=alias', {}, 'note'],
    ['POST', '/a/snooze?identifierType=alias', { endTime: 'soon' }, 'endTime'],
    ['POST', '/a/snooze?identifierType=alias', { endTime: '2020-01-01T00:00:00Z' }, 'endTime'],
    ['POST', '/a/assign?identifierType=alias', { owner: {} }, 'owner'],
    ['POST', '/a/tags?identifierType=alias', { tags: [] }, 'tags'],
    ['DELETE', '/a/tags?identifierType=alias', undefined, 'tags'],
    ['PUT', '/a/priority?identifierType=alias', {}, 'priority'],
    ['PUT', '/a/message?identifierType=alias', { message: '' }, 'message'],
  ] as const)('%s /v2/alerts%s with %j names the field', async (method, path, body, field) => {
    const { create, call } = await aClient();
    await create({ message: 'm', alias: 'a' });
    expect(await call(method, `/v2/alerts${path}`, body)).toMatchObject({
      status: 422,
      body: { errors: { [field]: expect.any(String) } },
    });
  });

  it('a request that is refused counts as rejected, and the integration shows why', async () => {
    const { create, id } = await aClient();
    await create({ alias: 'a' });
    expect(await ingest.integrations.seenOf(id)).toMatchObject({
      accepted: 0,
      rejected: 1,
      samples: [{ reason: expect.stringContaining('/message cannot be empty'), body: '{"alias":"a"}' }],
    });
  });

  it('a query that cannot be read', async () => {
    const { call } = await aClient();
    expect(await call('GET', '/v2/alerts?query=status%3A%20(open')).toMatchObject({
      status: 422,
      body: { message: expect.stringContaining('cannot be read') },
    });
  });
});

it('429: requests beyond the limit of the integration, in the shape of Opsgenie', async () => {
  const { create } = await aClient({ eventsPerMinute: 60 });
  let answer;
  for (let i = 0; i < 150 && answer?.status !== 429; i++) answer = await create({ message: 'm', alias: 'a' });
  expect(answer).toMatchObject({
    status: 429,
    headers: { 'x-ratelimit-state': 'THROTTLED', 'retry-after': expect.any(String) },
    body: { message: 'You are making too many requests!' },
  });
});

describe.each(OUTAGES)('while DynamoDB %s', (_, failure) => {
  it('create, acknowledge and close by alias are accepted, and their requests are not processed until the replay', async () => {
    restart();
    const { create, call, status, alerts } = await aClient();
    await create({ message: 'before', alias: 'before' });
    dynamo.failWith(failure);
    const { status: code, body } = await create({ message: 'm', alias: 'a' });
    expect(code).toBe(202);
    ingest.clock.advance(1000);
    expect((await call('POST', '/v2/alerts/before/close?identifierType=alias', '')).status).toBe(202);
    dynamo.failWith(undefined);
    expect(await call('GET', `/v2/alerts/requests/${body.requestId}`)).toMatchObject({
      status: 404,
      headers: { 'x-opsgenie-errortype': 'RequestNotProcessed' },
    });
    const { clock, store, replay, queue } = ingest;
    const event = queue.event();
    const drained = await drainer(() => ({
      clock,
      store,
      replay,
      sqs: queue.sqs,
      poisonQueueUrl: 'https://sqs.test/poison',
    }))(event);
    queue.settle(event, drained.batchItemFailures);
    expect(await status(body.requestId)).toMatchObject({ isSuccess: true, alias: 'a' });
    expect((await alerts()).map(({ dedupKey, status: state }) => [dedupKey, state]).sort()).toEqual([
      ['a', 'open'],
      ['before', 'resolved'],
    ]);
  });

  it('a change that needs the alert answers 503 in the shape of Opsgenie, which clients send again', async () => {
    restart();
    const { create, call } = await aClient();
    await create({ message: 'm', alias: 'a' });
    dynamo.failWith(failure);
    expect(await call('PUT', '/v2/alerts/a/message?identifierType=alias', { message: 'x' })).toMatchObject({
      status: 503,
      headers: { 'x-opsgenie-errortype': 'ServerError', 'content-type': 'application/json' },
    });
  });
});
