import ICAL from 'ical.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { surface, type Deps } from '../../../functions/oncall/http.ts';
import { onCall } from '../../../functions/oncall/rota/on-call.ts';
import { tick } from '../../../functions/oncall/rota/tick.ts';
import type { ScheduleStore } from '../../../functions/oncall/rota/store.ts';
import type { Method } from '../../../shared/http/route.ts';
import { standingClock } from '../../support/alerts.ts';
import { everything, startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { invoke, type Invocation } from '../../support/invoke.ts';
import { namesIn, oncallIn } from '../../support/oncall.ts';
import { onlyRooms } from '../../support/rooms.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

const ana = { kind: 'user' as const, id: 'usr_ana', name: 'ana' };
const ben = { kind: 'user' as const, id: 'usr_ben', name: 'ben' };
let dynamo: TestDynamo;
let tableName: string;
let store: ScheduleStore;
let deps: ReturnType<Deps['rota']>;
/** Names of the policies that page something. */
let paging: Record<string, readonly string[]>;
let clock: ReturnType<typeof standingClock>;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  const made = await oncallIn(dynamo);
  ({ tableName, schedules: store } = made);
  // A Saturday; ana has the week.
  clock = standingClock('2026-11-21T03:00:00.000Z');
  paging = {};
  deps = { clock, store, ...namesIn(paging) };
});

const handler = surface(onlyRooms({ rota: () => deps }));
const call = (route: `${Method} /${string}`, over: Invocation = {}) => invoke(handler, route, { caller: ana, ...over });
const weekly = (over: object = {}) => ({
  name: 'First line',
  timeZone: 'Europe/Berlin',
  layers: [
    {
      name: 'Weeks',
      users: ['usr_ana', 'usr_ben'],
      rotation: { type: 'weekly' },
      handOff: '09:00',
      start: '2026-11-16',
      ...over,
    },
  ],
});
const make = async (body: object = weekly()): Promise<string> => {
  const made = await call('POST /api/oncall/schedules', { body });
  expect(made.status, made.text).toBe(201);
  return (made.body as { id: string }).id;
};
const override = (id: string, body: object) =>
  call('POST /api/oncall/schedules/{id}/overrides', {
    params: { id },
    body: { userId: 'usr_ben', kind: 'replace', from: '2026-11-21T17:00:00Z', to: '2026-11-22T08:00:00Z', ...body },
  });
const now = async (id: string) => (await call('GET /api/oncall/now', { query: { schedule: id } })).body.items[0];
const shifts = (id: string, query: Record<string, string> = {}) =>
  call('GET /api/oncall/schedules/{id}/shifts', { params: { id }, query });
const events = async (): Promise<{ type: string; detail?: object }[]> =>
  (await everything(dynamo.client, tableName)).flatMap(({ event }) => (event as { type: string }) ?? []);
const started = async () =>
  (await everything(dynamo.client, tableName))
    .filter(({ kind }) => kind === 'shift-started')
    .map(({ userId, at }) => [userId, at])
    .sort();
const ended = async () =>
  (await everything(dynamo.client, tableName))
    .filter(({ kind }) => kind === 'shift-ended')
    .map(({ userId, at, now: then }) => [userId, at, then])
    .sort();
const ticked = () => tick({ store, clock, remainingMs: () => 60_000 });

