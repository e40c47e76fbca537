import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AlertMessage } from '../../../functions/alerts/events.ts';
import { assertCovers } from '../../../functions/auth/port.ts';
import { webhookSecret } from '../../../shared/channels/webhook.ts';
import { fire } from '../../../functions/paging/escalations/fire.ts';
import { follow } from '../../../functions/paging/escalations/follow.ts';
import type { EscalationStore } from '../../../functions/paging/escalations/store.ts';
import { ownerGuard } from '../../../functions/paging/contacts/owner-guard.ts';
import { surface, type Deps } from '../../../functions/paging/http.ts';
import { askResponder } from '../../../functions/paging/pages/ask-responder.ts';
import type { PolicyStore } from '../../../functions/oncall/policies/store.ts';
import { PAGING_TABLE_SHAPE } from '../../../functions/paging/table.ts';
import { rangesIn } from '../../../shared/http/address.ts';
import type { Caller } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { notFound } from '../../../shared/kernel/errors.ts';
import { UserId } from '../../../shared/kernel/user-id.ts';
import { standingClock } from '../../support/alerts.ts';
import { everything, startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { invoke } from '../../support/invoke.ts';
import { decisionOf } from '../../support/oncall.ts';
import { policyOf, user } from '../../support/paging.ts';
import { onlyRooms } from '../../support/rooms.ts';
import { contactStore, escalationStore, policyStore, ruleStore } from '../../support/stores.ts';

const ALERT = 'alr_01jd3v8m2k7q4x3k5r7t1a2b3c4d5e6f7g8h9i';
const NO_ALERT = ALERT.replace('alr_0', 'alr_1');
const NO_CONTACT = 'con_01jd3v8m2k7q4xh2g8vq0p1m9d';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

const admin = { kind: 'user' as const, id: 'usr_admin', name: 'admin' };
const caller: Caller = {
  ...admin,
  sessionId: '',
  roles: [],
  permissions: ['*'],
  tier: 'standard',
  restricted: false,
};
const ana = { kind: 'user' as const, id: 'usr_ana', name: 'ana', permissions: ['oncall.read'] };
let dynamo: TestDynamo;
let tableName: string;
let deps: {
  policies: PolicyStore;
  contacts: ReturnType<Deps['contacts']>;
  rules: ReturnType<Deps['rules']>;
  ask: ReturnType<Deps['ask']>;
  escalations: { readonly clock: Clock; readonly escalations: EscalationStore };
};
let clock: ReturnType<typeof standingClock>;
let texts: string[];
let personStatus: 'active' | 'disabled' | 'deleted';
/** The changes of alerts. */
let told: string[];
let noteKeys: Set<string>;
const people = (id: string) =>
  Promise.resolve(
    id.includes('unknown') ? undefined : { id, username: id.slice(4), displayName: id, status: personStatus },
  );
/** The admin may do everything, and ben may do a little. */
const guardUser = async (caller: Caller, id: string): Promise<void> => {
  if (!UserId.safeParse(id).success || id.includes('unknown') || personStatus === 'deleted') {
    throw notFound('user.not_found', 'There is no user with this id.');
  }
  await Promise.resolve(assertCovers(caller, id === 'usr_admin' ? ['*'] : ['monitoring.read']));
};
const said = (what: string) => Promise.resolve(told.push(what));
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  tableName = await dynamo.table(PAGING_TABLE_SHAPE, 'paging');
  clock = standingClock();
  texts = [];
  told = [];
  noteKeys = new Set();
  personStatus = 'active';
  const taking = {
    send: ({ text }: { readonly text: string }) => {
      texts.push(text);
      return Promise.resolve({ provider: 'test', providerId: 'm' });
    },
  };
  const refusing = { send: () => Promise.reject(new Error('There is no such topic')) };
  const unreachable = {
    send: () => Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })),
  };
  const secret = () => Promise.resolve({ key: 'key', slackBotToken: '', slackSigningSecret: '' });
  deps = {
    policies: policyStore(dynamo.client, tableName),
    contacts: {
      clock,
      contacts: contactStore(dynamo.client, tableName),
      guardOwner: ownerGuard(guardUser),
      channels: { sms: taking, webhook: taking, topic: refusing, teams: unreachable },
      secret,
      allowed: rangesIn('none'),
    },
    rules: {
      clock,
      guardOwner: ownerGuard(guardUser),
      contacts: contactStore(dynamo.client, tableName),
      rules: ruleStore(dynamo.client, tableName),
    },
    ask: {
      clock,
      contacts: contactStore(dynamo.client, tableName),
      rules: ruleStore(dynamo.client, tableName),
      escalations: escalationStore(dynamo.client, tableName, 30),
      people,
      acts: {
        assign: (_request, { id, assignee }) => said(`${id} is ${assignee}'s`),
        note: ({ caller }, { id, note, key }) => {
          if (key !== undefined && noteKeys.has(key)) return Promise.resolve();
          if (key !== undefined) noteKeys.add(key);
          return said(`${id}: ${note} (${caller.name})`);
        },
      },
    },
    escalations: { clock, escalations: escalationStore(dynamo.client, tableName, 30) },
  };
});

