import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { eventNameIn } from '../../../functions/alerts/event-names.ts';
import { ringAfterSilences } from '../../../functions/alerts/silences/ring-after.ts';
import { surface, type Deps } from '../../../functions/alerts/http.ts';
import type { AlertStore } from '../../../functions/alerts/store.ts';
import type { Method } from '../../../shared/http/route.ts';
import { alertsDeps, alertsIn, anEvent, machine, standingClock } from '../../support/alerts.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { invoke, type Invocation } from '../../support/invoke.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

let dynamo: TestDynamo;
let store: AlertStore;
let deps: Deps;
const handler = surface(() => deps);
const clock = standingClock();
beforeAll(async () => {
  dynamo = await startDynamo();
  const made = await alertsIn(dynamo);
  store = made.store;
  deps = alertsDeps(dynamo.client, made.tableName, clock);
});
afterAll(() => dynamo.stop());

const PATH = '/api/monitoring/silences';
const call = (route: `${Method} /${string}`, request: Invocation = {}) =>
  invoke(handler, route, { caller: { kind: 'user', id: 'usr_anna', name: 'anna' }, ...request });
const inMinutes = (minutes: number): string => new Date(clock.now().getTime() + minutes * 60_000).toISOString();
const matcher = (name: string, value: string, isRegex = false) => ({ name, value, isRegex, isEqual: true });
const create = (body: object) => call(`POST ${PATH}`, { body });
const created = async (over: object = {}) => {
  const { status, body } = await create({
    matchers: [matcher('node', crypto.randomUUID())],
    ...(!('endsAt' in over) && { durationSeconds: 3_600 }),
    comment: 'Moving house.',
    ...over,
  });
  expect(status, JSON.stringify(body)).toBe(201);
  return body as { id: string; version: number; state: string; endsAt: string };
};
const of = (method: 'GET' | 'PATCH' | 'DELETE', id: string, body?: object) =>
  call(`${method} ${PATH}/{id}`, { params: { id }, ...(body && { body }) });
let events = 0;
const raise = async (labels: Record<string, string>) =>
  (await store.raise(anEvent({ labels }), machine, clock.now(), eventNameIn(`own${++events}.1`))).alert;