describe('200 and 201', () => {
  it('a schedule tells who is on call now, until when, and who then', async () => {
    const id = await make();
    expect(await now(id)).toEqual({
      scheduleId: id,
      name: 'First line',
      timeZone: 'Europe/Berlin',
      users: ['usr_ana'],
      until: '2026-11-23T08:00:00.000Z',
      next: ['usr_ben'],
    });
    await make({ ...weekly(), name: 'Second line' });
    const { items } = (await call('GET /api/oncall/now')).body as { items: { name: string; users: string[] }[] };
    expect(items.map(({ name, users }) => [name, users]).sort()).toEqual([
      ['First line', ['usr_ana']],
      ['Second line', ['usr_ana']],
    ]);
  });

  it('its shifts come with gaps and with who bears how much', async () => {
    const id = await make(weekly({ restrictions: [{ type: 'daily', from: '09:00', to: '08:00' }] }));
    expect(await shifts(id, { from: '2026-11-21T08:00:00Z', to: '2026-11-23T08:00:00Z' })).toMatchObject({
      status: 200,
      body: {
        timeZone: 'Europe/Berlin',
        shifts: [
          { from: '2026-11-21T08:00:00.000Z', to: '2026-11-22T07:00:00.000Z', users: ['usr_ana'] },
          { from: '2026-11-22T08:00:00.000Z', to: '2026-11-23T07:00:00.000Z', users: ['usr_ana'] },
        ],
        gaps: [
          { from: '2026-11-22T07:00:00.000Z', to: '2026-11-22T08:00:00.000Z' },
          { from: '2026-11-23T07:00:00.000Z', to: '2026-11-23T08:00:00.000Z' },
        ],
        fairness: 1,
        load: [{ userId: 'usr_ana', shifts: 2, hours: 46, nights: 2, nightHours: 16, weekendHours: 38, share: 1 }],
      },
    });
  });

  it('overrides are listed in the order in which they apply: of two at once the one made later, though it ends first', async () => {
    const id = await make();
    await override(id, { kind: 'replace' });
    await override(id, { kind: 'remove', to: '2026-11-21T18:00:00Z' });
    const listed = await call('GET /api/oncall/schedules/{id}/overrides', { params: { id } });
    expect(listed.body.items).toMatchObject([{ kind: 'replace' }, { kind: 'remove' }]);
  });

  it('overrides add, replace and remove, hold at once, survive a change of the schedule, and can be taken back', async () => {
    const id = await make();
    const over = { from: '2026-11-21T02:00:00Z' };
    const added = await override(id, { ...over, kind: 'add' });
    expect(added).toMatchObject({
      status: 201,
      body: { kind: 'add', from: '2026-11-21T02:00:00.000Z', createdBy: ana },
    });
    expect((await now(id)).users).toEqual(['usr_ana', 'usr_ben']);
    await override(id, { ...over, kind: 'replace', userId: 'usr_cai', insteadOf: 'usr_ana' });
    expect((await now(id)).users).toEqual(['usr_cai', 'usr_ben']);
    await override(id, { ...over, kind: 'remove', userId: 'usr_ben' });
    expect((await now(id)).users).toEqual(['usr_cai']);
    const replaced = await call('PUT /api/oncall/schedules/{id}', {
      params: { id },
      body: { ...weekly({ users: ['usr_ana', 'usr_dan'] }), name: 'Renamed', version: 1 },
    });
    expect(replaced).toMatchObject({ status: 200, body: { version: 2 } });
    expect(await now(id)).toMatchObject({ name: 'Renamed', users: ['usr_cai'], next: ['usr_ana'] });
    const listed = await call('GET /api/oncall/schedules/{id}/overrides', { params: { id } });
    expect(listed.body.items).toHaveLength(3);
    const gone = await call('DELETE /api/oncall/schedules/{id}/overrides/{override}', {
      params: { id, override: added.body.id },
    });
    expect(gone.status).toBe(204);
    expect((await now(id)).users).toEqual(['usr_cai']);
    expect((await call('GET /api/oncall/schedules/{id}/overrides', { params: { id } })).body.items).toHaveLength(2);
    expect((await events()).map(({ type }) => type).sort()).toEqual([
      'override.added',
      'override.added',
      'override.removed',
      'schedule.changed',
    ]);
  });

  it('a preview tells who would be paged over two weeks before and after a change, and changes nothing', async () => {
    const id = await make();
    const before = await everything(dynamo.client, tableName);
    const { status, body } = await call('POST /api/oncall/schedules/{id}/preview', {
      params: { id },
      body: {
        layers: weekly({ users: ['usr_ana', 'usr_cai'] }).layers,
        overrides: [{ kind: 'add', userId: 'usr_dan', from: '2026-11-22T00:00:00Z', to: '2026-11-22T01:00:00Z' }],
      },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ from: '2026-11-21T03:00:00.000Z', to: '2026-12-05T03:00:00.000Z' });
    expect(body.changes).toEqual([
      {
        from: '2026-11-22T00:00:00.000Z',
        to: '2026-11-22T01:00:00.000Z',
        before: ['usr_ana'],
        after: ['usr_ana', 'usr_dan'],
      },
      {
        from: '2026-11-23T08:00:00.000Z',
        to: '2026-11-30T08:00:00.000Z',
        before: ['usr_ben'],
        after: ['usr_cai'],
      },
    ]);
    const bearers = body.before.load.map(({ userId, hours }: { userId: string; hours: number }) => [userId, hours]);
    expect(bearers.sort()).toEqual([
      ['usr_ana', 168],
      ['usr_ben', 168],
    ]);
    expect(body.after.shifts.at(-1).users).toEqual(['usr_ana']);
    expect(await everything(dynamo.client, tableName)).toEqual(before);
    const same = await call('POST /api/oncall/schedules/{id}/preview', { params: { id }, body: {} });
    expect(same.body.changes).toEqual([]);
  });

  it('a schedule that is deleted tells nobody', async () => {
    const id = await make();
    expect((await call('DELETE /api/oncall/schedules/{id}', { params: { id } })).status).toBe(204);
    expect((await call('GET /api/oncall/now')).body.items).toEqual([]);
    expect((await call('GET /api/oncall/schedules')).body.items).toEqual([]);
    expect((await events()).map(({ type }) => type)).toEqual(['schedule.deleted']);
  });
});

