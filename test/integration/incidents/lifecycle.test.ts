import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Entry } from '../../../functions/incidents/lifecycle/entry.ts';
import type { Caller } from '../../../shared/kernel/caller.ts';
import type { Method } from '../../../shared/http/route.ts';
import { standingClock } from '../../support/alerts.ts';
import { everything, startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { incidentRoutes, incidentsIn } from '../../support/incidents.ts';
import { invoke } from '../../support/invoke.ts';

Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' });

const OPERATOR = ['monitoring.read', 'monitoring.incident.*'];
const ana: Partial<Caller> = { id: 'usr_ana', name: 'ana', permissions: OPERATOR };
const ben: Partial<Caller> = { id: 'usr_ben', name: 'ben', permissions: OPERATOR };
const admin: Partial<Caller> = { id: 'usr_admin', name: 'admin', permissions: ['*'] };

let dynamo: TestDynamo;
let tableName: string;
let strangers: ReadonlySet<string>;
let handler: ReturnType<typeof incidentRoutes>;
let clock: ReturnType<typeof standingClock>;

beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  const stores = await incidentsIn(dynamo);
  tableName = stores.tableName;
  strangers = new Set(['usr_nobody', 'usr_nobody2']);
  clock = standingClock();
  handler = incidentRoutes({ ...stores, clock, isUser: (id) => Promise.resolve(!strangers.has(id)) });
});

const call = (method: Method, below: string, params: Record<string, string>, body?: unknown, caller = ana) =>
  invoke(handler, `${method} /api/monitoring/incidents${below}`, { caller, params, body });
const open = async (over: object = {}, caller = ana) =>
  (await call('POST', '', {}, { title: 'Checkout', severity: 'SEV2', ...over }, caller)).body;
const get = (id: string, caller = ana) => call('GET', '/{id}', { id }, undefined, caller);
const patch = (id: string, body: object, caller = ana) => call('PATCH', '/{id}', { id }, body, caller);
const list = (query: Record<string, string> = {}, caller = ana) =>
  invoke(handler, 'GET /api/monitoring/incidents', { caller, query });

