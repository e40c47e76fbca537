import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventNameIn } from '../../../functions/alerts/event-names.ts';
import { asOpened } from '../../../functions/alerts/verbs/unresolved-page.ts';
import { resolution, severityRise, type AlertEvent } from '../../../functions/alerts/alert.ts';
import type { AlertStore } from '../../../functions/alerts/store.ts';
import type { CatalogueStore } from '../../../functions/oncall/catalogue/store.ts';
import { goingBy } from '../../../functions/oncall/going-by.ts';
import { surface, type Deps } from '../../../functions/oncall/http.ts';
import { decide, type DecideDeps } from '../../../functions/oncall/routing/decide.ts';
import type { Method } from '../../../shared/http/route.ts';
import { bound } from '../../../shared/kernel/bound.ts';
import { alertsIn, anna, standingClock } from '../../support/alerts.ts';
import { everything, startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { invoke, type Invocation } from '../../support/invoke.ts';
import { namesIn, oncallIn } from '../../support/oncall.ts';
import { onlyRooms } from '../../support/rooms.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

const ana = { kind: 'user' as const, id: 'usr_ana', name: 'ana' };
const OPENED_AT = new Date('2026-11-21T03:00:00.000Z');
let dynamo: TestDynamo;
let tableName: string;
let deps: DecideDeps & { readonly catalogue: CatalogueStore };
let alerts: AlertStore;
let rooms: Pick<Deps, 'routing' | 'catalogue'>;
let clock: ReturnType<typeof standingClock>;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  const made = await oncallIn(dynamo);
  tableName = made.tableName;
  clock = standingClock();
  deps = made;
  alerts = (await alertsIn(dynamo)).store;
  rooms = {
    routing: () => ({
      ...made,
      clock,
      ...namesIn(),
      openedAlerts: bound({ asOpened }, alerts).asOpened,
      oneMoment: () => made,
    }),
    catalogue: () => ({ store: made.catalogue, clock, ...namesIn() }),
  };
});

const handler = surface(onlyRooms({ routing: () => rooms.routing(), catalogue: () => rooms.catalogue() }));
const call = (route: `${Method} /${string}`, over: Invocation = {}) => invoke(handler, route, { caller: ana, ...over });
const set = (rules: object[], version = 0, rest: object = {}) =>
  call('PUT /api/routing', { body: { version, rules, ...rest } });
const tried = (event: object, at?: string) =>
  call('POST /api/routing/test', { body: { event: { severity: 'critical', ...event }, ...(at && { at }) } });
const unrouted = async () => (await call('GET /api/routing/unrouted')).body.items as { alertId: string }[];
const EVENT: AlertEvent = {
  title: 'Disk full',
  description: '',
  severity: 'critical',
  source: 'manual',
  service: null,
  team: null,
  dedupKey: 'x',
  labels: {},
  annotations: {},
};
/** Opens an alert, each some seconds after the one before. */
const opened = async (over: Partial<AlertEvent> = {}, seconds = 0) => {
  const at = new Date(OPENED_AT.getTime() + seconds * 1000);
  return (await alerts.raise({ ...EVENT, ...over }, anna, at, eventNameIn(`p.${seconds + 1}`))).alert;
};

