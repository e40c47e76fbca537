import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { surface, type Deps } from '../../../functions/oncall/http.ts';
import { policiesNaming } from '../../../functions/oncall/policies/named.ts';
import { PAGING_TABLE_SHAPE } from '../../../functions/paging/table.ts';
import { rangesIn } from '../../../shared/http/address.ts';
import { standingClock } from '../../support/alerts.ts';
import { everything, startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { invoke } from '../../support/invoke.ts';
import { onlyRooms } from '../../support/rooms.ts';
import { contactStore, policyStore } from '../../support/stores.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

/* Policies and shared contacts are in the table of paging, which reads them at each step. */

const admin = { kind: 'user' as const, id: 'usr_admin', name: 'admin' };
const ana = { kind: 'user' as const, id: 'usr_ana', name: 'ana', permissions: ['oncall.read'] };
const rules = {
  name: 'Everybody',
  repeat: 0,
  steps: [{ targets: [{ type: 'user', id: 'usr_ana' }], escalateAfterMinutes: 5 }],
};

let dynamo: TestDynamo;
let tableName: string;
let texts: string[];
let policies: ReturnType<Deps['policies']>;
let contacts: ReturnType<Deps['contacts']>;
const clock = standingClock();
const isThere = (id: string) => Promise.resolve(!id.includes('unknown'));
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  tableName = await dynamo.table(PAGING_TABLE_SHAPE, 'paging');
  texts = [];
  const taking = {
    send: ({ text }: { readonly text: string }) => {
      texts.push(text);
      return Promise.resolve({ provider: 'test', providerId: 'm' });
    },
  };
  const refusing = { send: () => Promise.reject(new Error('There is no such topic')) };
  const store = policyStore(dynamo.client, tableName);
  policies = {
    clock,
    policies: store,
    goingBy: (id: string) => Promise.resolve(id === 'shop' ? [{ name: 'the service shop' }] : []),
    isThere: { user: isThere, schedule: isThere, team: isThere, contact: isThere },
  };
  contacts = {
    clock,
    contacts: contactStore(dynamo.client, tableName),
    guardOwner: () => Promise.resolve(),
    policiesNaming: (id: string) => policiesNaming(store, id),
    channels: { sms: taking, webhook: taking, topic: refusing },
    secret: () => Promise.resolve({ key: 'key', slackBotToken: '', slackSigningSecret: '' }),
    allowed: rangesIn('none'),
  };
});

const oncall = surface(onlyRooms({ policies: () => policies, contacts: () => contacts }));
const policy = (method: 'GET' | 'PUT' | 'DELETE', id: string, body?: unknown) =>
  invoke(oncall, `${method} /api/oncall/policies/{id}`, { caller: admin, params: { id }, body });
const codeIn = (text = ''): string => /\b\d{6}\b/.exec(text)?.[0] ?? '';

describe('200, 201, 204', () => {
  test('a policy is created, read, listed, replaced and deleted, and its versions are never used twice', async () => {
    expect(await policy('PUT', 'default', { ...rules, version: 0 })).toMatchObject({
      status: 200,
      body: { version: 1 },
    });
    expect(await policy('GET', 'default')).toMatchObject({ status: 200, body: { ...rules, id: 'default' } });
    expect(await policy('PUT', 'default', { ...rules, repeat: 3, version: 1 })).toMatchObject({ body: { version: 2 } });
    const listing = await invoke(oncall, 'GET /api/oncall/policies', { caller: admin });
    expect(listing).toMatchObject({ status: 200, body: { items: [{ id: 'default', repeat: 3 }], next: null } });
    expect((await policy('DELETE', 'default')).status).toBe(204);
    expect((await invoke(oncall, 'GET /api/oncall/policies', { caller: admin })).body).toMatchObject({ items: [] });
    expect(await policy('PUT', 'default', { ...rules, version: 0 })).toMatchObject({
      status: 200,
      body: { version: 4 },
    });
  });

  test('a policy that is made without an id is given one, by which it is read and replaced', async () => {
    const made = await invoke(oncall, 'POST /api/oncall/policies', { caller: admin, body: rules });
    expect(made).toMatchObject({ status: 201, body: { ...rules, version: 1 } });
    const { id } = made.body as { id: string };
    expect(await policy('GET', id)).toMatchObject({ status: 200, body: { ...rules, id } });
    expect(await policy('PUT', id, { ...rules, version: 1 })).toMatchObject({ status: 200, body: { version: 2 } });
  });

  test('a caller who may change policies adds, verifies, lists, renews and deletes a shared webhook', async () => {
    const shared = (
      method: 'GET' | 'POST',
      path: '' | '/{contactId}/verify' | '/{contactId}/secret',
      id = '',
      body?: object,
    ) => invoke(oncall, `${method} /api/oncall/contacts${path}`, { caller: admin, params: { contactId: id }, body });
    const made = await shared('POST', '', '', { channel: 'webhook', to: 'https://hooks.example.com/shop' });
    expect(made.status).toBe(201);
    const { id } = made.body as { id: string };
    expect(await shared('POST', '/{contactId}/verify', id, { code: codeIn(texts[0]) })).toMatchObject({ status: 200 });
    expect((await shared('GET', '')).body).toMatchObject({ items: [{ id, verified: true, channel: 'webhook' }] });
    expect((await shared('POST', '/{contactId}/secret', id)).status).toBe(200);
    const gone = await invoke(oncall, 'DELETE /api/oncall/contacts/{contactId}', {
      caller: admin,
      params: { contactId: id },
    });
    expect(gone.status).toBe(204);
  });
});

