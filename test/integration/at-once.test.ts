import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import '../simulation/quiet.ts';
import { surface as alertsSurface } from '../../functions/alerts/http.ts';
import { ALERTS_TABLE_SHAPE } from '../../functions/alerts/table.ts';
import { surface as measureSurface } from '../../functions/health/http/measure.ts';
import { surface as watchSurface } from '../../functions/health/http/watch.ts';
import { HEALTH_TABLE_SHAPE } from '../../functions/health/table.ts';
import { incidentStores } from '../../functions/incidents/deps.ts';
import { INCIDENTS_TABLE_SHAPE } from '../../functions/incidents/table.ts';
import { surface as oncallSurface } from '../../functions/oncall/http.ts';
import { ONCALL_TABLE_SHAPE } from '../../functions/oncall/table.ts';
import { table } from '../../shared/aws/dynamo.ts';
import type { Method } from '../../shared/http/route.ts';
import { systemCaller, type Caller } from '../../shared/kernel/caller.ts';
import { alertsDeps, standingClock } from '../support/alerts.ts';
import { ADMIN_PASSWORD, nextAddress, startAuth, type TestAuth } from '../support/auth.ts';
import { healthDeps } from '../support/health.ts';
import { incidentRoutes } from '../support/incidents.ts';
import { invoke, type Invocation } from '../support/invoke.ts';
import { memoryTable } from '../support/memory-table.ts';
import { namesIn } from '../support/oncall.ts';
import { onlyRooms } from '../support/rooms.ts';
import { runs } from '../support/runs.ts';
import { catalogueStore, scheduleStore } from '../support/stores.ts';

const TIMES = Math.max(5, runs(20));
const clock = standingClock();
const KEY = `tsk_${'jobs'.padEnd(69, '0')}`;
const JOBS: Caller = { ...systemCaller('jobs'), kind: 'machine', id: 'key_jobs', permissions: ['monitoring.ping'] };

const health = {
  ...healthDeps(memoryTable(HEALTH_TABLE_SHAPE), clock),
  holderOf: async (key: string) => (key === KEY ? JOBS : undefined),
};
const watch = watchSurface(() => health);
const measure = measureSurface(() => health);

const alertTable = memoryTable(ALERTS_TABLE_SHAPE);
const alertsOf = alertsDeps(alertTable.client, alertTable.tableName, clock);
const alerts = alertsSurface(() => alertsOf);

const incidentTable = memoryTable(INCIDENTS_TABLE_SHAPE);
const incidents = incidentRoutes({
  ...incidentStores(table(incidentTable.client, incidentTable.tableName)),
  clock,
  alertNow: (id) => alertsOf.store.byId(id),
});

const oncallTable = memoryTable(ONCALL_TABLE_SHAPE);
const on = [oncallTable.client, oncallTable.tableName] as const;
const oncall = oncallSurface(
  onlyRooms({
    rota: () => ({ clock, store: scheduleStore(...on), ...namesIn() }),
    catalogue: () => ({ clock, store: catalogueStore(...on), ...namesIn(), duty: scheduleStore(...on) }) as never,
  }),
);

type Call = (i: number) => Promise<{ readonly status: number; readonly body: unknown }>;

const caller = { kind: 'user', id: 'usr_ana', name: 'ana', permissions: ['*'] } as const;
const to =
  (handler: unknown, route: `${Method} /${string}`, of: Invocation | ((i: number) => Invocation) = {}): Call =>
  (i) =>
    invoke(handler, route, { caller, ...(typeof of === 'function' ? of(i) : of) });

const body = async (call: Call): Promise<Record<string, string>> => {
  const answer = await call(0);
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  return answer.body as Record<string, string>;
};
const id = async (call: Call): Promise<string> => (await body(call))['id'] ?? '';

let number = 0;
const anAlert = () =>
  id(to(alerts, 'POST /api/monitoring/alerts', { body: { title: `a${++number}`, severity: 'error' } }));
const anIncident = () =>
  id(to(incidents, 'POST /api/monitoring/incidents', { body: { title: `i${++number}`, severity: 'SEV2' } }));