describe('200', () => {
  test('the whole of an incident: its facts, who does what, its tasks, and all that happened, in order', async () => {
    const { id } = await open({ service: 'checkout', roles: { commander: 'usr_ana', responders: ['usr_ben'] } });
    clock.advance(60_000);
    await patch(id, { version: 1, status: 'identified', severity: 'SEV1', roles: { scribe: 'usr_ben' } });
    clock.advance(60_000);
    await call('POST', '/{id}/notes', { id }, { text: 'Rolled back.', pinned: true }, ben);
    await call('POST', '/{id}/tasks', { id }, { title: 'Watch the queue', assignee: 'usr_ben' });
    const { status, body } = await get(id);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'identified',
      severity: 'SEV1',
      service: 'checkout',
      startedAt: '2026-11-21T03:01:00.000Z',
      roles: { commander: 'usr_ana', communications: null, scribe: 'usr_ben', responders: ['usr_ben'] },
      tasks: [{ kind: 'task', title: 'Watch the queue', assignee: 'usr_ben', done: false }],
      hasEarlier: false,
      version: 2,
    });
    expect(
      (body.timeline as Entry[]).map(({ type, from, to, text, actor, pinned }) => [
        type,
        from ?? null,
        to ?? text ?? null,
        actor.name,
        pinned,
      ]),
    ).toEqual([
      ['opened', null, 'SEV2', 'ana', false],
      ['status_changed', 'triggered', 'identified', 'ana', false],
      ['severity_changed', 'SEV2', 'SEV1', 'ana', false],
      ['role_changed', '', 'usr_ben', 'ana', false],
      ['noted', null, 'Rolled back.', 'ben', true],
      ['task_added', null, 'Watch the queue', 'ana', false],
    ]);
  });

  test('a list has open incidents first, newest first, filtered, and continues by its cursor', async () => {
    const made = [];
    for (const severity of ['SEV1', 'SEV2', 'SEV1', 'SEV3']) {
      made.push(await open({ severity, title: `${severity} ${made.length}` }));
      clock.advance(1_000);
    }
    await patch(made[3].id, { version: 1, status: 'resolved' });
    const titles: string[] = [];
    let cursor: string | undefined;
    do {
      const { body } = await list({ limit: '2', ...(cursor && { cursor }) });
      titles.push(...body.items.map(({ title }: { title: string }) => title));
      cursor = body.next ?? undefined;
    } while (cursor);
    expect(titles).toEqual(['SEV1 2', 'SEV2 1', 'SEV1 0', 'SEV3 3']);
    const some = await list({ severity: 'SEV1', from: '2026-11-21T03:00:01Z' });
    expect(some.body.items.map(({ title }: { title: string }) => title)).toEqual(['SEV1 2']);
    expect((await list({ from: '0000-01-01T00:00:00Z' })).body.items).toHaveLength(4);
    expect((await list({ status: 'resolved' })).body.items).toHaveLength(1);
  });

  test('the timeline continues by its cursor, and an entry can be pinned', async () => {
    const { id } = await open();
    for (let n = 0; n < 5; n++) {
      clock.advance(1_000);
      await call('POST', '/{id}/notes', { id }, { text: `note ${n}` });
    }
    const page = (query: Record<string, string>) =>
      invoke(handler, 'GET /api/monitoring/incidents/{id}/timeline', { caller: ana, params: { id }, query });
    const first = (await page({ limit: '4' })).body;
    const rest = (await page({ limit: '4', cursor: first.next })).body;
    expect([...first.items, ...rest.items].map(({ text }: { text: string }) => text)).toEqual([
      'Checkout',
      ...[0, 1, 2, 3, 4].map((n) => `note ${n}`),
    ]);
    expect(rest.next).toBeNull();
    const entryId = rest.items[0].id as string;
    const pinned = await call('PATCH', '/{id}/timeline/{entryId}', { id, entryId }, { pinned: true });
    expect(pinned).toMatchObject({ status: 200, body: { id: entryId, text: 'note 3', pinned: true } });
    expect((await get(id)).body.timeline.filter(({ pinned: is }: { pinned: boolean }) => is)).toHaveLength(1);
  });

  test('a task that is completed is in the timeline', async () => {
    const { id } = await open();
    const { body: task } = await call('POST', '/{id}/tasks', { id }, { title: 'Watch', kind: 'action_item' });
    clock.advance(1_000);
    const done = await call('PATCH', '/{id}/tasks/{taskId}', { id, taskId: task.id }, { version: 1, done: true });
    expect(done.body).toMatchObject({ done: true, doneAt: '2026-11-21T03:00:01.000Z', version: 2 });
    expect((await get(id)).body.timeline.at(-1)).toMatchObject({ type: 'task_changed', field: 'done', to: 'true' });
  });

  test('a repeat of a change after a lost answer has the same answer', async () => {
    const { id } = await open();
    const wish = { version: 1, status: 'investigating', note: 'Mine.' };
    const [first, again] = [await patch(id, wish), await patch(id, wish)];
    expect(again).toMatchObject({ status: 200, body: first.body });
    expect((await get(id)).body.timeline).toHaveLength(3);
  });

  test('a change that changes nothing writes nothing', async () => {
    const { id } = await open();
    const { roundTrips, writeUnits } = await dynamo.cost(() => patch(id, { version: 1, severity: 'SEV2' }));
    expect([roundTrips, writeUnits]).toEqual([1, 0]);
  });
});

