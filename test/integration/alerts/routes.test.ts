import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { surface } from '../../../functions/alerts/http.ts';
import { routes } from '../../../functions/alerts/routes.ts';
import type { Method, Route } from '../../../shared/http/route.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { ingestOn, type Ingest } from '../../support/ingest.ts';
import { invoke, type Invocation } from '../../support/invoke.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

let dynamo: TestDynamo;
let ingest: Ingest;
let handler: ReturnType<typeof surface>;
beforeAll(async () => {
  dynamo = await startDynamo();
  ingest = await ingestOn(dynamo);
  const deps = {
    ...ingest.container(),
    subscriptions: {
      ...ingest.container().subscriptions,
      byId: async () => undefined,
      list: async () => ({ items: [], next: null }),
    },
  };
  handler = surface(() => deps);
});
afterAll(() => dynamo.stop());

const anna = { kind: 'user' as const, id: 'usr_anna', name: 'anna' };
const ben = { kind: 'user' as const, id: 'usr_ben', name: 'ben' };
const call = (route: `${Method} /${string}`, request: Invocation = {}) =>
  invoke(handler, route, { caller: anna, ...request });
const aRaise = (over: object = {}) => ({
  title: 'Checkout answers 500',
  severity: 'error',
  dedupKey: randomUUID(),
  ...over,
});
const raise = (body: unknown = aRaise(), request: Invocation = {}) =>
  call('POST /api/monitoring/alerts', { body, ...request });
const act = (id: string, verb: string, body: unknown = {}, caller: object = anna) =>
  call(`POST /api/monitoring/alerts/{id}/${verb}` as `POST /${string}`, { params: { id }, body, caller });
const get = (id: string) => call('GET /api/monitoring/alerts/{id}', { params: { id } });

describe('200 and 201', () => {
  it('a raise opens an alert, and the same again counts it', async () => {
    const body = aRaise({
      description: 'd',
      service: 'checkout',
      team: 't',
      labels: { a: 'b' },
      annotations: { c: 'd' },
    });
    const first = await raise(body);
    expect(first).toMatchObject({ status: 201, body: { ...body, status: 'open', source: 'manual', count: 1 } });
    expect(await raise(body, { caller: ben })).toMatchObject({ status: 200, body: { id: first.body.id, count: 2 } });
  });

  it('without a key each raise is an alert of its own', async () => {
    const { dedupKey: _, ...body } = aRaise();
    const ids = [(await raise(body)).body.id, (await raise(body)).body.id];
    expect(new Set(ids).size).toBe(2);
  });

  it('the alerts of a machine are its own, under the name of its key', async () => {
    const body = aRaise();
    const byHand = await raise(body);
    const byMachine = await raise(body, { caller: { kind: 'machine', id: 'key_1', name: 'deployer' } });
    expect(byMachine).toMatchObject({ status: 201, body: { source: 'api:deployer' } });
    expect(byMachine.body.id).not.toBe(byHand.body.id);
  });

  it('a worse severity raises the alert, a milder one leaves it', async () => {
    const body = aRaise({ severity: 'warning' });
    await raise(body);
    expect((await raise({ ...body, severity: 'critical' })).body).toMatchObject({ severity: 'critical', sequence: 2 });
    expect((await raise({ ...body, severity: 'info' })).body).toMatchObject({
      severity: 'critical',
      sequence: 2,
      count: 3,
    });
  });

  it('a night: acknowledged, handed over, noted, put back, snoozed, resolved, and all of it in the timeline', async () => {
    const { id } = (await raise()).body;
    const statuses: number[] = [];
    for (const [verb, body] of [
      ['acknowledge', { note: 'On it.' }],
      ['assign', { assignee: 'ben' }],
      ['notes', { note: 'Ticket 7' }],
      ['unacknowledge', {}],
      ['snooze', { durationSeconds: 3600 }],
      ['assign', { assignee: null }],
      ['resolve', { note: 'Rolled back.' }],
      ['notes', { note: 'Post mortem follows' }],
    ] as const) {
      ingest.clock.advance(1000);
      const alert = await ingest.store.byId(id);
      if (alert) await ingest.store.addEntry(alert);
      statuses.push((await act(id, verb, body)).status);
    }
    expect(new Set(statuses)).toEqual(new Set([200]));
    const { body } = await get(id);
    expect(body).toMatchObject({ status: 'resolved', resolvedBy: 'anna', assignee: null, snoozedUntil: null });
    expect(
      body.timeline.map(({ type, actor, note }: { type: string; actor: { name: string }; note?: string }) => [
        type,
        actor.name,
        note,
      ]),
    ).toEqual([
      ['opened', 'anna', undefined],
      ['acknowledged', 'anna', 'On it.'],
      ['assigned', 'anna', undefined],
      ['noted', 'anna', 'Ticket 7'],
      ['unacknowledged', 'anna', undefined],
      ['snoozed', 'anna', undefined],
      ['assigned', 'anna', undefined],
      ['resolved', 'anna', 'Rolled back.'],
      ['noted', 'anna', 'Post mortem follows'],
    ]);
  });

  it('acknowledging and resolving again what one has oneself answers the same, as an answer may be lost', async () => {
    const { id } = (await raise()).body;
    for (const verb of ['acknowledge', 'resolve']) {
      const first = await act(id, verb);
      expect(await act(id, verb)).toMatchObject({ status: 200, body: first.body });
    }
  });

  it('a body may be left out where nothing in it is needed', async () => {
    const { id } = (await raise()).body;
    expect((await call('POST /api/monitoring/alerts/{id}/acknowledge', { params: { id } })).status).toBe(200);
  });

  it('lists by every filter', async () => {
    const service = randomUUID();
    const { id } = (await raise(aRaise({ service, severity: 'critical', labels: { region: 'x=y' } }))).body;
    const now = ingest.clock.now();
    const query = {
      service,
      severity: 'critical',
      status: 'open',
      source: 'manual',
      label: 'region=x=y',
      from: new Date(now.getTime() - 1).toISOString(),
      to: new Date(now.getTime() + 1).toISOString(),
    };
    const words = { query: `status:open AND severity>=error AND service:"${service}" AND label.region:x=y` };
    for (const [name, value] of Object.entries({ ...query, ...words })) {
      const { body } = await call('GET /api/monitoring/alerts', { query: { service, [name]: value } });
      expect(body.items.map((each: { id: string }) => each.id)).toEqual([id]);
    }
    const { body } = await call('GET /api/monitoring/alerts', { query: { service, label: 'region=x' } });
    expect(body).toEqual({ items: [], next: null });
  });
});