const HEARTBEAT = { name: 'backup', check: { type: 'heartbeat', periodSeconds: 600 } };
const aHeartbeat = () => body(to(watch, 'POST /api/monitoring/monitors', { body: HEARTBEAT }));
const SCHEDULE = {
  name: 'First line',
  timeZone: 'Europe/Berlin',
  layers: [{ name: 'Weeks', users: ['usr_ana'], rotation: { type: 'weekly' }, handOff: '09:00', start: '2026-11-16' }],
};
const aSchedule = () => id(to(oncall, 'POST /api/oncall/schedules', { body: SCHEDULE }));

/** The answers of so many equal calls that begin at the same moment, by status. */
const statusesOf = async (call: Call): Promise<Readonly<Record<number, number>>> => {
  const answers = await Promise.all(Array.from({ length: TIMES }, (_, i) => call(i)));
  const counts: Record<number, number> = {};
  for (const { status, body: said } of answers) {
    expect(status, JSON.stringify(said)).toBeLessThan(500);
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
};

const from = new Date(clock.now().getTime() + 3_600_000).toISOString();
const until = new Date(clock.now().getTime() + 7_200_000).toISOString();

describe(`of ${TIMES} equal calls at once none fails, and each is answered`, () => {
  test.each<readonly [string, () => Promise<Call>, Readonly<Record<number, number>>]>([
    [
      'ping of a heartbeat',
      async () => to(watch, 'GET /ping/{key}', { params: { key: (await aHeartbeat())['pingKey'] ?? '' } }),
      { 200: TIMES },
    ],
    [
      'signals of a heartbeat',
      async () => {
        const { pingKey = '' } = await aHeartbeat();
        return to(watch, 'POST /ping/{key}/{name}', (i) => ({
          params: { key: pingKey, name: ['start', 'fail', 'log', '0'][i % 4] ?? '' },
          body: 'log',
        }));
      },
      { 200: TIMES },
    ],
    [
      'ping by a slug that becomes a heartbeat',
      async () => to(watch, 'GET /ping/{key}/{name}', { params: { key: KEY, name: 'new' }, query: { create: '1' } }),
      { 200: TIMES - 1, 201: 1 },
    ],
    [
      'maintenance of a monitor',
      async () => {
        const monitor = (await aHeartbeat())['id'] ?? '';
        return to(watch, 'POST /api/monitoring/monitors/{id}/maintenance', {
          params: { id: monitor },
          body: { minutes: 60 },
        });
      },
      { 200: TIMES },
    ],
    ['monitors', async () => to(watch, 'POST /api/monitoring/monitors', { body: HEARTBEAT }), { 201: TIMES }],
    [
      'metrics',
      async () =>
        to(measure, 'POST /api/monitoring/metrics', {
          body: { points: [{ name: 'queue.depth', value: 1 }] },
        }),
      { 202: TIMES },
    ],
    [
      'alerts of one key',
      async () =>
        to(alerts, 'POST /api/monitoring/alerts', { body: { title: 'Full', severity: 'error', dedupKey: 'disk' } }),
      { 200: TIMES - 1, 201: 1 },
    ],
    [
      'alerts of one key after it was resolved',
      async () => {
        const raise = to(alerts, 'POST /api/monitoring/alerts', {
          body: { title: 'Full', severity: 'error', dedupKey: 'again' },
        });
        await body(to(alerts, 'POST /api/monitoring/alerts/{id}/resolve', { params: { id: await id(raise) } }));
        return raise;
      },
      { 200: TIMES - 1, 201: 1 },
    ],
    ...(['acknowledge', 'resolve'] as const).map(
      (verb) =>
        [
          `${verb} of an alert`,
          async () => to(alerts, `POST /api/monitoring/alerts/{id}/${verb}`, { params: { id: await anAlert() } }),
          { 200: TIMES },
        ] as const,
    ),
    [
      'notes on an alert',
      async () =>
        to(alerts, 'POST /api/monitoring/alerts/{id}/notes', { params: { id: await anAlert() }, body: { note: 'x' } }),
      { 200: TIMES },
    ],
    [
      'snooze of an alert',
      async () =>
        to(alerts, 'POST /api/monitoring/alerts/{id}/snooze', { params: { id: await anAlert() }, body: { until } }),
      { 200: TIMES },
    ],
    [
      'incidents',
      async () => to(incidents, 'POST /api/monitoring/incidents', { body: { title: 'x', severity: 'SEV2' } }),
      { 201: TIMES },
    ],
    [
      'notes on an incident',
      async () =>
        to(incidents, 'POST /api/monitoring/incidents/{id}/notes', {
          params: { id: await anIncident() },
          body: { text: 'x' },
        }),
      { 201: TIMES },
    ],
    [
      'tasks of an incident',
      async () =>
        to(incidents, 'POST /api/monitoring/incidents/{id}/tasks', {
          params: { id: await anIncident() },
          body: { title: 'x' },
        }),
      { 201: TIMES },
    ],
    [
      'change of one version of an incident',
      async () =>
        to(incidents, 'PATCH /api/monitoring/incidents/{id}', {
          params: { id: await anIncident() },
          body: { version: 1, severity: 'SEV1' },
        }),
      { 200: TIMES },
    ],
    [
      'links of an alert to an incident',
      async () =>
        to(incidents, 'POST /api/monitoring/incidents/{id}/alerts', {
          params: { id: await anIncident() },
          body: { alertId: await anAlert() },
        }),
      { 201: TIMES },
    ],
    ['schedules', async () => to(oncall, 'POST /api/oncall/schedules', { body: SCHEDULE }), { 201: TIMES }],
    [
      'overrides of a schedule',
      async () =>
        to(oncall, 'POST /api/oncall/schedules/{id}/overrides', {
          params: { id: await aSchedule() },
          body: { kind: 'add', userId: 'usr_ben', from, to: until },
        }),
      { 201: TIMES },
    ],
    [
      'services',
      async () => to(oncall, 'POST /api/services', (i) => ({ body: { name: `shop-${i}` } })),
      { 201: TIMES },
    ],
    ['teams', async () => to(oncall, 'POST /api/teams', (i) => ({ body: { name: `team-${i}` } })), { 201: TIMES }],
  ])('%s', async (_, prepared, statuses) => expect(await statusesOf(await prepared())).toEqual(statuses));
});

describe(`of ${TIMES} equal calls at once of people and keys none fails`, () => {
  let auth: TestAuth;
  beforeAll(async () => {
    auth = await startAuth();
  });
  afterAll(() => auth.stop());

  const as = (route: `${Method} /${string}`, more: object, token?: string): Call => {
    return () => auth.call(route as 'GET /', { ...more, token, ip: nextAddress() });
  };

  test('the first logins of an installation', async () => {
    const login = as('POST /api/auth/login', { body: { username: 'admin', password: ADMIN_PASSWORD } });
    const { 200: passed = 0, 429: locked = 0, ...others } = await statusesOf(login);
    expect(others).toEqual({});
    expect([passed > 0, passed + locked]).toEqual([true, TIMES]);
    auth.advance(3_600);
  });

  test('new administrators, refreshed tokens, roles and the end of a session', async () => {
    const admin = await auth.admin();
    const newAdmin: Call = () =>
      auth.call('POST /api/users', { token: admin, body: { username: `admin-${++number}`, roles: ['admin'] } });
    expect(await statusesOf(newAdmin)).toEqual({ 201: TIMES });

    const { refreshToken } = await auth.user(['viewer']);
    expect(await statusesOf(as('POST /api/auth/refresh', { body: { refreshToken } }))).toEqual({ 200: TIMES });

    const { accessToken } = await auth.user(['viewer']);
    const logout = Object.keys(await statusesOf(as('POST /api/auth/logout', {}, accessToken)));
    expect(logout).toContain('204');

    const newRole: Call = () =>
      auth.call('POST /api/roles', { token: admin, body: { name: `role-${++number}`, permissions: [] } });
    expect(Object.keys(await statusesOf(newRole)).every((status) => ['201', '409'].includes(status))).toBe(true);
  });
});