describe('a calendar link', () => {
  const make2 = async (body?: object) => {
    const id = await make();
    const link = await call('POST /api/oncall/schedules/{id}/ical', { params: { id }, ...(body && { body }) });
    expect(link.status).toBe(201);
    return { id, key: link.body.key as string, feed: link.body.id as string };
  };
  const called = (id: string): string => `Dr. ${id.slice(4)}, ${id}`;
  const read = (id: string, key: string) =>
    invoke(handler, 'GET /api/oncall/schedules/{id}/ical/{key}', { params: { id, key } });

  it('opens without a login a calendar that a calendar program reads, with the shifts as they come out and people by name', async () => {
    const { id, key } = await make2();
    await override(id, { note: 'a, b; c\nd' });
    const { status, headers, text } = await read(id, key);
    expect([status, headers['content-type']]).toEqual([200, 'text/calendar; charset=utf-8']);
    const read1 = new ICAL.Component(ICAL.parse(text) as unknown[]);
    const shown = read1
      .getAllSubcomponents('vevent')
      .map((each) => new ICAL.Event(each))
      .map((event) => ({
        from: event.startDate.toJSDate().toISOString(),
        to: event.endDate.toJSDate().toISOString(),
        users: (/\((.*)\)$/.exec(event.summary) ?? [])[1],
      }));
    const { body } = await shifts(id, { from: '2026-11-16T08:00:00Z', to: '2027-02-15T00:00:00Z' });
    const wanted = body.shifts.map((shift: { users: string[] }) => ({
      ...shift,
      users: shift.users.map(called).join(', '),
    }));
    expect(shown.length).toBeGreaterThan(10);
    expect(shown.slice(0, 10)).toEqual(wanted.slice(0, 10));
    const uids = read1.getAllSubcomponents('vevent').map((each) => each.getFirstPropertyValue('uid'));
    expect(new Set(uids).size).toBe(uids.length);
    expect((await read(id, key)).text).toBe(text);
  });

  it('has the name of its schedule in it, whatever that is, and nothing else that the name says', async () => {
    const name = 'First, line;\r\nBEGIN:VEVENT\nSUMMARY:not ours\\';
    const { body } = await call('POST /api/oncall/schedules', { body: { ...weekly(), name } });
    const link = await call('POST /api/oncall/schedules/{id}/ical', { params: { id: body.id } });
    const { text } = await read(body.id, link.body.key);
    const calendar = new ICAL.Component(ICAL.parse(text) as unknown[]);
    // As a TEXT of RFC 5545 is escaped; ical.js leaves properties as they are whose type it does not know.
    expect(calendar.getFirstPropertyValue('x-wr-calname')).toBe(
      String.raw`On call: First\, line\; BEGIN:VEVENT SUMMARY:not ours\\`,
    );
    expect(text).not.toMatch(/^SUMMARY:not ours/m);
  });

  it('of one person shows that one’s shifts only', async () => {
    const { id, key } = await make2({ userId: 'usr_ben' });
    const { text } = await read(id, key);
    const summaries = text.match(/SUMMARY:.*/g) ?? [];
    expect(summaries.length).toBeGreaterThan(3);
    expect(summaries.filter((summary) => !summary.includes('usr_ben'))).toEqual([]);
  });

  it('is kept as a hash, told once, and opens nothing when its secret is wrong, it was ended or the schedule is gone', async () => {
    const { id, key, feed } = await make2();
    const secret = key.split('.')[1] ?? '';
    expect(JSON.stringify(await everything(dynamo.client, tableName))).not.toContain(secret);
    const listed = await call('GET /api/oncall/schedules/{id}/ical', { params: { id } });
    expect(listed.body.items).toMatchObject([{ id: feed, userId: null, createdBy: ana }]);
    expect(listed.text).not.toContain(secret);
    for (const wrong of [feed, `${feed}.`, `${feed}.${secret.slice(1)}`, `${key}x`, 'x', '.', 'x'.repeat(500)]) {
      const refused = await read(id, wrong);
      expect([refused.status, refused.body.code]).toEqual([404, 'feed.not_found']);
      expect(refused.text).not.toContain(secret.slice(1));
    }
    const other = await make();
    expect((await read(other, key)).status).toBe(404);
    const end = () => call('DELETE /api/oncall/schedules/{id}/ical/{key}', { params: { id, key: feed } });
    expect((await end()).status).toBe(204);
    expect((await end()).status).toBe(404);
    expect((await read(id, key)).status).toBe(404);
    const again = await make2();
    await call('DELETE /api/oncall/schedules/{id}', { params: { id: again.id } });
    expect((await read(again.id, again.key)).status).toBe(404);
  });
});