describe('400', () => {
  test.each([
    ['no step', { steps: [] }, '/steps'],
    ['ten repetitions', { repeat: 10 }, '/repeat'],
    [
      'a target twice',
      { steps: [{ ...rules.steps[0], targets: [1, 2].map(() => rules.steps[0]?.targets[0]) }] },
      '/steps/0/targets',
    ],
  ])('a policy with %s', async (_what, wrong, pointer) => {
    expect(await policy('PUT', 'default', { ...rules, ...wrong, version: 0 })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer }] },
    });
  });

  test('a policy whose id could be none', async () => {
    expect(await policy('PUT', 'No Id', { ...rules, version: 0 })).toMatchObject({ body: { code: 'policy.id' } });
  });

  test('a policy that names what is not there: each target is pointed at, also where it stands twice', async () => {
    const [ana, nobody, nothing] = [
      { type: 'user', id: 'usr_ana' },
      { type: 'user', id: 'usr_unknown' },
      { type: 'schedule', id: 'sch_unknown' },
    ];
    const steps = [
      [ana, nobody],
      [nothing, nobody],
    ].map((targets) => ({ targets, escalateAfterMinutes: 5 }));
    expect(await policy('PUT', 'default', { ...rules, steps, version: 0 })).toMatchObject({
      status: 400,
      body: {
        code: 'user.unknown',
        errors: [
          { pointer: '/steps/0/targets/1/id', detail: 'names no user: usr_unknown' },
          { pointer: '/steps/1/targets/0/id', detail: 'names no schedule: sch_unknown' },
          { pointer: '/steps/1/targets/1/id', detail: 'names no user: usr_unknown' },
        ],
      },
    });
    expect((await policy('GET', 'default')).status).toBe(404);
  });
});

describe('403', () => {
  test('shared contacts, for a caller who may not change policies', async () => {
    for (const route of ['GET /api/oncall/contacts', 'POST /api/oncall/contacts'] as const) {
      const body = route.startsWith('POST') ? { channel: 'webhook', to: 'https://a.example.com' } : undefined;
      expect(await invoke(oncall, route, { caller: ana, body })).toMatchObject({ status: 403 });
    }
  });
});

describe('404', () => {
  test('a policy that is not there', async () => {
    expect(await policy('GET', 'none')).toMatchObject({ status: 404, body: { code: 'policy.not_found' } });
    expect(await policy('DELETE', 'none')).toMatchObject({ status: 404, body: { code: 'policy.not_found' } });
  });

  test.each(['CODES#2026-11-21', 'RULES', 'GONE#con_1', 'con_', 'CON_1', 'con_1#', 'usr_ana', 'constructor'])(
    'a shared contact named %s',
    async (contactId) => {
      const before = await everything(dynamo.client, tableName);
      for (const [route, body] of [
        ['DELETE /api/oncall/contacts/{contactId}'],
        ['POST /api/oncall/contacts/{contactId}/verify', { code: '123456' }],
        ['POST /api/oncall/contacts/{contactId}/secret'],
      ] as const) {
        const answer = await invoke(oncall, route, { caller: admin, params: { contactId }, body });
        expect(answer, route).toMatchObject({ status: 404, body: { code: 'contact.not_found' } });
      }
      expect(await everything(dynamo.client, tableName)).toEqual(before);
    },
  );
});

describe('409', () => {
  test('a policy that services or routing name is not deleted, and they are named', async () => {
    expect((await policy('PUT', 'shop', { ...rules, version: 0 })).status).toBe(200);
    expect(await policy('DELETE', 'shop')).toMatchObject({
      status: 409,
      body: { code: 'policy.in_use', neededBy: ['the service shop'] },
    });
    expect((await policy('GET', 'shop')).status).toBe(200);
  });

  test('a shared contact that policies page is not deleted, and they are named', async () => {
    const remove = (contactId: string) =>
      invoke(oncall, 'DELETE /api/oncall/contacts/{contactId}', { caller: admin, params: { contactId } });
    const body = { channel: 'webhook', to: 'https://hooks.example.com/shop' };
    const { id } = (await invoke(oncall, 'POST /api/oncall/contacts', { caller: admin, body })).body as { id: string };
    const steps = [{ targets: [{ type: 'contact', id }], escalateAfterMinutes: 5 }];
    await policy('PUT', 'default', { ...rules, steps, version: 0 });
    expect(await remove(id)).toMatchObject({ status: 409, body: { code: 'contact.in_use', neededBy: ['Everybody'] } });
    await policy('PUT', 'default', { ...rules, version: 1 });
    expect((await remove(id)).status).toBe(204);
  });

  test('a version of a policy that does not exist is refused with the version that makes one', async () => {
    expect(await policy('PUT', 'default', { ...rules, version: 3 })).toMatchObject({
      status: 409,
      body: { code: 'policy.changed', detail: expect.stringContaining('Send version 0') as string },
    });
  });

  test('of many changes to the same version of a policy one wins', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => policy('PUT', 'default', { ...rules, version: 0 })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 7 }, () => 409)]);
  });
});

describe('422', () => {
  test('a topic that takes no code is not added', async () => {
    const topic = { channel: 'topic', to: 'arn:aws:sns:eu-central-1:123456789012:tocsin-pages' };
    const add = () => invoke(oncall, 'POST /api/oncall/contacts', { caller: admin, body: topic });
    expect(await add()).toMatchObject({ status: 422, body: { code: 'contact.unreachable' } });
    expect(await add()).toMatchObject({ status: 422, body: { code: 'contact.unreachable' } });
  });
});