describe('200', () => {
  it('an event is tried at the instant of an alert, to the millisecond', async () => {
    expect((await tried({ title: 'Disk full' }, '2026-11-21T03:00:00.123Z')).status).toBe(200);
  });

  it('rules are set as a whole, read, and say which way an event would go and why, now or at another time', async () => {
    expect((await call('GET /api/routing')).body).toEqual({
      version: 0,
      changedAt: null,
      changedBy: null,
      rules: [],
      catchAll: { policyId: 'default' },
    });
    const hours = { timeZone: 'Europe/Berlin', windows: [{ type: 'daily', from: '09:00', to: '17:00' }] };
    const saved = await set([
      {
        name: 'Office',
        conditions: [{ field: 'title', test: 'like', values: ['*disk*'] }],
        hours,
        set: { policyId: 'office', urgency: 'low' },
      },
    ]);
    expect(saved).toMatchObject({ status: 200, body: { version: 1, changedBy: ana, rules: [{ name: 'Office' }] } });
    expect((await call('GET /api/routing')).body).toEqual(saved.body);
    const night = await tried({ title: 'Disk full' });
    expect(night).toMatchObject({
      status: 200,
      body: {
        decision: { policyId: 'default', policyFrom: 'catch_all', urgency: 'high', unmatched: true },
        trace: [{ rule: 'Office', outcome: 'skipped', because: 'its hours are over or to come, in Europe/Berlin' }],
      },
    });
    const day = await tried({ title: 'Disk full' }, '2026-11-23T09:00:00Z');
    expect(day.body).toMatchObject({
      decision: { policyId: 'office', policyFrom: 'rule', urgency: 'low', unmatched: false },
      trace: [{ outcome: 'matched' }],
    });
    const events = (await everything(dynamo.client, tableName)).flatMap(
      ({ event }) => (event as { type: string }) ?? [],
    );
    expect(events).toMatchObject([{ type: 'routing.changed', detail: { version: '1', rules: '1' } }]);
  });

  it('the service that a rule sets brings its policy along', async () => {
    const service = await call('POST /api/services', { body: { name: 'db', policyId: 'databases' } });
    expect(service.status).toBe(201);
    await set([{ name: 'Databases', set: { service: 'db' } }]);
    expect((await tried({ service: 'unknown' })).body.decision).toMatchObject({
      service: 'db',
      policyId: 'databases',
      policyFrom: 'service',
    });
  });
});

describe('400 and 413', () => {
  it.each([
    ['a condition on what events have not', [{ name: 'x', conditions: [{ field: 'colour', test: 'exists' }] }]],
    [
      'a zone that nobody knows',
      [{ name: 'x', hours: { timeZone: 'Mars', windows: [{ type: 'daily', from: '09:00', to: '10:00' }] } }],
    ],
    ['an urgency that there is not', [{ name: 'x', set: { urgency: 'medium' } }]],
  ])('%s', async (_what, rules) => {
    const { status, body } = await set(rules);
    expect([status, body.errors[0].pointer.startsWith('/rules/0')]).toEqual([400, true]);
  });

  it('policies that are not there: each is pointed at', async () => {
    const answer = await set(
      [
        { name: 'a', set: { policyId: 'there' } },
        { name: 'b', set: { policyId: 'unknown' } },
      ],
      0,
      {
        catchAll: { policyId: 'unknown' },
      },
    );
    expect(answer).toMatchObject({
      status: 400,
      body: {
        code: 'policy.unknown',
        errors: [{ pointer: '/rules/1/set/policyId' }, { pointer: '/catchAll/policyId' }],
      },
    });
  });

  it('rules that every alert would read too much of', async () => {
    const rules = Array.from({ length: 200 }, (_, i) => ({
      name: `rule ${i}`,
      conditions: [{ field: 'title', test: 'is', values: ['x'.repeat(500)] }],
    }));
    expect((await set(rules)).status).toBe(413);
  });
});

describe('409', () => {
  it('of three that follow the same version one wins, and the others learn the current version', async () => {
    const answers = await Promise.all(['a', 'b', 'c'].map((name) => set([{ name }])));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({
      code: 'routing.changed',
      detail: expect.stringContaining('version 1'),
    });
    expect((await set([], 1)).body).toMatchObject({ version: 2 });
  });
});

describe('the referrer of a policy', () => {
  const named = async (id: string) => (await goingBy(deps, id)).map(({ name }) => name);

  it('is each service, rule and catch-all that does', async () => {
    await call('POST /api/services', { body: { name: 'db', policyId: 'databases' } });
    await set([{ name: 'Office', set: { policyId: 'databases' } }], 0, { catchAll: { policyId: 'others' } });
    expect(await named('databases')).toEqual(['the service db', 'the rule of routing Office']);
    expect(await named('others')).toEqual(['the catch-all']);
    expect(await named('nobodys')).toEqual([]);
  });

  it('is not a catch-all that goes to the default, since there need be none', async () => {
    await set([]);
    expect(await named('default')).toEqual([]);
  });
});