describe('a calendar that is asked for again', () => {
  const as = (headers: readonly Record<string, string>[]) => headers;
  const opened = async () => {
    const id = await make();
    const link = await call('POST /api/oncall/schedules/{id}/ical', { params: { id } });
    const { key } = link.body as { key: string };
    const ask = (headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
      invoke(handler, `${method} /api/oncall/schedules/{id}/ical/{key}`, { params: { id, key }, headers });
    return { id, ask };
  };

  it('is answered 304 where the client has it, by its tag or by its date', async () => {
    const { ask } = await opened();
    const first = await ask();
    const { etag = '', 'last-modified': modified = '' } = first.headers;
    expect(first).toMatchObject({ status: 200, headers: { 'cache-control': 'private, no-cache' } });
    expect([etag, modified]).toEqual([expect.stringMatching(/^"[0-9a-f]{32}"$/), 'Sat, 21 Nov 2026 03:00:00 GMT']);
    clock.advance(3_600_000);
    for (const headers of as([
      { 'if-none-match': etag },
      { 'if-none-match': `"other", W/${etag}` },
      { 'if-none-match': '*' },
      { 'if-modified-since': modified },
      { 'if-none-match': etag, 'if-modified-since': 'Sat, 01 Jan 2000 00:00:00 GMT' },
    ])) {
      expect(await ask(headers), JSON.stringify(headers)).toMatchObject({ status: 304, text: '', headers: { etag } });
    }
    for (const headers of as([
      { 'if-none-match': '"other"', 'if-modified-since': modified },
      { 'if-modified-since': 'Sat, 21 Nov 2026 02:59:59 GMT' },
      { 'if-modified-since': 'yesterday' },
    ])) {
      expect((await ask(headers)).status, JSON.stringify(headers)).toBe(200);
    }
  });

  it('is answered whole once it has changed, also within the same second, and by HEAD without it', async () => {
    const { id, ask } = await opened();
    const first = await ask();
    await override(id, { userId: 'usr_cai', from: '2026-11-21T05:00:00Z', to: '2026-11-21T06:00:00Z' });
    for (const headers of as([
      { 'if-none-match': first.headers['etag'] ?? '' },
      { 'if-modified-since': first.headers['last-modified'] ?? '' },
    ])) {
      const again = await ask(headers);
      expect(again.status).toBe(200);
      expect(again.text).toContain('usr_cai');
    }
    const [head, whole] = [await ask({}, 'HEAD'), await ask()];
    expect(head).toMatchObject({ status: 200, text: '', headers: { etag: whole.headers['etag'] } });
    expect((await ask({ 'if-none-match': whole.headers['etag'] ?? '' }, 'HEAD')).status).toBe(304);
  });
});

describe('a swap', () => {
  const give = { from: '2026-11-21T17:00:00Z', to: '2026-11-22T08:00:00Z' };
  const take = { from: '2026-11-24T17:00:00Z', to: '2026-11-25T08:00:00Z' };
  const ask = (scheduleId: string, over: object = {}) =>
    call('POST /api/oncall/swaps', { body: { scheduleId, toUserId: 'usr_ben', give, ...over } });
  const answer = (id: string, how: 'accept' | 'decline' | 'cancel', caller = ben) =>
    call(`POST /api/oncall/swaps/{id}/${how}`, { params: { id }, caller });
  const usersAt = async (id: string, from: string) =>
    (await shifts(id, { from, to: new Date(Date.parse(from) + 1000).toISOString() })).body.shifts[0]?.users;

  it('that is accepted puts each in the other’s place, and nothing before', async () => {
    const id = await make();
    const swap = await ask(id, { take });
    expect(swap).toMatchObject({
      status: 201,
      body: { status: 'requested', fromUserId: 'usr_ana', toUserId: 'usr_ben' },
    });
    expect(await usersAt(id, give.from)).toEqual(['usr_ana']);
    const [told] = (await everything(dynamo.client, tableName)).filter(({ kind }) => kind === 'swap-changed');
    expect(told).toMatchObject({
      status: 'requested',
      scheduleName: 'First line',
      fromName: 'ana',
      toUserId: 'usr_ben',
    });
    expect(await answer(swap.body.id, 'accept')).toMatchObject({ status: 200, body: { status: 'accepted' } });
    expect(await usersAt(id, give.from)).toEqual(['usr_ben']);
    expect(await usersAt(id, take.from)).toEqual(['usr_ana']);
    expect(await usersAt(id, give.to)).toEqual(['usr_ana']);
    expect((await call('GET /api/oncall/swaps')).body.items).toMatchObject([{ status: 'accepted' }]);
  });

  it('is answered once: of accepting, declining and cancelling at the same moment one wins', async () => {
    const id = await make();
    const { body } = await ask(id);
    const answers = await Promise.all([
      answer(body.id, 'accept'),
      answer(body.id, 'decline'),
      answer(body.id, 'cancel', ana),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('swap.answered');
    const won = answers.find(({ status }) => status === 200)?.body.status;
    expect(await usersAt(id, give.from)).toEqual([won === 'accepted' ? 'usr_ben' : 'usr_ana']);
  });

  it('is answered by the one who is asked, and taken back by the one who asked: 403 for all others', async () => {
    const { body } = await ask(await make());
    expect(await answer(body.id, 'accept', ana)).toMatchObject({ status: 403, body: { code: 'swap.not_yours' } });
    expect(await answer(body.id, 'decline', ana)).toMatchObject({ status: 403 });
    expect(await answer(body.id, 'cancel', ben)).toMatchObject({ status: 403 });
    expect(await answer(body.id, 'cancel', ana)).toMatchObject({ status: 200, body: { status: 'cancelled' } });
    const machine = { kind: 'machine' as const, id: 'key_1', name: 'm' };
    const asked = await call('POST /api/oncall/swaps', {
      caller: machine,
      body: { scheduleId: 'sch_x', toUserId: 'usr_ben', give },
    });
    expect(asked).toMatchObject({ status: 403, body: { code: 'swap.person_only' } });
  });

  it('of what one does not have is refused when it is asked, and again when it is accepted: 409', async () => {
    const id = await make();
    expect(await ask(id, { give: take })).toMatchObject({ status: 409, body: { code: 'swap.not_on_duty' } });
    expect(await ask(id, { take: give })).toMatchObject({ status: 409, body: { code: 'swap.not_on_duty' } });
    const past = { from: '2026-11-20T00:00:00Z', to: '2026-11-20T01:00:00Z' };
    expect(await ask(id, { give: past })).toMatchObject({ status: 409, body: { code: 'swap.over' } });
    expect(await ask(id, { toUserId: 'usr_ana' })).toMatchObject({ status: 400 });
    expect(await ask('sch_none')).toMatchObject({ status: 404 });
    const { body } = await ask(id);
    await override(id, { userId: 'usr_cai', kind: 'replace' });
    expect(await answer(body.id, 'accept')).toMatchObject({ status: 409, body: { code: 'swap.not_on_duty' } });
    expect(await answer('swp_none', 'accept')).toMatchObject({ status: 404 });
  });
});

describe('400', () => {
  it.each([
    ['an override that is over', { from: '2026-11-20T00:00:00Z', to: '2026-11-21T02:59:59Z' }, '/to'],
    ['an override that ends before it begins', { from: '2026-11-23T00:00:00Z', to: '2026-11-22T00:00:00Z' }, '/to'],
    ['an override of two years', { to: '2028-11-22T00:00:00Z' }, '/to'],
    ['an override of half a second', { from: '2026-11-21T17:00:00.500Z' }, '/from'],
    ['somebody relieved by an addition', { kind: 'add', insteadOf: 'usr_ana' }, '/insteadOf'],
  ])('%s', async (_what, body, pointer) => {
    expect(await override(await make(), body)).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
  });

  it('a span of a year, or one that goes backwards', async () => {
    const id = await make();
    expect(await shifts(id, { from: '2026-01-01T00:00:00Z', to: '2027-01-01T00:00:00Z' })).toMatchObject({
      status: 400,
    });
    expect(await shifts(id, { to: '2026-01-01T00:00:00Z' })).toMatchObject({ status: 400 });
  });

  it('a zone that nobody knows', async () => {
    const answer = await call('POST /api/oncall/schedules', { body: { ...weekly(), timeZone: 'Europe/Nowhere' } });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: '/timeZone' }] } });
  });

  it('people who are no users: each is pointed at', async () => {
    const strangers = weekly({ users: ['usr_ana', 'usr_unknown', 'usr_ben', 'usr_unknown'] });
    const answer = await call('POST /api/oncall/schedules', { body: strangers });
    expect(answer).toMatchObject({
      status: 400,
      body: {
        code: 'user.unknown',
        errors: [
          { pointer: '/layers/0/users/1', detail: 'names no user: usr_unknown' },
          { pointer: '/layers/0/users/3', detail: 'names no user: usr_unknown' },
        ],
      },
    });
    const id = await make();
    const put = await call('PUT /api/oncall/schedules/{id}', { params: { id }, body: { ...strangers, version: 1 } });
    expect(put).toMatchObject({ status: 400, body: { code: 'user.unknown' } });
    expect(await override(id, { userId: 'usr_unknown' })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/userId' }] },
    });
    expect((await override(id, { userId: 'usr_unknown', kind: 'remove' })).status).toBe(201);
    const give = { from: '2026-11-21T17:00:00Z', to: '2026-11-22T08:00:00Z' };
    const swap = await call('POST /api/oncall/swaps', { body: { scheduleId: id, toUserId: 'usr_unknown', give } });
    expect(swap).toMatchObject({ status: 400, body: { errors: [{ pointer: '/toUserId' }] } });
  });

  it('an override that relieves somebody who is no user and whom the schedule does not name', async () => {
    const id = await make();
    const span = { from: '2026-11-21T03:00:00Z', to: '2026-11-22T03:00:00Z' };
    const relieve = (insteadOf: string) => override(id, { ...span, kind: 'replace', userId: 'usr_cai', insteadOf });
    expect(await relieve('usr_unknown')).toMatchObject({
      status: 400,
      body: { code: 'user.unknown', errors: [{ pointer: '/insteadOf' }] },
    });
    expect((await relieve('usr_dan')).status).toBe(201);
    // Those who have left since are relieved wherever the schedule names them.
    Object.assign(deps, { isUser: (user: string) => Promise.resolve(user === 'usr_cai') });
    expect((await relieve('usr_ana')).status).toBe(201);
  });

  it('a calendar link of somebody who is no user', async () => {
    const id = await make();
    const link = await call('POST /api/oncall/schedules/{id}/ical', {
      params: { id },
      body: { userId: 'usr_unknown' },
    });
    expect(link).toMatchObject({ status: 400, body: { code: 'user.unknown', errors: [{ pointer: '/userId' }] } });
  });

  it('a swap with somebody who may not answer it', async () => {
    const id = await make();
    const give = { from: '2026-11-21T03:00:00Z', to: '2026-11-22T03:00:00Z' };
    const swap = await call('POST /api/oncall/swaps', { body: { scheduleId: id, toUserId: 'usr_viewer', give } });
    expect(swap).toMatchObject({
      status: 400,
      body: { code: 'swap.cannot_accept', errors: [{ pointer: '/toUserId' }] },
    });
    expect((await call('GET /api/oncall/swaps')).body.items).toEqual([]);
  });
});