const handler = surface(
  onlyRooms({
    contacts: () => deps.contacts,
    rules: () => deps.rules,
    ask: () => deps.ask,
    pages: () => deps.escalations,
  }),
);
/** Stores the policy `default`, whose steps page ana each. */
const savePolicy = (version: number, steps = 1): Promise<boolean> =>
  deps.policies.save({ ...policyOf('default', ...Array.from({ length: steps }, () => user('usr_ana'))), version });
const contacts = (method: 'GET' | 'POST', id: string, body?: unknown, caller: object = ana) =>
  invoke(handler, `${method} /api/users/{id}/contacts`, { caller, params: { id }, body });
const verify = (contactId: string, code: string) =>
  invoke(handler, 'POST /api/users/{id}/contacts/{contactId}/verify', {
    caller: ana,
    params: { id: 'usr_ana', contactId },
    body: { code },
  });
const forget = (contactId: string) =>
  invoke(handler, 'DELETE /api/users/{id}/contacts/{contactId}', {
    caller: ana,
    params: { id: 'usr_ana', contactId },
  });
const pages = (id: string) =>
  invoke(handler, 'GET /api/monitoring/alerts/{id}/pages', { caller: admin, params: { id } });
const escalate = (id: string) =>
  invoke(handler, 'POST /api/monitoring/alerts/{id}/escalate', { caller: admin, params: { id } });

const phone = (n: number) => ({ channel: 'sms', to: `+49151000000${String(n).padStart(2, '0')}` });
const codeIn = (text = ''): string => /\b\d{6}\b/.exec(text)?.[0] ?? '';
const added = async (n = 1): Promise<string> =>
  ((await contacts('POST', 'usr_ana', phone(n))).body as { id: string }).id;
const opened = (status = 'open') => {
  const alert = { id: ALERT, title: 'Shop', severity: 'error', service: null, status, snoozedUntil: null };
  const routing = { routingOf: () => Promise.resolve(decisionOf()) };
  const noise = { rememberOpening: () => Promise.resolve() };
  return follow({ clock, routing, noise, policies: deps.policies, escalations: deps.escalations.escalations }, {
    transition: 'opened',
    sequence: 1,
    alert,
  } as unknown as AlertMessage);
};