describe('400', () => {
  it.each<[string, unknown]>([
    ['nothing', ''],
    ['no JSON', '{title:'],
    ['a list', []],
    ['an unknown field', aRaise({ status: 'resolved' })],
    ['a source of one’s own choice', aRaise({ source: 'prometheus:shop' })],
    ['a wrong type', aRaise({ title: 7 })],
    ['a severity that there is not', aRaise({ severity: 'worst' })],
    ['a key twice', '{"title":"a","title":"b","severity":"info"}'],
    ['__proto__', '{"title":"a","severity":"info","labels":{"__proto__":"x"}}'],
    ['half a surrogate pair', '{"title":"\\ud800","severity":"info"}'.replace('\\ud800', '\ud800')],
    ['a hundred thousand brackets', '['.repeat(100_000)],
    ['depth', `{"title":"a","severity":"info","labels":${'{"a":'.repeat(40)}1${'}'.repeat(40)}}`],
    ['an empty title', aRaise({ title: ' \t' })],
  ])('a raise of %s', async (_, body) => {
    const answer = await raise(body);
    expect(answer).toMatchObject({ status: 400, headers: { 'content-type': 'application/problem+json' } });
    expect(answer.text).not.toMatch(/at .*\.ts|node_modules/);
  });

  it('bytes that are not UTF-8', async () => {
    const { status } = await raise(undefined, {
      bytes: Buffer.from([0x7b, 0xff, 0x7d]),
      headers: { 'content-type': 'application/json' },
    });
    expect(status).toBe(400);
  });

  it.each<Readonly<Record<string, string>>>([
    { limit: '0' },
    { limit: '101' },
    { limit: 'x' },
    { status: 'snoozed' },
    { label: 'x' },
    { from: 'yesterday' },
    { cursor: '****' },
    { cursor: 'x'.repeat(3000) },
    { unknown: '1' },
  ])('a list of %j', async (query) => {
    expect((await call('GET /api/monitoring/alerts', { query })).status).toBe(400);
  });

  it.each([
    {},
    { until: '2020-01-01T00:00:00Z' },
    { durationSeconds: 0 },
    { durationSeconds: 604_801 },
    { until: 'x' },
    { until: '2026-11-21T04:00:00Z', durationSeconds: 1 },
    { durationSeconds: -55_104_221_791_907 },
    { durationSeconds: Number.MAX_SAFE_INTEGER },
  ])('a snooze of %j', async (body) => {
    const { id } = (await raise()).body;
    expect((await act(id, 'snooze', body)).status).toBe(400);
  });
});