describe('201', () => {
  test('an incident that is opened, with its event in the same item', async () => {
    const { status, body } = await call('POST', '', {}, { title: 'Checkout', severity: 'SEV2' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ status: 'triggered', openedBy: { name: 'ana' }, ruleId: null, version: 1 });
    const items = await everything(dynamo.client, tableName);
    expect(items.map(({ event }) => (event as { type?: string } | undefined)?.type).filter(Boolean)).toEqual([
      'incident.opened',
    ]);
  });
});

describe('a private incident', () => {
  test('is visible to participants and to holders of incidents.private alone', async () => {
    const { id } = await open({ private: true, roles: { scribe: 'usr_ben' } });
    const cia = { id: 'usr_cia', name: 'cia', permissions: ['monitoring.*'] };
    expect((await get(id, ben)).status).toBe(200);
    expect((await get(id, admin)).status).toBe(200);
    expect([await list({}, ana), await list({}, cia)].map(({ body }) => body.items.length)).toEqual([1, 0]);
    const tries: [Method, string, Record<string, string>, object?][] = [
      ['GET', '/{id}', { id }],
      ['GET', '/{id}/timeline', { id }],
      ['PATCH', '/{id}', { id }, { version: 1, status: 'resolved' }],
      ['POST', '/{id}/notes', { id }, { text: 'Hm.' }],
      ['POST', '/{id}/tasks', { id }, { title: 'Hm.' }],
      ['PATCH', '/{id}/tasks/{taskId}', { id, taskId: 'tsk_01jd3v8m2k7q4xh2g8vq0p1m9d' }, { version: 1, done: true }],
      ['PATCH', '/{id}/timeline/{entryId}', { id, entryId: '01jd3v8m2k_00000001_000' }, { pinned: true }],
    ];
    for (const [method, below, params, body] of tries) {
      const refused = await call(method, below, params, body, cia);
      expect([method, below, refused.status, refused.body.code]).toEqual([method, below, 404, 'incident.not_found']);
    }
  });

  test('shows its title to no reader of the audit trail', async () => {
    const { id } = await open({ private: true, title: 'Somebody took the money' });
    await call('POST', '/{id}/notes', { id }, { text: 'It was ben.' });
    const events = (await everything(dynamo.client, tableName)).flatMap(({ event }) => (event ? [event] : []));
    expect(events).toHaveLength(2);
    expect(JSON.stringify(events)).not.toMatch(/money|ben/);
  });
});

describe('400', () => {
  test('a severity, a role or a field that there is not', async () => {
    const { body } = await call('POST', '', {}, { title: 'x', severity: 'SEV9', roles: { commander: 'ana' }, x: 1 });
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual([
      '/roles/commander',
      '/severity',
      '/x',
    ]);
  });
});

describe('403', () => {
  test('somebody who may read only', async () => {
    const reader = { ...ana, permissions: ['monitoring.read'] };
    expect((await call('POST', '', {}, { title: 'x', severity: 'SEV1' }, reader)).status).toBe(403);
  });
});

describe('400: an id that names no user', () => {
  test('gets no role, and each place that names it has a pointer', async () => {
    const roles = { commander: 'usr_nobody', scribe: 'usr_ben', responders: ['usr_ben', 'usr_nobody2'] };
    expect(await call('POST', '', {}, { title: 'Checkout', severity: 'SEV2', roles })).toMatchObject({
      status: 400,
      body: {
        code: 'user.unknown',
        errors: [{ pointer: '/roles/commander' }, { pointer: '/roles/responders/1' }],
      },
    });
    const { id } = await open();
    expect(await patch(id, { version: 1, roles: { communications: 'usr_nobody' } })).toMatchObject({
      status: 400,
      body: { code: 'user.unknown', errors: [{ pointer: '/roles/communications' }] },
    });
    expect((await get(id)).body).toMatchObject({ version: 1, roles: { communications: null } });
  });

  test('gets no task', async () => {
    const { id } = await open();
    const add = (assignee: string) => call('POST', '/{id}/tasks', { id }, { title: 'Look', assignee });
    expect(await add('usr_nobody')).toMatchObject({ status: 400, body: { errors: [{ pointer: '/assignee' }] } });
    const task = (await add('usr_ben')).body as { id: string };
    const change = { version: 1, assignee: 'usr_nobody' };
    expect(await call('PATCH', '/{id}/tasks/{taskId}', { id, taskId: task.id }, change)).toMatchObject({
      status: 400,
      body: { code: 'user.unknown' },
    });
  });

  test('of a former user with a role does not block other changes', async () => {
    const { id } = await open({ roles: { commander: 'usr_ben', responders: ['usr_ben'] } });
    strangers = new Set(['usr_ben']);
    const roles = { commander: 'usr_ben', responders: ['usr_ben'], scribe: null };
    expect((await patch(id, { version: 1, severity: 'SEV1', roles })).status).toBe(200);
  });
});

