import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { recordTransition } from '../../../functions/incidents/analytics/record-transition.ts';
import { countOpened } from '../../../functions/incidents/analytics/count-opened.ts';
import { addUpDays } from '../../../functions/incidents/analytics/add-up-days.ts';
import { changeIncident } from '../../../functions/incidents/lifecycle/change-incident.ts';
import { mergeIncidents } from '../../../functions/incidents/lifecycle/merge-incidents.ts';
import { openIncident } from '../../../functions/incidents/lifecycle/open-incident.ts';
import { INSIDE } from '../../../shared/kernel/audit-event.ts';
import type { Caller } from '../../../shared/kernel/caller.ts';
import { standingClock } from '../../support/alerts.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { incidentRoutes, incidentsIn, toldAlerts } from '../../support/incidents.ts';
import { invoke } from '../../support/invoke.ts';

Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' });

const ana = { kind: 'user', id: 'usr_ana', name: 'ana', permissions: ['*'] } as unknown as Caller;
const byAna = { caller: ana, origin: INSIDE };

let dynamo: TestDynamo;
let handler: ReturnType<typeof incidentRoutes>;
let deps: Awaited<ReturnType<typeof made>>;
const made = async () => {
  const isUser = () => Promise.resolve(true);
  return { ...(await incidentsIn(dynamo)), clock: standingClock(), isUser };
};

beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  deps = await made();
  handler = incidentRoutes(deps);
});

const ask = (query: Record<string, string> = {}) =>
  invoke(handler, 'GET /api/monitoring/analytics', { caller: ana, query });

test('alerts and pages of the days of a month are counted, added up or not, until an instant', async () => {
  const { clock, facts } = deps;
  const alerts = toldAlerts();
  const from = new Date('2026-11-20T00:00:00.000Z');
  const page = { subjectId: 'alr_1', key: '1', userId: 'usr_ben', severity: 'critical', service: 'checkout' };
  await facts.notePage({ ...page, sentAt: '2026-11-20T12:00:00.000Z' }, new Date('2026-11-20T12:00:00.000Z'));
  for (const id of ['alr_1', 'alr_2']) await recordTransition(deps, alerts.tell(id, 'opened', clock.now()));
  clock.advance(4 * 86_400_000);
  await recordTransition(deps, alerts.tell('alr_3', 'opened', clock.now()));
  const later = new Date(clock.now().getTime() + 900_000);
  expect(await countOpened(deps, from, later)).toEqual({ alerts: 3, pages: 1 });
  await addUpDays(deps);
  expect(await countOpened(deps, from, later)).toEqual({ alerts: 3, pages: 1 });
  expect(await countOpened(deps, from, new Date('2026-11-21T02:00:00.000Z'))).toEqual({ alerts: 0, pages: 1 });
});

describe('200', () => {
  test('alerts, incidents and pages of the last thirty days, by person, place and time', async () => {
    const { clock, facts } = deps;
    const alerts = toldAlerts();
    await recordTransition(deps, alerts.tell('alr_1', 'opened', clock.now()));
    clock.advance(90_000);
    await recordTransition(deps, alerts.tell('alr_1', 'acknowledged', clock.now(), {}, 'ben'));
    await recordTransition(
      deps,
      alerts.tell('alr_2', 'opened', clock.now(), { service: 'search', severity: 'warning' }),
    );
    const page = { subjectId: 'alr_1', userId: 'usr_ben', severity: 'critical', service: 'checkout' };
    await facts.notePage({ ...page, key: '1', sentAt: '2026-11-21T03:00:01.000Z' }, clock.now());
    await facts.notePage({ ...page, key: '1', sentAt: '2026-11-21T03:00:01.000Z' }, clock.now());
    await facts.notePage({ ...page, key: '2', sentAt: '2026-11-21T12:00:01.000Z' }, clock.now());
    const incident = await openIncident(deps, byAna, { title: 'Checkout', severity: 'SEV1', service: 'checkout' });
    const other = await openIncident(deps, byAna, { title: 'Cart', severity: 'SEV3' });
    await mergeIncidents(deps, byAna, { into: incident.id, from: other.id });
    clock.advance(60_000);
    await changeIncident(deps, byAna, { id: incident.id, version: 2, status: 'resolved' });
    clock.advance(36_000_000);
    const { status, body } = await ask({ timeZone: 'Europe/Berlin' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      from: '2026-10-22T13:15:00.000Z',
      to: '2026-11-21T13:15:00.000Z',
      alerts: {
        count: 2,
        acknowledged: 1,
        mttaSeconds: 90,
        resolved: 0,
        mttrSeconds: null,
        bySeverity: { critical: { count: 1 }, warning: { count: 1 } },
      },
      incidents: { count: 1, acknowledged: 1, mttaSeconds: 60, mttrSeconds: 60, bySeverity: { SEV1: { count: 1 } } },
      pages: 2,
      interruptionsAtNight: 1,
      services: [
        { name: 'checkout', count: 1, incidents: 1 },
        { name: 'search', count: 1, incidents: 0 },
      ],
      people: [{ id: 'usr_ben', name: 'ben', acknowledged: 1, pages: 2, interruptionsAtNight: 1, nights: 1 }],
    });
    expect(body.hours[4]).toMatchObject({ hour: 4, count: 2, pages: 1 });
  });

  test('a private incident counts nothing for callers who may not see it', async () => {
    await openIncident(deps, byAna, { title: 'Payroll', severity: 'SEV1', service: 'payroll', private: true });
    await openIncident(deps, byAna, { title: 'Cart', severity: 'SEV3', service: 'cart' });
    deps.clock.advance(900_000);
    const seenBy = async (caller: object) => {
      const { body } = await invoke(handler, 'GET /api/monitoring/analytics', { caller, query: {} });
      return [body.incidents.count, body.services.map(({ name }: { name: string }) => name).sort()];
    };
    expect(await seenBy({ id: 'usr_ben', permissions: ['monitoring.*'] })).toEqual([1, ['cart']]);
    expect(await seenBy({ id: 'usr_ana', permissions: ['monitoring.*'] })).toEqual([2, ['cart', 'payroll']]);
    expect(await seenBy({ id: 'usr_eve', permissions: ['incidents.private', 'monitoring.*'] })).toEqual([
      2,
      ['cart', 'payroll'],
    ]);
  });

  test('are the same from the sum of a day that is over, at one read', async () => {
    const alerts = toldAlerts();
    for (let i = 0; i < 30; i++) await recordTransition(deps, alerts.tell(`alr_${i}`, 'opened', deps.clock.now()));
    deps.clock.advance(4 * 86_400_000);
    const range = { from: '2026-11-21T00:00:00Z', to: '2026-11-22T00:00:00Z' };
    const before = await ask(range);
    expect(await addUpDays(deps)).toBeGreaterThan(0);
    const { result: again, ...checked } = await dynamo.cost(() => addUpDays(deps));
    expect(again).toBe(0);
    expect(checked).toMatchObject({ roundTrips: 2, writeUnits: 0 });
    const { result: after, ...cost } = await dynamo.cost(() => ask(range));
    expect(after.body).toEqual(before.body);
    expect(after.body.alerts.count).toBe(30);
    expect(cost).toEqual({ roundTrips: 3, writeUnits: 0, readUnits: 2 });
  });
});