describe('naughty strings', () => {
  it.each([
    'null',
    'undefined',
    "Robert'); DROP TABLE alerts;--",
    '<script>alert(1)</script>',
    '${jndi:ldap://x}',
    '../../etc/passwd',
    '\u202e\u0000\u0007\u001b[31m',
    'ﷺ🏳️‍🌈👩‍👩‍👧‍👧 Z̴̢͝ä̸l̶g̶o̵',
    '\ufeff\ufffe\uffff',
    '{"$ne":null}',
    ' leading and trailing ',
    '界'.repeat(1024),
  ])('come back as they were: %j', async (text) => {
    const title = text.trim() === '' ? 'x' : text;
    const { status, body } = await raise(
      aRaise({ title, description: text, labels: { note: text }, annotations: { a: text } }),
    );
    expect(status).toBe(201);
    expect((await get(body.id)).body).toMatchObject({
      title: title.trim(),
      description: text,
      labels: { note: text },
      annotations: { a: text },
    });
  });

  it.each(['alr_x', '..%2f..', '%00', 'é', 'x'.repeat(2000), `alr_${'0'.repeat(38)}`, 'constructor', '__proto__'])(
    'as an id are simply not found: %j',
    async (id) => {
      expect((await get(id)).status).toBe(404);
      for (const verb of ['acknowledge', 'unacknowledge', 'resolve']) expect((await act(id, verb)).status).toBe(404);
      expect((await act(id, 'notes', { note: 'x' })).status).toBe(404);
      expect((await act(id, 'assign', { assignee: 'x' })).status).toBe(404);
      expect((await act(id, 'snooze', { durationSeconds: 60 })).status).toBe(404);
    },
  );
});

describe('401 and 403', () => {
  const all = Object.values(routes).map(
    (route: Route) => [route.method, route.path, route.permission, route.refusal] as const,
  );

  it.each(all)('%s %s: nobody, and somebody without %s', async (method, path, permission, refusal) => {
    const route = `${method} ${path}` as `GET /${string}`;
    expect((await invoke(handler, route, { params: { id: 'x' } })).status).toBe(401);
    const { status, body } = await invoke(handler, route, {
      params: { id: 'x' },
      caller: { permissions: ['security.*', `${permission}.more`] },
    });
    const why = `This needs the permission ${permission}. Ask an administrator for a role that has it.`;
    expect([status, refusal ? body : body.detail]).toEqual([403, why]);
    const restricted = await invoke(handler, route, { params: { id: 'x' }, caller: { restricted: true } });
    expect(restricted.status).toBe(403);
  });
});