describe('200 and 201', () => {
  it('a silence is made by duration in the name of the caller, and Alertmanager’s API shows the same', async () => {
    const { id, ...silence } = await created();
    expect(silence).toMatchObject({ state: 'active', createdBy: 'anna', endsAt: inMinutes(60), version: 1 });
    const same = await call('GET /api/v2/silence/{id}', { params: { id } });
    expect(same.body).toMatchObject({ id, endsAt: inMinutes(60), comment: 'Moving house.' });
    expect((await of('GET', id)).body).toEqual({ id, ...silence });
  });

  it('one that amtool makes is listed, changed and ended here', async () => {
    const body = {
      matchers: [matcher('node', crypto.randomUUID())],
      startsAt: inMinutes(0),
      endsAt: inMinutes(30),
      createdBy: 'amtool',
      comment: '',
    };
    const { silenceID: id } = (await call('POST /api/v2/silences', { body })).body as { silenceID: string };
    expect((await of('GET', id)).body).toMatchObject({ createdBy: 'amtool', state: 'active' });
    const longer = await of('PATCH', id, { version: 1, endsAt: inMinutes(90), comment: 'Takes longer.' });
    expect(longer).toMatchObject({
      status: 200,
      body: { endsAt: inMinutes(90), comment: 'Takes longer.', version: 2 },
    });
    clock.advance(1_000);
    expect((await of('DELETE', id)).body).toMatchObject({ id, state: 'expired' });
    expect((await of('DELETE', id)).status).toBe(200);
  });

  it('other matchers make another silence and end the former: only what no silence mutes any more rings, once', async () => {
    const [site, rack] = [crypto.randomUUID(), crypto.randomUUID()];
    const { id, endsAt } = await created({ matchers: [matcher('site', site)] });
    const both = await raise({ site, rack });
    const former = await raise({ site });
    clock.advance(1_000);
    const changed = await of('PATCH', id, {
      version: 1,
      matchers: [matcher('rack', rack)],
      comment: 'The rack alone.',
    });
    expect(changed).toMatchObject({
      status: 200,
      body: { state: 'active', matchers: [matcher('rack', rack)], comment: 'The rack alone.', endsAt, version: 1 },
    });
    expect(changed.body.id).not.toBe(id);
    expect((await of('GET', id)).body).toMatchObject({ state: 'expired' });
    clock.advance(10_000);
    const ring = () => ringAfterSilences({ store, silences: deps.silences, clock, remainingMs: () => 60_000 });
    expect([await ring(), await ring()]).toEqual([1, 0]);
    const typeOf = async (alert: string) => (await store.byId(alert))?.transition.type;
    expect([await typeOf(former.id), await typeOf(both.id)]).toEqual(['silence_ended', 'opened']);
  });

  it('the same matchers leave it the same silence, and one to come begins when it was to begin', async () => {
    const node = crypto.randomUUID();
    const { id } = await created({ matchers: [matcher('node', node)] });
    const same = await of('PATCH', id, { version: 1, matchers: [matcher('node', node)], endsAt: inMinutes(90) });
    expect(same.body).toMatchObject({ id, version: 2, endsAt: inMinutes(90) });
    const later = await created({ startsAt: inMinutes(10), endsAt: inMinutes(20) });
    const { body } = await of('PATCH', later.id, { version: 1, matchers: [matcher('node', `${node}-2`)] });
    expect(body).toMatchObject({ state: 'pending', startsAt: inMinutes(10), endsAt: inMinutes(20) });
    await of('DELETE', body.id);
  });

  it('active ones come first, by their end, then pending ones, then those that ended, page by page', async () => {
    const later = await created({ startsAt: inMinutes(10), endsAt: inMinutes(20) });
    const long = await created({ durationSeconds: 7_200 });
    const short = await created({ durationSeconds: 600 });
    const over = await created();
    clock.advance(1_000);
    await of('DELETE', over.id);
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const { body } = await call(`GET ${PATH}`, { query: { limit: '2', ...(cursor && { cursor }) } });
      ids.push(...body.items.map(({ id }: { id: string }) => id));
      cursor = body.next ?? undefined;
    } while (cursor);
    expect(new Set(ids).size).toBe(ids.length);
    const mine = ids.filter((id) => [later, long, short, over].some((each) => each.id === id));
    expect(mine).toEqual([short.id, long.id, later.id, over.id]);
    const { body } = await call(`GET ${PATH}`, { query: { state: 'pending' } });
    expect(body.items.map(({ id }: { id: string }) => id)).toEqual([later.id]);
  });

  it('silences of an alert are those that match it', async () => {
    const node = crypto.randomUUID();
    const alert = await raise({ node });
    const { id } = await created({ matchers: [matcher('node', node)] });
    await created();
    const { body } = await call(`GET ${PATH}`, { query: { alert: alert.id } });
    expect(body.items.map((each: { id: string }) => each.id)).toEqual([id]);
  });

  it('a preview names the unresolved alerts that match, and stores nothing', async () => {
    const [site, other] = [crypto.randomUUID(), crypto.randomUUID()];
    const one = await raise({ site, node: 'db-1' });
    await raise({ site, node: 'web-1' });
    await raise({ site: other, node: 'db-2' });
    const resolved = await raise({ site, node: 'db-9' });
    await call('POST /api/monitoring/alerts/{id}/resolve', { params: { id: resolved.id } });
    const before = (await call(`GET ${PATH}`, { query: { limit: '100' } })).body.items.length;
    const { status, body } = await call(`POST ${PATH}/preview`, {
      body: { matchers: [matcher('site', site), matcher('node', 'db.*', true)] },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ matched: 1, complete: true, items: [{ id: one.id }] });
    expect((await call(`GET ${PATH}`, { query: { limit: '100' } })).body.items).toHaveLength(before);
  });
});