describe('200, 201, 204', () => {
  test('a contact is added, verified by the code that was sent there, listed and deleted; each leaves an event', async () => {
    const made = await contacts('POST', 'usr_ana', phone(1));
    expect(made).toMatchObject({ status: 201, body: { ...phone(1), verified: false } });
    const { id } = made.body as { id: string };
    expect(await verify(id, codeIn(texts[0]))).toMatchObject({ status: 200, body: { id, verified: true } });
    expect((await contacts('GET', 'usr_ana')).body).toMatchObject({ items: [{ id, verified: true }] });
    expect((await forget(id)).status).toBe(204);
    expect((await contacts('GET', 'usr_ana')).body).toEqual({ items: [] });
    const kept = await everything(dynamo.client, tableName);
    expect(kept.flatMap(({ event }) => (event as { type?: string } | undefined)?.type ?? [])).toEqual([
      'contact.removed',
    ]);
  });

  test('no code is in the table in the clear', async () => {
    await added();
    expect(JSON.stringify(await everything(dynamo.client, tableName))).not.toContain(codeIn(texts[0]));
  });

  test('a webhook shows its secret when it is added and when it is renewed, and it is stored nowhere', async () => {
    const { body } = await contacts('POST', 'usr_ana', { channel: 'webhook', to: 'https://hooks.example.com/ana' });
    const { id, secret } = body as { id: string; secret: string };
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const renewed = await invoke(handler, 'POST /api/users/{id}/contacts/{contactId}/secret', {
      caller: ana,
      params: { id: 'usr_ana', contactId: id },
    });
    expect(renewed).toMatchObject({ status: 200, body: { secret: webhookSecret('key', id, 1) } });
    expect(secret).toBe(webhookSecret('key', id, 0));
    expect(JSON.stringify(await everything(dynamo.client, tableName))).not.toContain('whsec_');
  });

  test('a caller who may change users adds contacts for another user', async () => {
    expect((await contacts('POST', 'usr_ben', phone(1), admin)).status).toBe(201);
  });

  test('an escalation is shown, reaches its next step at once on request, and its alert notes the caller', async () => {
    await savePolicy(1);
    await opened();
    clock.advance(1_000);
    expect(await escalate(ALERT)).toMatchObject({ status: 200, body: { nextAt: '2026-11-21T03:00:01.000Z' } });
    expect(told).toEqual([`${ALERT}: Had the next step of the escalation reached at once. (admin)`]);
    expect(await pages(ALERT)).toMatchObject({
      status: 200,
      body: { escalation: { status: 'escalating', policyVersion: 1 }, items: [], next: null },
    });
  });
});

describe('400', () => {
  test('a number that is no phone’s', async () => {
    expect((await contacts('POST', 'usr_ana', { channel: 'sms', to: '0151' })).status).toBe(400);
  });
});

describe('400, 422', () => {
  test.each([
    ['http://hooks.example.com/', 'must begin with https://'],
    ['https://127.0.0.1/', 'must be a host that the internet reaches'],
    ['https://[::ffff:169.254.169.254]/latest', 'must be a host that the internet reaches'],
    ['https://ana:pass@hooks.example.com/', 'must carry no user name and no password'],
  ])('a webhook at %s', async (to, detail) => {
    const answer = await contacts('POST', 'usr_ana', { channel: 'webhook', to });
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'contact.address', errors: [{ pointer: '/to', detail }] },
    });
  });

  test('a channel that the stage does not have, and a place that takes no code: nothing is added', async () => {
    expect(await contacts('POST', 'usr_ana', { channel: 'email', to: 'ana@example.com' })).toMatchObject({
      status: 422,
      body: { code: 'contact.no_channel' },
    });
    const teams = { channel: 'teams', to: 'https://nobody.example.com/workflow' };
    expect(await contacts('POST', 'usr_ana', teams)).toMatchObject({
      status: 422,
      body: { code: 'contact.unreachable', detail: 'No code could be sent there. Check the address and try again.' },
    });
  });

  test('a refusal is the same sentence whatever the socket says, so that it tells no ports apart', async () => {
    const answers = await Promise.all(
      ['ECONNREFUSED', 'ETIMEDOUT', 'ENOTFOUND', 'ECONNRESET'].map((code) => {
        const send = () => Promise.reject(Object.assign(new Error(`connect ${code} 10.0.0.7:22`), { code }));
        Object.assign(deps.contacts, { channels: { teams: { send } } });
        return contacts('POST', 'usr_ana', { channel: 'teams', to: `https://${code.toLowerCase()}.example.com/` });
      }),
    );
    expect(new Set(answers.map(({ body }) => (body as { detail: string }).detail)).size).toBe(1);
    expect(answers.map(({ text }) => text).join()).not.toContain('10.0.0.7');
  });
});