describe('409', () => {
  it('of two people who acknowledge at once one wins, and the other gets the name of the winner', async () => {
    const { id } = (await raise()).body;
    const answers = await Promise.all([act(id, 'acknowledge', {}, anna), act(id, 'acknowledge', {}, ben)]);
    const [winner] = answers.filter(({ status }) => status === 200);
    const [loser] = answers.filter(({ status }) => status === 409);
    expect(winner?.body.acknowledgedBy).toMatch(/anna|ben/);
    expect(loser?.body).toMatchObject({
      code: 'alert.acknowledged',
      alert: { acknowledgedBy: winner?.body.acknowledgedBy },
    });
  });

  it.each([
    ['acknowledge', {}],
    ['unacknowledge', {}],
    ['snooze', { durationSeconds: 60 }],
    ['assign', { assignee: 'x' }],
    ['resolve', {}],
  ])('%s of what somebody else resolved', async (verb, body) => {
    const { id } = (await raise()).body;
    await act(id, 'resolve', {}, ben);
    expect(await act(id, verb, body)).toMatchObject({
      status: 409,
      body: { code: 'alert.resolved', alert: { resolvedBy: 'ben' } },
    });
  });

  it('putting back what nobody has', async () => {
    const { id } = (await raise()).body;
    expect(await act(id, 'unacknowledge')).toMatchObject({ status: 409, body: { code: 'alert.not_acknowledged' } });
  });

  it('four assignments at once: each is made, in some order', async () => {
    const { id } = (await raise()).body;
    const answers = await Promise.all(Array.from({ length: 4 }, (_, i) => act(id, 'assign', { assignee: `p${i}` })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(4);
    expect((await get(id)).body.sequence).toBe(5);
  });
});

describe('many at once', () => {
  const bulk = (verb: string, body: object) =>
    call(`POST /api/monitoring/alerts/bulk/${verb}` as `POST /${string}`, { body });
  const unknown = `alr_${'0'.repeat(38)}`;

  it('each has its own outcome, in the order of the ids, and one that is refused stops no other', async () => {
    const [a, b, c] = await Promise.all([raise(), raise(), raise()]);
    const ids = [a, b, c].map(({ body }) => body.id);
    await act(ids[1], 'resolve', {}, ben);
    const { status, body } = await bulk('acknowledge', { ids: [...ids, unknown, ids[0]], note: 'Mine.' });
    expect(status).toBe(200);
    expect(body.items).toMatchObject([
      { id: ids[0], done: { status: 'acknowledged', acknowledgedBy: 'anna' }, refused: null },
      { id: ids[1], done: null, refused: { status: 409, code: 'alert.resolved' } },
      { id: ids[2], done: { status: 'acknowledged' }, refused: null },
      { id: unknown, done: null, refused: { status: 404, code: 'alert.not_found' } },
    ]);
    expect((await get(ids[2])).body.timeline.at(-1)).toMatchObject({ type: 'acknowledged', note: 'Mine.' });
  });

  it.each([
    ['snooze', { durationSeconds: 60 }, { status: 'acknowledged', snoozedUntil: expect.any(String) }],
    ['assign', { assignee: 'ben' }, { assignee: 'ben' }],
    ['unacknowledge', {}, { status: 'open', acknowledgedBy: null }],
    ['resolve', { note: 'Rolled back.' }, { status: 'resolved', resolvedBy: 'anna' }],
  ])('%s does to each what it does to one, and asked again it answers the same', async (verb, rest, after) => {
    const ids = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const { id } = (await raise()).body;
        await act(id, 'acknowledge');
        return id;
      }),
    );
    const { body } = await bulk(verb, { ids, ...rest });
    expect(body.items).toMatchObject(ids.map((id) => ({ id, done: after, refused: null })));
    if (verb === 'resolve') expect((await bulk(verb, { ids, ...rest })).body).toEqual(body);
  });

  it('those that fit a query and may be changed are changed, 250 in a request', async () => {
    const service = `many-${Math.random()}`;
    const raised = await Promise.all(Array.from({ length: 253 }, () => raise(aRaise({ service }))));
    await act(raised[0]?.body.id, 'acknowledge', {}, ben);
    await act(raised[1]?.body.id, 'resolve', {}, ben);
    const query = `service:"${service}"`;
    const first = await bulk('acknowledge', { query });
    const second = await bulk('acknowledge', { query, cursor: first.body.next });
    const outcomes = [...first.body.items, ...second.body.items];
    expect(outcomes.map(({ id }) => id).toSorted()).toEqual(
      raised
        .slice(2)
        .map(({ body }) => body.id)
        .toSorted(),
    );
    expect(outcomes.every(({ done }) => done?.status === 'acknowledged')).toBe(true);
    expect([first.body.items.length, second.body.next]).toEqual([250, null]);
    expect(await bulk('acknowledge', { query })).toMatchObject({ status: 200, body: { items: [], next: null } });
    const { body } = await bulk('resolve', { query: `${query} AND acknowledgedBy:ben` });
    expect(body.items).toMatchObject([{ id: raised[0]?.body.id, done: { status: 'resolved' } }]);
  });

  it('250 alerts of the largest kind are answered in less than Lambda answers', async () => {
    const labels = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`l${i}`, 'x'.repeat(1_000)]));
    const large = { description: 'x'.repeat(15_000), labels };
    const raised = await Promise.all(Array.from({ length: 250 }, () => raise(aRaise(large))));
    const answer = await bulk('acknowledge', { ids: raised.map(({ body }) => body.id) });
    expect(answer.body.items).toHaveLength(250);
    expect(answer.body.items.every((each: { done: object | null }) => each.done !== null)).toBe(true);
    expect(Buffer.byteLength(answer.text)).toBeLessThan(4 * 1024 * 1024);
  });

  it.each([
    ['neither ids nor a query', 'resolve', {}],
    ['ids and a query', 'resolve', { ids: [unknown], query: 'status:open' }],
    ['ids and a cursor', 'resolve', { ids: [unknown], cursor: 'x' }],
    ['a query that cannot be read', 'resolve', { query: 'status:opne' }],
    ['no id', 'acknowledge', { ids: [] }],
    ['251 ids', 'acknowledge', { ids: Array.from({ length: 251 }, () => unknown) }],
    ['an id that is none', 'acknowledge', { ids: ['alr_1'] }],
    ['a snooze without an end', 'snooze', { ids: [unknown] }],
    ['a snooze of a month', 'snooze', { ids: [unknown], durationSeconds: 2_592_000 }],
  ])('%s refuses the whole request', async (_, verb, body) => {
    expect((await bulk(verb, body)).status).toBe(400);
  });
});