describe('404', () => {
  test('an incident, an entry or a task that does not exist', async () => {
    expect((await get('inc_nothing')).body.code).toBe('incident.not_found');
    const { id } = await open();
    const entry = await call('PATCH', '/{id}/timeline/{entryId}', { id, entryId: 'nothing' }, { pinned: true });
    expect(entry.body.code).toBe('entry.not_found');
    const task = await call(
      'PATCH',
      '/{id}/tasks/{taskId}',
      { id, taskId: 'tsk_01jd3v8m2k7q4xh2g8vq0p1m9d' },
      { version: 1, done: true },
    );
    expect(task.body.code).toBe('task.not_found');
  });
});

describe('409', () => {
  test('of two who change the same version at once one wins, and the other learns what happened', async () => {
    const { id } = await open();
    const answers = await Promise.all([
      patch(id, { version: 1, status: 'investigating' }),
      patch(id, { version: 1, status: 'identified' }, ben),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const [won, lost] = answers[0].status === 200 ? answers : [answers[1], answers[0]];
    expect(lost.body).toMatchObject({
      code: 'incident.changed',
      incident: { version: 2, status: won.body.status },
    });
    expect(lost.body.detail).toContain(
      `${won.body.changedBy.name} changed the status from triggered to ${won.body.status}`,
    );
    expect((await get(id)).body.timeline).toHaveLength(2);
  });

  test('a status that cannot follow, and every change of a closed incident', async () => {
    const { id } = await open();
    expect((await patch(id, { version: 1, status: 'closed' })).body.code).toBe('incident.status');
    await patch(id, { version: 1, status: 'resolved' });
    await patch(id, { version: 2, status: 'closed' });
    expect((await patch(id, { version: 3, severity: 'SEV1' })).body.code).toBe('incident.closed');
    expect((await call('POST', '/{id}/notes', { id }, { text: 'Learned something.' })).status).toBe(201);
  });

  test('of two who change a task at once one wins', async () => {
    const { id } = await open();
    const { body: task } = await call('POST', '/{id}/tasks', { id }, { title: 'Watch' });
    const answers = await Promise.all(
      [ana, ben].map((caller) =>
        call('PATCH', '/{id}/tasks/{taskId}', { id, taskId: task.id }, { version: 1, assignee: caller.id }, caller),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('task.changed');
  });
});

describe('what it costs', () => {
  test('to open and to change: a transaction over the incident and its entries; a note: one write', async () => {
    const { result, ...opening } = await dynamo.cost(() => open());
    expect(opening).toEqual({ roundTrips: 1, writeUnits: 5, readUnits: 0 });
    const change = await dynamo.cost(() => patch(result.id, { version: 1, status: 'identified' }));
    expect(change).toMatchObject({ roundTrips: 2, writeUnits: 4, readUnits: 1 });
    const note = await dynamo.cost(() => call('POST', '/{id}/notes', { id: result.id }, { text: 'Hm.' }));
    expect(note).toMatchObject({ roundTrips: 2, writeUnits: 1, readUnits: 1 });
  });
});