describe('the catch-all', () => {
  it('lists the unresolved alerts on which no rule decides, newest first, until they are resolved', async () => {
    const made = [];
    for (const n of [1, 2, 3]) made.push(await opened({ dedupKey: `x${n}` }, n));
    const ids = made.map(({ id }) => id);
    expect((await unrouted()).map(({ alertId }) => alertId)).toEqual([...ids].reverse());
    expect(await unrouted()).toMatchObject([
      { title: 'Disk full', severity: 'critical', service: null, openedAt: '2026-11-21T03:00:03.000Z' },
      {},
      {},
    ]);
    await alerts.change(ids[1] ?? '', resolution(anna, clock.now()));
    expect((await unrouted()).map(({ alertId }) => alertId)).toEqual([ids[2], ids[0]]);
  });

  it('leaves out an alert on which a rule of today decides, or whose service names a policy', async () => {
    await call('POST /api/services', { body: { name: 'db', policyId: 'databases' } });
    await opened({ service: 'db', dedupKey: 'served' });
    expect(await unrouted()).toEqual([]);
    const { id } = await opened({ dedupKey: 'plain' }, 1);
    expect(await unrouted()).toMatchObject([{ alertId: id }]);
    await set([{ name: 'Noise', conditions: [{ field: 'title', test: 'is', values: ['Disk full'] }], suppress: true }]);
    expect(await unrouted()).toEqual([]);
    await opened({ title: 'Disk fuller', dedupKey: 'other' }, 2);
    expect(await unrouted()).toMatchObject([{ title: 'Disk fuller' }]);
  });

  it('decides on an alert as it opened, and at the time when it opened', async () => {
    const alert = await opened({ severity: 'critical' });
    await set([{ name: 'Warnings', conditions: [{ field: 'severity', test: 'is', values: ['warning'] }] }]);
    const mild = await opened({ severity: 'warning', dedupKey: 'mild' }, 1);
    await alerts.change(mild.id, severityRise(mild, anna, clock.now(), 'critical'));
    expect(await unrouted()).toMatchObject([{ alertId: alert.id }]);
    const hours = { timeZone: 'UTC', windows: [{ type: 'daily', days: [6], from: '02:00', to: '04:00' }] };
    await set([{ name: 'That night', hours }], 1);
    expect(await unrouted()).toEqual([]);
  });

  it('gives short pages, each with a cursor, where rules decide on most alerts', async () => {
    for (let n = 0; n < 30; n++) await opened({ title: n === 29 || n === 0 ? 'Stray' : 'Noise', dedupKey: `x${n}` }, n);
    await set([{ name: 'Noise', conditions: [{ field: 'title', test: 'is', values: ['Noise'] }], suppress: true }]);
    const found: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const { body } = await call('GET /api/routing/unrouted', { query: { limit: '2', ...(cursor && { cursor }) } });
      const { items, next } = body as { items: { alertId: string }[]; next: string | null };
      found.push(...items.map(({ alertId }) => alertId));
      cursor = next ?? undefined;
      pages++;
    } while (cursor && pages < 20);
    expect(new Set(found).size).toBe(2);
    expect(pages).toBeLessThan(5);
  });
});

describe('the cost', () => {
  it('to decide: one read; of an alert with a service three, of half a unit each', async () => {
    await set([{ name: 'All', set: { urgency: 'low' } }]);
    await call('POST /api/services', { body: { name: 'db', policyId: 'databases' } });
    const [plain, served] = [EVENT, { ...EVENT, service: 'db' }];
    expect(await dynamo.cost(() => decide(deps, plain, clock.now()))).toMatchObject({
      roundTrips: 1,
      readUnits: 0.5,
      writeUnits: 0,
    });
    expect(await dynamo.cost(() => decide(deps, served, clock.now()))).toMatchObject({
      roundTrips: 3,
      readUnits: 1.5,
      writeUnits: 0,
    });
  });
});