describe('404', () => {
  it.each([
    'GET /api/oncall/schedules/{id}',
    'DELETE /api/oncall/schedules/{id}',
    'GET /api/oncall/schedules/{id}/overrides',
    'GET /api/oncall/schedules/{id}/shifts',
    'GET /api/oncall/schedules/{id}/ical',
    'POST /api/oncall/schedules/{id}/ical',
  ] as const)('%s of one that does not exist, or cannot', async (route) => {
    for (const id of ['none', 'x'.repeat(500), '../..']) {
      expect(await call(route, { params: { id } })).toMatchObject({
        status: 404,
        body: { code: 'schedule.not_found' },
      });
    }
    expect((await call(route, { params: { id: 'x'.repeat(3000) } })).status).toBe(404);
  });
  it('changes of one that does not exist, and an override that does not', async () => {
    const params = { id: 'none' };
    expect((await override('none', {})).status).toBe(404);
    expect((await call('POST /api/oncall/schedules/{id}/preview', { params, body: {} })).status).toBe(404);
    const put = await call('PUT /api/oncall/schedules/{id}', { params, body: { ...weekly(), version: 1 } });
    expect(put.status).toBe(404);
    expect((await call('GET /api/oncall/now', { query: { schedule: 'none' } })).status).toBe(404);
    const id = await make();
    const gone = await call('DELETE /api/oncall/schedules/{id}/overrides/{override}', {
      params: { id, override: 'x' },
    });
    expect(gone).toMatchObject({ status: 404, body: { code: 'override.not_found' } });
  });
});