describe('201, 503: a code whose sending', () => {
  const sending = (name: string) => {
    const said: string[] = [];
    const send = ({ text }: { readonly text: string }) => {
      said.push(text);
      return Promise.reject(Object.assign(new Error(name), { name }));
    };
    Object.assign(deps.contacts, { channels: { sms: { send } } });
    return said;
  };

  test('has no answer may arrive: the contact is there, and the code is good', async () => {
    const said = sending('TimeoutError');
    const answer = await contacts('POST', 'usr_ana', phone(1));
    expect(answer.status).toBe(201);
    expect((await verify((answer.body as { id: string }).id, codeIn(said[0]))).status).toBe(200);
  });

  test('is refused for now leaves nothing, and may be tried again', async () => {
    sending('ThrottlingException');
    expect((await contacts('POST', 'usr_ana', phone(1))).status).toBe(503);
    expect((await contacts('GET', 'usr_ana')).body).toEqual({ items: [] });
  });
});

describe('403', () => {
  test('the contacts of somebody else', async () => {
    for (const method of ['GET', 'POST'] as const) {
      const answer = await contacts(method, 'usr_ben', method === 'POST' ? phone(1) : undefined);
      expect(answer).toMatchObject({ status: 403, body: { code: 'auth.forbidden' } });
    }
    expect(texts).toEqual([]);
  });

  test('the contacts and rules of a user with more permissions, by every route', async () => {
    const manager = {
      kind: 'user' as const,
      id: 'usr_mia',
      name: 'mia',
      permissions: ['identity.*', 'monitoring.read'],
    };
    const mine = await invoke(handler, 'POST /api/users/{id}/contacts', {
      caller: admin,
      params: { id: 'usr_admin' },
      body: phone(1),
    });
    const contactId = (mine.body as { id: string }).id;
    const before = await everything(dynamo.client, tableName);
    const saved = { high: [{ contactId, delayMinutes: 0 }], low: [], quietHours: null, version: 0 };
    for (const [route, body] of [
      ['GET /api/users/{id}/contacts'],
      ['POST /api/users/{id}/contacts', phone(2)],
      ['POST /api/users/{id}/contacts/{contactId}/verify', { code: codeIn(texts[0]) }],
      ['POST /api/users/{id}/contacts/{contactId}/secret'],
      ['DELETE /api/users/{id}/contacts/{contactId}'],
      ['GET /api/users/{id}/notification-rules'],
      ['PUT /api/users/{id}/notification-rules', saved],
    ] as const) {
      const answer = await invoke(handler, route, { caller: manager, params: { id: 'usr_admin', contactId }, body });
      expect(answer, route).toMatchObject({ status: 403, body: { code: 'auth.escalation' } });
    }
    expect(await everything(dynamo.client, tableName)).toEqual(before);
    expect(texts).toHaveLength(1);
    expect((await contacts('POST', 'usr_ben', phone(3), manager)).status).toBe(201);
  });
});

describe('404', () => {
  test('shared contacts under the path of a user', async () => {
    const manager = { ...ana, permissions: ['identity.user.write', 'oncall.policy.write'] };
    for (const method of ['GET', 'POST'] as const) {
      const answer = await contacts(method, 'SHARED', method === 'POST' ? phone(1) : undefined, manager);
      expect(answer).toMatchObject({ status: 404, body: { code: 'user.not_found' } });
    }
    expect(texts).toEqual([]);
  });

  test.each(['RULES', 'CODES#2026-11-21'])('%s, which is beside the contacts of a user', async (item) => {
    for (const answer of [await forget(item), await verify(item, '123456')]) {
      expect(answer).toMatchObject({ status: 404, body: { code: 'contact.not_found' } });
    }
  });

  test('contacts and escalations that are not there', async () => {
    expect(await verify(NO_CONTACT, '123456')).toMatchObject({ status: 404, body: { code: 'contact.not_found' } });
    expect(await forget(NO_CONTACT)).toMatchObject({ status: 404, body: { code: 'contact.not_found' } });
    for (const ask of [pages, escalate]) {
      expect(await ask(NO_ALERT)).toMatchObject({ status: 404, body: { code: 'escalation.not_found' } });
    }
  });
});

