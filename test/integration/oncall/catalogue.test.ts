import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CatalogueDeps } from '../../../functions/oncall/catalogue/get.ts';
import { surface } from '../../../functions/oncall/http.ts';
import type { Method } from '../../../shared/http/route.ts';
import { standingClock } from '../../support/alerts.ts';
import { everything, startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { invoke, type Invocation } from '../../support/invoke.ts';
import { namesIn, oncallIn } from '../../support/oncall.ts';
import { onlyRooms } from '../../support/rooms.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

const anna = { kind: 'user' as const, id: 'usr_anna', name: 'anna' };
let dynamo: TestDynamo;
let tableName: string;
let deps: CatalogueDeps;
/** Names of the policies that page something. */
let paging: Record<string, readonly string[]>;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  const made = await oncallIn(dynamo);
  paging = {};
  tableName = made.tableName;
  deps = { clock: standingClock(), store: made.catalogue, ...namesIn(paging) };
});

const handler = surface(onlyRooms({ catalogue: () => deps }));
const call = (route: `${Method} /${string}`, over: Invocation = {}) =>
  invoke(handler, route, { caller: anna, ...over });
const make = async (kind: 'services' | 'teams', body: object): Promise<string> => {
  const made = await call(`POST /api/${kind}`, { body });
  expect(made.status, made.text).toBe(201);
  return (made.body as { id: string }).id;
};
const service = (name: string, over: object = {}) => make('services', { name, ...over });
const team = (name: string, over: object = {}) => make('teams', { name, ...over });
const put = (kind: 'services' | 'teams', id: string, body: object) =>
  call(`PUT /api/${kind}/{id}`, { params: { id }, body });
const remove = (kind: 'services' | 'teams', id: string) => call(`DELETE /api/${kind}/{id}`, { params: { id } });

describe('200 and 201', () => {
  it('a service is answered with its team, policy, dependencies, runbook and labels', async () => {
    const teamId = await team('payments', { members: [{ userId: 'usr_ana', role: 'lead' }, { userId: 'usr_ben' }] });
    const db = await service('db');
    const wanted = {
      name: 'checkout',
      description: 'Takes the money.',
      teamId,
      policyId: 'pol_1',
      dependsOn: [db],
      runbookUrl: 'https://runbook.example/checkout',
      labels: { tier: '1' },
    };
    const id = await service('checkout', wanted);
    expect(await call('GET /api/services/{id}', { params: { id } })).toMatchObject({
      status: 200,
      body: { id, version: 1, ...wanted, changedBy: anna },
    });
    expect((await call('GET /api/teams/{id}', { params: { id: teamId } })).body).toMatchObject({
      name: 'payments',
      members: [
        { userId: 'usr_ana', role: 'lead' },
        { userId: 'usr_ben', role: 'responder' },
      ],
    });
  });

  it('services and teams are listed page by page, oldest first', async () => {
    const ids = [await service('a'), await service('b'), await service('c')].sort();
    await team('x');
    const first = await call('GET /api/services', { query: { limit: '2' } });
    const rest = await call('GET /api/services', { query: { limit: '2', cursor: first.body.next } });
    expect([...first.body.items, ...rest.body.items].map(({ id }: { id: string }) => id)).toEqual(ids);
    expect(rest.body.next).toBeNull();
    expect((await call('GET /api/teams')).body.items).toMatchObject([{ name: 'x' }]);
  });

  it('a service is found by the name that alerts call it by, also after it was renamed', async () => {
    const id = await service('checkout');
    const named = async (name: string) => (await call('GET /api/services', { query: { name } })).body.items;
    expect(await named('checkout')).toMatchObject([{ id }]);
    expect(await put('services', id, { version: 1, name: 'till' })).toMatchObject({
      status: 200,
      body: { version: 2 },
    });
    expect(await named('checkout')).toEqual([]);
    expect(await named('till')).toMatchObject([{ id, name: 'till' }]);
  });

  it('each change leaves its event to the stream, a deletion too', async () => {
    const id = await service('checkout');
    await put('services', id, { version: 1, name: 'checkout', labels: { tier: '1' } });
    expect(await remove('services', id)).toMatchObject({ status: 204, text: '' });
    const events = (await everything(dynamo.client, tableName)).flatMap(({ event }) => event ?? []);
    expect(events).toMatchObject([
      { type: 'service.deleted', actor: anna, subject: { kind: 'service', id, name: 'checkout' } },
    ]);
    expect(await call('GET /api/services', { query: { name: 'checkout' } })).toMatchObject({ body: { items: [] } });
  });
});