describe('409', () => {
  it('a schedule that policies page is not deleted, and they are named', async () => {
    const id = await make();
    paging[id] = ['Everybody'];
    expect(await call('DELETE /api/oncall/schedules/{id}', { params: { id } })).toMatchObject({
      status: 409,
      body: { code: 'schedule.in_use', neededBy: ['Everybody'] },
    });
    expect(await now(id)).toBeDefined();
  });

  it('of two who follow the same version one wins, and the shifts are the winner’s', async () => {
    const id = await make();
    const put = (user: string) =>
      call('PUT /api/oncall/schedules/{id}', { params: { id }, body: { ...weekly({ users: [user] }), version: 1 } });
    const answers = await Promise.all(['usr_x', 'usr_y', 'usr_z'].map(put));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    const winner = answers.find(({ status }) => status === 200)?.body.layers[0].users;
    expect((await now(id)).users).toEqual(winner);
  });
});

describe('changes at the same moment', () => {
  it('are all in the shifts that are kept', async () => {
    const id = await make();
    const answers = await Promise.all(
      ['usr_p', 'usr_q', 'usr_r'].map((userId) => override(id, { kind: 'add', userId, from: '2026-11-21T02:00:00Z' })),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect([...(await now(id)).users].sort()).toEqual(['usr_ana', 'usr_p', 'usr_q', 'usr_r']);
  });
});

describe('the users on call', () => {
  const crowd = Array.from({ length: 50 }, (_, i) => `usr_01jd3v8m2k7q4xh2g8vq0p${String(i).padStart(4, '0')}`);

  it('is one read of half a unit, however many take turns and however often', async () => {
    const restrictions = [{ type: 'daily', from: '00:30', to: '23:15' }];
    const id = await make({
      ...weekly({ users: crowd, rotation: { type: 'custom', unit: 'hours', every: 1 }, restrictions }),
      name: 'ü'.repeat(128),
    });
    const cost = await dynamo.cost(() => onCall(store, id, clock.now()));
    expect(cost).toMatchObject({
      roundTrips: 1,
      readUnits: 0.5,
      writeUnits: 0,
      result: { users: [expect.any(String)] },
    });
    expect(await dynamo.cost(() => now(id))).toMatchObject({ roundTrips: 1, readUnits: 0.5, writeUnits: 0 });
  });

  it('changes at the price of the shifts to come: an override, a hand-off', async () => {
    const id = await make();
    const overridden = await dynamo.cost(() => override(id, {}));
    expect(overridden).toMatchObject({ roundTrips: 4, readUnits: 3, writeUnits: 4, result: { status: 201 } });
    await ticked();
    clock.set(new Date('2026-11-23T08:00:20Z'));
    const handedOff = await dynamo.cost(ticked);
    expect(handedOff).toMatchObject({ roundTrips: 5, readUnits: 3.5, writeUnits: 8, result: { started: 1 } });
  });

  it('is answered rightly from the stored shifts, at any time, and beyond them', async () => {
    const id = await make(weekly({ users: crowd, rotation: { type: 'custom', unit: 'hours', every: 1 } }));
    const kept = await store.duty(id);
    expect(kept && kept.to - kept.from).toBeGreaterThan(3 * 86_400_000);
    for (const hours of [0, 0.5, 1, 100, 24 * 20, 24 * 300]) {
      const at = new Date(clock.now().getTime() + hours * 3_600_000);
      const { body } = await shifts(id, { from: at.toISOString(), to: new Date(at.getTime() + 1000).toISOString() });
      expect((await onCall(store, id, at))?.users).toEqual(body.shifts[0].users);
    }
    expect(await onCall(store, 'sch_none', clock.now())).toBeUndefined();
  });
});

describe('the minute tick', () => {
  it('tells once whose time begins, and nobody whose time goes on', async () => {
    const id = await make();
    expect(await ticked()).toEqual({ looked: 1, started: 1, failed: 0 });
    expect(await ticked()).toEqual({ looked: 0, started: 0, failed: 0 });
    clock.set(new Date('2026-11-23T07:59:59Z'));
    expect(await ticked()).toMatchObject({ started: 0 });
    clock.set(new Date('2026-11-23T08:00:20Z'));
    await Promise.all([ticked(), ticked(), ticked()]);
    expect(await started()).toEqual([
      ['usr_ana', '2026-11-21T03:00:00.000Z'],
      ['usr_ben', '2026-11-23T08:00:20.000Z'],
    ]);
    const [told] = (await everything(dynamo.client, tableName)).filter(({ userId }) => userId === 'usr_ben');
    expect(told).toMatchObject({ scheduleId: id, scheduleName: 'First line', until: '2026-11-30T08:00:00.000Z' });
  });

  it('tells once whose time is over, with who is on call then, and nobody who was not told that it began', async () => {
    const id = await make();
    await ticked();
    clock.set(new Date('2026-11-23T08:00:20Z'));
    await Promise.all([ticked(), ticked()]);
    const over = { kind: 'remove', userId: 'usr_ben', from: '2026-11-24T00:00:00Z', to: '2026-11-25T00:00:00Z' };
    expect((await override(id, over)).status).toBe(201);
    clock.set(new Date('2026-11-24T00:00:20Z'));
    await ticked();
    expect(await ended()).toEqual([
      ['usr_ana', '2026-11-23T08:00:20.000Z', ['usr_ben']],
      ['usr_ben', '2026-11-24T00:00:20.000Z', []],
    ]);
  });

  it('that did not run for weeks tells whose time it is, and not whose time has passed', async () => {
    await make();
    await ticked();
    clock.set(new Date('2026-12-10T12:00:00Z'));
    await ticked();
    expect((await started()).at(-1)).toEqual(['usr_ben', '2026-12-10T12:00:00.000Z']);
    expect(await started()).toHaveLength(2);
  });

  it('tells whom an override calls at once, also in the middle of a shift', async () => {
    const id = await make();
    await ticked();
    clock.advance(60_000);
    await override(id, { kind: 'add', from: '2026-11-21T03:00:00Z' });
    await ticked();
    expect(await started()).toEqual([
      ['usr_ana', '2026-11-21T03:00:00.000Z'],
      ['usr_ben', '2026-11-21T03:01:00.000Z'],
    ]);
  });

  it('computes shifts before they run out, so that the question who is on call stays one read', async () => {
    const id = await make(weekly({ rotation: { type: 'custom', unit: 'days', every: 40 } }));
    await ticked();
    for (let day = 0; day < 200; day++) {
      clock.advance(86_400_000);
      await ticked();
      const cost = await dynamo.cost(() => onCall(store, id, clock.now()));
      expect(cost).toMatchObject({ roundTrips: 1, readUnits: 0.5 });
    }
  });

  it('dies after any call to the table, and the next one does what is left, once', async () => {
    for (let calls = 1; calls <= 5; calls++) {
      const { schedules, tableName: name } = await oncallIn(dynamo);
      deps = { clock, store: schedules, ...namesIn() };
      await make();
      let left = calls;
      const dying = Object.fromEntries(
        Object.entries(schedules).map(([of, work]) => [
          of,
          async (...given: never[]) => {
            const done = await (work as (...given: never[]) => Promise<unknown>)(...given);
            if (--left === 0) throw new Error('killed');
            return done;
          },
        ]),
      ) as unknown as ScheduleStore;
      await tick({ store: dying, clock, remainingMs: () => 60_000 }).catch(() => undefined);
      await tick({ store: schedules, clock, remainingMs: () => 60_000 });
      const told = (await everything(dynamo.client, name)).filter(({ kind }) => kind === 'shift-started');
      expect(told.map(({ userId }) => userId)).toEqual(['usr_ana']);
    }
  });
});