describe('404: an item is reached by its own kind of id alone', () => {
  const foreign = [
    () => `CODES#${clock.now().toISOString().slice(0, 10)}`,
    () => 'RULES',
    () => 'GONE#con_1',
    () => 'con_',
    () => 'CON_1',
    () => 'con_1#',
    () => 'usr_ana',
    () => 'constructor',
  ];
  const routes = [
    ['DELETE /api/users/{id}/contacts/{contactId}'],
    ['POST /api/users/{id}/contacts/{contactId}/verify', { code: '123456' }],
    ['POST /api/users/{id}/contacts/{contactId}/secret'],
  ] as const;

  test.each(foreign)('a contact named %s', async (name) => {
    await added();
    const [only] = (await contacts('GET', 'usr_ana')).body.items as { readonly id: string }[];
    await invoke(handler, 'PUT /api/users/{id}/notification-rules', {
      caller: ana,
      params: { id: 'usr_ana' },
      body: { high: [{ contactId: only?.id, delayMinutes: 0 }], low: [], quietHours: null, version: 0 },
    });
    const before = await everything(dynamo.client, tableName);
    for (const [route, body] of routes) {
      const answer = await invoke(handler, route, {
        caller: ana,
        params: { id: 'usr_ana', contactId: name() },
        body,
      });
      expect(answer, route).toMatchObject({ status: 404, body: { code: 'contact.not_found' } });
    }
    expect(await everything(dynamo.client, tableName)).toEqual(before);
  });

  test.each(['SHARED', 'shared', 'usr_', 'usr_Ana', 'x\n{', 'usr_ana#', 'con_1', '__proto__'])(
    'a user named %j, also for who may change users',
    async (id) => {
      const asked = [
        await contacts('GET', id, undefined, admin),
        await contacts('POST', id, phone(1), admin),
        await invoke(handler, 'GET /api/users/{id}/notification-rules', { caller: admin, params: { id } }),
      ];
      for (const answer of asked) expect(answer).toMatchObject({ status: 404, body: { code: 'user.not_found' } });
      expect(texts).toEqual([]);
    },
  );

  test('a user who never existed, or was deleted', async () => {
    expect(await contacts('POST', 'usr_unknown', phone(1), admin)).toMatchObject({
      status: 404,
      body: { code: 'user.not_found' },
    });
    personStatus = 'deleted';
    expect((await contacts('GET', 'usr_ben', undefined, admin)).status).toBe(404);
    expect(texts).toEqual([]);
  });
});

describe('409', () => {
  test('a contact that is there already, and a sixth one', async () => {
    for (let n = 1; n <= 5; n++) await added(n);
    expect(await contacts('POST', 'usr_ana', phone(5))).toMatchObject({
      status: 409,
      body: { code: 'contact.exists' },
    });
    expect(await contacts('POST', 'usr_ana', phone(6))).toMatchObject({
      status: 409,
      body: { code: 'contact.too_many' },
    });
  });

  test('a wrong code; after five guesses the right one too; and a code that is a quarter of an hour old', async () => {
    const id = await added();
    const right = codeIn(texts[0]);
    const wrong = right === '000000' ? '000001' : '000000';
    for (let n = 0; n < 5; n++) {
      expect(await verify(id, wrong)).toMatchObject({ status: 409, body: { code: 'contact.code_wrong' } });
    }
    expect(await verify(id, right)).toMatchObject({ status: 409, body: { code: 'contact.code_over' } });
    const other = await added(2);
    clock.advance(15 * 60_000);
    expect(await verify(other, codeIn(texts[1]))).toMatchObject({ body: { code: 'contact.code_over' } });
  });

  test('an escalation of which no step is left to reach', async () => {
    await savePolicy(1);
    await opened('resolved');
    expect(await escalate(ALERT)).toMatchObject({ status: 409, body: { code: 'escalation.not_escalating' } });
    expect(told).toEqual([]);
  });
});