describe('400', () => {
  it('a silence that would match everything, never end, or has a pattern that is none', async () => {
    for (const over of [
      { matchers: [matcher('node', '.*', true)] },
      { matchers: [matcher('node', '(', true)] },
      { matchers: [] },
      { durationSeconds: 30 },
      { endsAt: inMinutes(5) },
      { durationSeconds: undefined },
      { durationSeconds: undefined, endsAt: inMinutes(-5) },
    ]) {
      const body = { matchers: [matcher('node', 'a')], durationSeconds: 600, ...over };
      expect((await create(body)).status, JSON.stringify(over)).toBe(400);
    }
    expect(
      (await call(`POST ${PATH}/preview`, { body: { matchers: [matcher('node', '(', true)] } })).body,
    ).toMatchObject({
      code: 'silence.invalid',
    });
  });

  it('an end in the past or before the start', async () => {
    const { id } = await created({ startsAt: inMinutes(10), endsAt: inMinutes(20) });
    expect((await of('PATCH', id, { version: 1, endsAt: inMinutes(5) })).body).toMatchObject({
      code: 'silence.invalid',
    });
    expect((await of('PATCH', id, { version: 1, endsAt: inMinutes(-5) })).status).toBe(400);
    expect((await of('PATCH', id, { version: 1, matchers: [matcher('node', '(', true)] })).status).toBe(400);
    expect((await of('PATCH', id, { version: 1, matchers: [] })).status).toBe(400);
    expect((await of('GET', id)).body).toMatchObject({ state: 'pending', version: 1 });
  });
});

describe('403', () => {
  it('readers see silences and previews, and make, change and end none', async () => {
    const { id } = await created();
    const caller = { kind: 'user' as const, id: 'usr_mia', name: 'mia', permissions: ['monitoring.alert.read'] };
    const matchers = [matcher('node', 'a')];
    expect((await call(`GET ${PATH}`, { caller })).status).toBe(200);
    expect((await call(`POST ${PATH}/preview`, { caller, body: { matchers } })).status).toBe(200);
    const refused = await Promise.all([
      call(`POST ${PATH}`, { caller, body: { matchers, durationSeconds: 600 } }),
      call(`PATCH ${PATH}/{id}`, { caller, params: { id }, body: { version: 1, comment: 'x' } }),
      call(`DELETE ${PATH}/{id}`, { caller, params: { id } }),
    ]);
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403]);
  });
});

describe('404', () => {
  it('a silence or an alert that does not exist', async () => {
    expect((await of('GET', crypto.randomUUID())).body).toMatchObject({ code: 'silence.not_found' });
    expect((await of('GET', 'nothing')).status).toBe(404);
    expect((await of('PATCH', crypto.randomUUID(), { version: 1 })).status).toBe(404);
    const alert = (await raise({ a: 'b' })).id.replace(/.{4}$/, '0000');
    expect((await call(`GET ${PATH}`, { query: { alert } })).body).toMatchObject({ code: 'alert.not_found' });
  });
});

describe('409', () => {
  it('of two who change the matchers at once the second is refused, and one silence is left', async () => {
    const node = crypto.randomUUID();
    const { id } = await created({ matchers: [matcher('node', node)] });
    clock.advance(1_000);
    const both = await Promise.all(
      ['a', 'b'].map((part) => of('PATCH', id, { version: 1, matchers: [matcher('node', `${node}-${part}`)] })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    clock.advance(10_000);
    const { body } = await call(`GET ${PATH}`, { query: { state: 'active', limit: '100' } });
    const left = body.items.filter((each: { matchers: { value: string }[] }) =>
      each.matchers[0]?.value.startsWith(node),
    );
    expect(left).toHaveLength(1);
  });

  it('of two who move the end at once the second is refused, and one that is over stays over', async () => {
    const { id } = await created();
    const both = await Promise.all([
      of('PATCH', id, { version: 1, endsAt: inMinutes(90) }),
      of('PATCH', id, { version: 1, endsAt: inMinutes(120) }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    clock.advance(1_000);
    await of('DELETE', id);
    expect((await of('PATCH', id, { version: 3, endsAt: inMinutes(90) })).body).toMatchObject({
      code: 'silence.ended',
    });
  });
});