describe('400', () => {
  it.each([
    ['a team that nobody knows', 'POST /api/services', { name: 'x', teamId: 'team_none' }, '/teamId'],
    ['dependencies that nobody knows', 'POST /api/services', { name: 'x', dependsOn: ['svc_none'] }, '/dependsOn'],
    ['a parent that nobody knows', 'POST /api/teams', { name: 'x', parentId: 'team_none' }, '/parentId'],
    ['a policy that nobody knows', 'POST /api/services', { name: 'x', policyId: 'unknown' }, '/policyId'],
    [
      'a member that nobody knows',
      'POST /api/teams',
      { name: 'x', members: [{ userId: 'usr_ana' }, { userId: 'usr_unknown' }] },
      '/members/1/userId',
    ],
    ['a dependency twice', 'POST /api/services', { name: 'x', dependsOn: ['svc_1', 'svc_1'] }, '/dependsOn'],
    ['a link that is none', 'POST /api/services', { name: 'x', runbookUrl: 'javascript:alert(1)' }, '/runbookUrl'],
    [
      'a member twice',
      'POST /api/teams',
      { name: 'x', members: [{ userId: 'usr_a' }, { userId: 'usr_a', role: 'lead' }] },
      '/members',
    ],
    ['a name that is looked for and empty', 'GET /api/services', undefined, 'query/name'],
    ['a name of blanks', 'POST /api/teams', { name: '   ' }, '/name'],
  ] as const)('%s', async (_what, route, body, pointer) => {
    const request = body === undefined ? { query: { name: '' } } : { body };
    expect(await call(route, request)).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
  });
});

describe('403', () => {
  it('who may only read changes nothing', async () => {
    const caller = { ...anna, permissions: ['oncall.read'] };
    expect((await call('GET /api/services', { caller })).status).toBe(200);
    expect((await call('POST /api/services', { caller, body: { name: 'x' } })).status).toBe(403);
    expect((await call('DELETE /api/teams/{id}', { caller, params: { id: 'team_x' } })).status).toBe(403);
  });
});

describe('404', () => {
  it.each([
    'GET /api/services/{id}',
    'DELETE /api/services/{id}',
    'GET /api/teams/{id}',
    'DELETE /api/teams/{id}',
  ] as const)('%s of one that does not exist, or cannot', async (route) => {
    for (const id of ['none', 'x'.repeat(3000)]) {
      expect(await call(route, { params: { id } })).toMatchObject({ status: 404 });
    }
  });
  it.each(['services', 'teams'] as const)('replacing one of the %s that does not exist', async (kind) => {
    expect(await put(kind, 'none', { version: 1, name: 'x' })).toMatchObject({ status: 404 });
  });
});

describe('409', () => {
  it('a team that policies page is not deleted, and they are named', async () => {
    const id = await team('payments');
    paging[id] = ['Payments', 'Everybody'];
    expect(await remove('teams', id)).toMatchObject({
      status: 409,
      body: { code: 'team.in_use', neededBy: ['Payments', 'Everybody'] },
    });
    paging[id] = [];
    expect((await remove('teams', id)).status).toBe(204);
  });

  it('a dependency that goes in a circle is refused, and the circle named', async () => {
    const db = await service('db');
    const stock = await service('stock', { dependsOn: [db] });
    const shop = await service('shop', { dependsOn: [stock] });
    expect(await put('services', db, { version: 1, name: 'db', dependsOn: [shop] })).toMatchObject({
      status: 409,
      body: { code: 'service.circular', circle: ['db', 'shop', 'stock', 'db'] },
    });
    expect(await put('services', db, { version: 1, name: 'db', dependsOn: [db] })).toMatchObject({
      status: 409,
      body: { circle: ['db', 'db'] },
    });
  });

  it('teams that would be part of themselves are refused, and the circle named', async () => {
    const all = await team('all');
    const half = await team('half', { parentId: all });
    expect(await put('teams', all, { version: 1, name: 'all', parentId: half })).toMatchObject({
      status: 409,
      body: { code: 'team.circular', circle: ['all', 'half', 'all'] },
    });
  });

  it('of two changes that make a circle together one is refused', async () => {
    const [a, b] = [await service('a'), await service('b')];
    const answers = await Promise.all([
      put('services', a, { version: 1, name: 'a', dependsOn: [b] }),
      put('services', b, { version: 1, name: 'b', dependsOn: [a] }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'service.circular' });
  });

  it('of many who take the same name one has it', async () => {
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => call('POST /api/services', { body: { name: 'till' } })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'service.name_taken' });
  });

  it('of two who follow the same version one wins', async () => {
    const id = await team('payments');
    const answers = await Promise.all([
      put('teams', id, { version: 1, name: 'money' }),
      put('teams', id, { version: 1, name: 'cash' }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'team.changed' });
  });

  it('what others refer to is not deleted, and they are named', async () => {
    const owner = await team('payments');
    const db = await service('db', { teamId: owner });
    const shop = await service('shop', { dependsOn: [db] });
    expect(await remove('services', db)).toMatchObject({ status: 409, body: { neededBy: ['shop'] } });
    expect(await remove('teams', owner)).toMatchObject({ status: 409, body: { neededBy: ['db'] } });
    for (const id of [shop, db]) expect((await remove('services', id)).status).toBe(204);
    expect((await remove('teams', owner)).status).toBe(204);
  });
});