describe('429', () => {
  test('an eleventh code in a day', async () => {
    for (let n = 0; n < 10; n++) await forget(await added(n));
    expect(await contacts('POST', 'usr_ana', phone(11))).toMatchObject({
      status: 429,
      body: { code: 'contact.codes' },
    });
    expect(texts).toHaveLength(10);
  });
});

describe('notification rules', () => {
  const rulesOf = (method: 'GET' | 'PUT', body?: object, caller: object = ana) =>
    invoke(handler, `${method} /api/users/{id}/notification-rules`, { caller, params: { id: 'usr_ana' }, body });
  const wanted = async () => ({
    high: [{ contactId: await added(), delayMinutes: 0 }],
    low: [],
    quietHours: { from: '22:00', to: '07:00', timeZone: 'Europe/Berlin' },
    version: 0,
  });

  test('200: are empty at first, and then as they were last saved', async () => {
    expect(await rulesOf('GET')).toMatchObject({
      status: 200,
      body: { high: [], low: [], quietHours: null, version: 0 },
    });
    const said = await wanted();
    expect(await rulesOf('PUT', said)).toMatchObject({ status: 200, body: { ...said, version: 1 } });
    expect((await rulesOf('GET')).body).toEqual({ ...said, version: 1 });
  });

  test.each([
    ['no way to wake', { high: [] }, '/high'],
    [
      'a zone that there is not',
      { quietHours: { from: '22:00', to: '07:00', timeZone: 'Europe/Nowhere' } },
      '/quietHours/timeZone',
    ],
    ['a delay of three hours', { low: [{ contactId: 'con_1', delayMinutes: 180 }] }, '/low/0/delayMinutes'],
    ['a contact of somebody else', { low: [{ contactId: 'con_1', delayMinutes: 0 }] }, '/low/0/contactId'],
  ])('400: %s', async (_what, wrong, pointer) => {
    const answer = await rulesOf('PUT', { ...(await wanted()), ...wrong });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
  });

  test('403: those of somebody else', async () => {
    expect((await rulesOf('GET', undefined, { ...ana, id: 'usr_ben' })).status).toBe(403);
  });

  test('409: of many at once one wins', async () => {
    const said = await wanted();
    const answers = await Promise.all(Array.from({ length: 5 }, () => rulesOf('PUT', said)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409]);
  });
});