describe('400', () => {
  test.each([
    [{ from: '2026-11-21T00:00:01Z' }, 'range.invalid'],
    [{ from: '2026-11-21T00:00:00Z', to: '2026-11-21T00:00:00Z' }, 'range.invalid'],
    [{ from: '2026-01-01T00:00:00Z', to: '2026-11-21T00:00:00Z' }, 'range.invalid'],
    [{ timeZone: 'Europe/Atlantis' }, 'timezone.unknown'],
    [{ from: 'yesterday' }, 'query.invalid'],
  ])('%o', async (query, code) => {
    expect(await ask(query as unknown as Record<string, string>)).toMatchObject({ status: 400, body: { code } });
  });
});

describe('what it costs', () => {
  test('one write unit for each transition, which is also how the relay knows what it published', async () => {
    const alerts = toldAlerts();
    const [opened, noted, resolved] = (['opened', 'noted', 'resolved'] as const).map((kind) =>
      alerts.tell('alr_1', kind, deps.clock.now()),
    );
    for (const message of [opened, noted, resolved]) {
      expect(await dynamo.cost(() => recordTransition(deps, message as never))).toMatchObject({
        roundTrips: 1,
        writeUnits: 1,
        readUnits: 0,
      });
    }
  });
});

test('the noise of days is the same added up or not, and counts what a person did later', async () => {
  const { clock, facts } = deps;
  const alerts = toldAlerts();
  const noise = async () =>
    (await invoke(handler, 'GET /api/monitoring/analytics/noise', { caller: ana, query: { days: '7' } })).body as {
      readonly neverActedOn: readonly { readonly title: string; readonly opened: number; readonly pages: number }[];
    };
  const slot = 'abcdefghijklmnopqrstuvab';
  const ids = ['a', 'b', 'c'].map((each) => `alr_01jd3v8m2k7q4${each}${slot}`);
  for (const id of ids) {
    await recordTransition(deps, alerts.tell(id, 'opened', clock.now(), { title: 'Disk of build-7 is full' }));
  }
  const page = { key: '1', userId: 'usr_ben', severity: 'critical', service: 'checkout' };
  await facts.notePage({ ...page, subjectId: ids[0] ?? '', sentAt: clock.now().toISOString() }, clock.now());
  const expected = [expect.objectContaining({ title: 'Disk of build-7 is full', opened: 3, pages: 1, acted: 0 })];
  expect((await noise()).neverActedOn).toEqual(expected);
  clock.advance(4 * 86_400_000);
  expect(await addUpDays(deps)).toBeGreaterThan(0);
  expect((await noise()).neverActedOn).toEqual(expected);
  await recordTransition(deps, alerts.tell(ids[1] ?? '', 'acknowledged', clock.now(), {}, 'ben'));
  expect((await noise()).neverActedOn).toEqual([]);
});