describe('by the deduplication key', () => {
  const byKey = (verb: 'acknowledge' | 'resolve', body: object, request: Invocation = {}) =>
    call(`POST /api/monitoring/alerts/by-key/${verb}`, { body, ...request });

  it('a script ends what it raised without an id, and asking again is harmless', async () => {
    const deployer = { caller: { kind: 'machine' as const, id: 'key_1', name: 'deployer' } };
    const body = aRaise();
    const { dedupKey } = body;
    const { id } = (await raise(body, deployer)).body;
    expect(await byKey('acknowledge', { dedupKey, note: 'On it.' }, deployer)).toMatchObject({
      status: 200,
      body: { alert: { id, status: 'acknowledged', acknowledgedBy: 'deployer' } },
    });
    expect(await byKey('acknowledge', { dedupKey }, deployer)).toMatchObject({
      status: 200,
      body: { alert: null, before: { id, status: 'acknowledged' } },
    });
    expect(await byKey('resolve', { dedupKey }, deployer)).toMatchObject({
      status: 200,
      body: { alert: { id, status: 'resolved', resolvedBy: 'deployer' } },
    });
    expect(await byKey('resolve', { dedupKey }, deployer)).toMatchObject({
      status: 200,
      body: { alert: null, before: { id, status: 'resolved' } },
    });
    const wrong = { dedupKey: `${dedupKey} wrong` };
    expect((await byKey('resolve', wrong, deployer)).body).toEqual({ alert: null, before: null });
  });

  it('of another source where that is named, and of the own one otherwise', async () => {
    const deployer = { caller: { kind: 'machine' as const, id: 'key_1', name: 'deployer' } };
    const body = aRaise();
    const { id } = (await raise(body, deployer)).body;
    expect((await byKey('resolve', { dedupKey: body.dedupKey })).body).toEqual({ alert: null, before: null });
    expect((await byKey('resolve', { dedupKey: body.dedupKey, source: 'api:deployer' })).body).toMatchObject({
      alert: { id, status: 'resolved', resolvedBy: 'anna' },
    });
  });

  it('202: while the table refuses, and is applied later', async () => {
    const receipt = { slot: '0'.repeat(24), name: 'a_b.1', at: new Date('2026-11-21T03:00:00.000Z') };
    const spilled = { kept: 'spilled' as const, dedupKey: 'k', acceptedAt: receipt.at.toISOString(), receipt };
    const refusing = { acknowledge: async () => spilled, resolve: async () => spilled };
    const table = surface(
      () => ({ ...ingest.container(), intake: { ...ingest.container().intake, ...refusing } }) as never,
    );
    for (const verb of ['acknowledge', 'resolve'] as const) {
      const route = `POST /api/monitoring/alerts/by-key/${verb}` as const;
      expect(await invoke(table, route, { caller: anna, body: { dedupKey: 'k' } })).toMatchObject({
        status: 202,
        body: { accepted: true, source: 'manual', dedupKey: 'k', acceptedAt: '2026-11-21T03:00:00.000Z' },
      });
    }
  });

  it.each([{}, { dedupKey: '' }, { dedupKey: 'x'.repeat(513) }, { dedupKey: 'a', id: 'b' }])(
    '400: %j',
    async (body) => {
      expect((await byKey('resolve', body)).status).toBe(400);
    },
  );
});

describe('413 and 415', () => {
  it('a body of 10 MB', async () => {
    expect((await raise(aRaise({ description: 'x'.repeat(10 * 1024 * 1024) }))).status).toBe(413);
  });

  it.each(['text/plain', 'application/xml', '', 'application/jsonp'])('the content type %j', async (type) => {
    expect((await raise(JSON.stringify(aRaise()), { headers: { 'content-type': type } })).status).toBe(415);
  });

  it('application/problem+json; charset=utf-8 is JSON, too', async () => {
    const headers = { 'content-type': 'application/problem+json; charset=utf-8' };
    expect((await raise(JSON.stringify(aRaise()), { headers })).status).toBe(201);
  });
});