describe('one more person', () => {
  const ask = (userId: string, reassign?: boolean) =>
    invoke(handler, 'POST /api/monitoring/alerts/{id}/responders', {
      caller: admin,
      params: { id: ALERT },
      body: { userId, ...(reassign !== undefined && { reassign }) },
    });
  const reachable = async (): Promise<void> => {
    await verify(await added(), codeIn(texts[0]));
    await savePolicy(1);
  };

  test('200: is paged at once, once however often they are asked for, and the timeline says so', async () => {
    await reachable();
    await opened();
    const answers = [await ask('usr_ana'), await ask('usr_ana')];
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 200, body: { items: [{ userId: 'usr_ana', status: 'planned' }] } });
    }
    expect((await pages(ALERT)).body).toMatchObject({ items: [{ userId: 'usr_ana' }] });
    expect(told).toEqual([`${ALERT}: ana was asked to respond. (admin)`]);
  });

  test('200: shows the present pages of an earlier request', async () => {
    await reachable();
    await opened();
    await ask('usr_ana');
    clock.advance(4 * 60_000);
    const again = await ask('usr_ana');
    expect(again).toMatchObject({ body: { items: [{ plannedAt: '2026-11-21T03:00:00.000Z' }] } });
    expect(again.body).toEqual({ items: ((await pages(ALERT)).body as { items: object[] }).items });
  });

  test('200: is paged once by two requests that fall on both sides of a step, also at the same moment', async () => {
    await reachable();
    await savePolicy(2, 2);
    await opened();
    const { escalations } = deps.escalations;
    const before = await escalations.escalation(ALERT);
    // The first request reads the escalation, the step is reached, and the second reads it then.
    const stale = { ...escalations, escalation: () => Promise.resolve(before) };
    const asking = deps.ask;
    await fire({ ...asking, duty: {}, inhibitedNow: () => Promise.resolve(undefined) } as never, ALERT);
    const answers = await Promise.all(
      [stale, escalations].map((store) =>
        askResponder({ ...asking, escalations: store }, { caller }, { id: ALERT, userId: 'usr_ana', reassign: false }),
      ),
    );
    expect(answers[0]).toEqual(answers[1]);
    const ledger = (await pages(ALERT)).body as { items: { attempts: number }[] };
    expect(ledger.items).toHaveLength(2);
    expect(told).toHaveLength(1);
    clock.advance(60_000);
    expect((await ask('usr_ana')).body).toEqual(answers[0]);
  });

  test('200: is paged again five minutes later, also at a contact that is new', async () => {
    await reachable();
    await opened();
    await ask('usr_ana');
    clock.advance(5 * 60_000);
    await verify(await added(2), codeIn(texts.at(-1)));
    const answers = await Promise.all([ask('usr_ana'), ask('usr_ana')]);
    const plannedAt = '2026-11-21T03:05:00.000Z';
    for (const { body } of answers) expect(body).toMatchObject({ items: [{ plannedAt }, { plannedAt }] });
    expect((await pages(ALERT)).body).toMatchObject({ items: [{}, { plannedAt }, { plannedAt }] });
    expect(told).toEqual([
      `${ALERT}: ana was asked to respond. (admin)`,
      `${ALERT}: ana was asked to respond. (admin)`,
    ]);
  });

  test('200: is given the alert where it is handed over', async () => {
    await reachable();
    await opened();
    expect((await ask('usr_ana', true)).status).toBe(200);
    expect(told).toEqual([`${ALERT}: ana was asked to respond. (admin)`, `${ALERT} is ana's`]);
  });

  test('200: is in the timeline once, in the name of the first caller, where that request died before it said so', async () => {
    await reachable();
    await opened();
    const { acts } = deps.ask;
    const dying = { ...acts, note: () => Promise.reject(new Error('The function dies')) };
    const input = { id: ALERT, userId: 'usr_ana', reassign: false };
    await expect(askResponder({ ...deps.ask, acts: dying }, { caller }, input)).rejects.toThrow('dies');
    expect(told).toEqual([]);
    const other = { ...caller, id: 'usr_ben', name: 'ben' };
    for (let n = 0; n < 2; n++) await askResponder(deps.ask, { caller: other }, input);
    expect(told).toEqual([`${ALERT}: ana was asked to respond. (admin)`]);
    expect((await pages(ALERT)).body).toMatchObject({ items: [{ userId: 'usr_ana' }] });
  });

  test('200: stands not in the way of the step that pages them as well', async () => {
    await reachable();
    await opened();
    await ask('usr_ana');
    const asking = deps.ask;
    await fire({ ...asking, duty: {}, inhibitedNow: () => Promise.resolve(undefined) } as never, ALERT);
    expect((await pages(ALERT)).body).toMatchObject({ items: [{ userId: 'usr_ana' }, { userId: 'usr_ana' }] });
  });

  test('404, 409: for an alert that is not escalated, or over', async () => {
    expect(await ask('usr_ana')).toMatchObject({ status: 404, body: { code: 'escalation.not_found' } });
    await reachable();
    await opened('resolved');
    expect(await ask('usr_ana')).toMatchObject({ status: 409, body: { code: 'escalation.ended' } });
  });

  test('422: a user without contact, or who was disabled', async () => {
    await reachable();
    await opened();
    expect(await ask('usr_ben')).toMatchObject({ status: 422, body: { detail: 'The user has no verified contact.' } });
    personStatus = 'disabled';
    expect(await ask('usr_ana')).toMatchObject({ status: 422, body: { detail: 'The user was disabled.' } });
    expect(told).toEqual([]);
  });
});
