import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { eventNameIn } from '../../../functions/alerts/event-names.ts';
import { surface } from '../../../functions/alerts/http.ts';
import { keepOccurrences } from '../../../functions/alerts/silences/keep-occurrences.ts';
import { AHEAD_MS, stepsFor, type RecurringSilence } from '../../../functions/alerts/silences/recurring-silence.ts';
import { ringAfterSilences } from '../../../functions/alerts/silences/ring-after.ts';
import { isMuted, stateOf } from '../../../functions/alerts/silences/silence.ts';
import { ALERTS_TABLE_SHAPE } from '../../../functions/alerts/table.ts';
import { occurrencesOf } from '../../../shared/calendar/recurrence.ts';
import type { Method } from '../../../shared/http/route.ts';
import { alertsDeps, alertStores, anEvent, machine, standingClock } from '../../support/alerts.ts';
import { invoke, type Invocation } from '../../support/invoke.ts';
import { memoryTable } from '../../support/memory-table.ts';
import { runs } from '../../support/runs.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

const PATH = '/api/monitoring/recurring-silences';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MATCHERS = [{ name: 'service', value: 'billing', isRegex: false, isEqual: true }];
// The clock of these tests begins on 2026-11-21T03:00Z, which is 04:00 in Berlin.
const NIGHTLY = {
  rule: 'FREQ=DAILY',
  timeZone: 'Europe/Berlin',
  startsAt: '2026-11-21T05:00',
  durationMinutes: 60,
  except: [],
};
const DEFINITION = { matchers: MATCHERS, recurrence: NIGHTLY, comment: 'Invoices.' };

const scene = () => {
  const { client, tableName } = memoryTable(ALERTS_TABLE_SHAPE);
  const clock = standingClock();
  const { store, silences } = alertStores(client, tableName);
  const handler = surface(() => alertsDeps(client, tableName, clock));
  const call = (route: `${Method} /${string}`, request: Invocation = {}) =>
    invoke(handler, route, { caller: { kind: 'user', id: 'usr_anna', name: 'anna' }, ...request });
  /** One minute tick. */
  const tick = async (): Promise<number> => {
    const { recurring, silences: all } = await silences.bothKinds();
    return keepOccurrences({ silences }, recurring, all, clock.now());
  };
  const create = (body: object = DEFINITION) => call(`POST ${PATH}`, { body });
  const created = async (body: object = DEFINITION) => {
    const made = await create(body);
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    return made.body as { id: string; version: number; next: { startsAt: string }[] };
  };
  const listed = async (state: string): Promise<{ id: string; startsAt: string; endsAt: string; version: number }[]> =>
    (await call('GET /api/monitoring/silences', { query: { state, limit: '100' } })).body.items;
  const starts = async (state = 'pending') => (await listed(state)).map(({ startsAt }) => startsAt);
  return { clock, store, silences, call, tick, create, created, listed, starts };
};

describe('200 and 201', () => {
  it('one is made with its next ten times and the silences of two days, and another tick makes none again', async () => {
    const { clock, call, created, starts, tick } = scene();
    const { id, next } = await created();
    expect(next).toHaveLength(10);
    expect(next[0]).toEqual({ startsAt: '2026-11-21T04:00:00.000Z', endsAt: '2026-11-21T05:00:00.000Z' });
    expect(await starts()).toEqual(['2026-11-21T04:00:00.000Z', '2026-11-22T04:00:00.000Z']);
    expect(await tick()).toBe(0);
    clock.advance(DAY);
    expect(await tick()).toBe(1);
    expect(await starts()).toEqual(['2026-11-22T04:00:00.000Z', '2026-11-23T04:00:00.000Z']);
    expect((await call(`GET ${PATH}/{id}`, { params: { id } })).body).toMatchObject({ id, comment: 'Invoices.' });
    expect((await call(`GET ${PATH}`)).body.items).toHaveLength(1);
  });

  it('an active one is in Alertmanager’s list of silences, and mutes what it matches until it ends', async () => {
    const { clock, store, silences, call, created } = scene();
    await created();
    clock.advance(90 * MINUTE);
    const { body } = await call('GET /api/v2/silences', { query: { active: 'true', pending: 'false' } });
    expect(body).toMatchObject([
      { status: { state: 'active' }, matchers: MATCHERS, createdBy: 'anna', endsAt: '2026-11-21T05:00:00.000Z' },
    ]);
    expect(body[0]).not.toHaveProperty('recurring');
    const { alert } = await store.raise(anEvent({ service: 'billing' }), machine, clock.now(), eventNameIn('r1.1'));
    expect(isMuted(alert, await silences.all(), clock.now())).toBe(true);
    clock.advance(31 * MINUTE);
    expect(await ringAfterSilences({ store, silences, clock, remainingMs: () => 60_000 })).toBe(1);
    expect((await store.byId(alert.id))?.transition.type).toBe('silence_ended');
  });

  it('one that is made within its time begins now, and claims to have muted nothing before', async () => {
    const { created, starts } = scene();
    await created({ ...DEFINITION, recurrence: { ...NIGHTLY, startsAt: '2026-11-20T03:30' } });
    expect(await starts('active')).toEqual(['2026-11-21T03:00:00.000Z']);
  });

  it('a time that somebody ended or prolonged stays as they left it', async () => {
    const { clock, call, created, listed, starts, tick } = scene();
    await created();
    const [first, second] = await listed('pending');
    await call('DELETE /api/monitoring/silences/{id}', { params: { id: first?.id ?? '' } });
    const endsAt = '2026-11-22T09:00:00.000Z';
    await call('PATCH /api/monitoring/silences/{id}', {
      params: { id: second?.id ?? '' },
      body: { version: 1, endsAt },
    });
    clock.advance(HOUR / 2);
    expect(await tick()).toBe(0);
    expect(await starts()).toEqual(['2026-11-22T04:00:00.000Z']);
    expect((await listed('pending'))[0]?.endsAt).toBe(endsAt);
  });

  it('a change holds for times that have not begun, and an exception takes its day out', async () => {
    const { clock, call, created, listed, starts } = scene();
    const { id } = await created();
    clock.advance(90 * MINUTE);
    const recurrence = { ...NIGHTLY, durationMinutes: 120, except: ['2026-11-22'] };
    const changed = await call(`PUT ${PATH}/{id}`, { params: { id }, body: { version: 1, ...DEFINITION, recurrence } });
    expect(changed).toMatchObject({ status: 200, body: { version: 2 } });
    expect(await starts('active')).toEqual(['2026-11-21T04:00:00.000Z']);
    expect((await listed('active'))[0]?.endsAt).toBe('2026-11-21T05:00:00.000Z');
    expect(await starts()).toEqual(['2026-11-23T04:00:00.000Z']);
    expect((await listed('pending'))[0]?.endsAt).toBe('2026-11-23T06:00:00.000Z');
  });

  it('a preview shows the next ten times, and stores nothing', async () => {
    const { call, starts } = scene();
    const recurrence = { ...NIGHTLY, rule: 'FREQ=MONTHLY;BYDAY=-1SU' };
    const { status, body } = await call(`POST ${PATH}/preview`, { body: { recurrence } });
    expect(status).toBe(200);
    expect(body.items).toHaveLength(10);
    expect(body.items[0].startsAt).toBe('2026-11-29T04:00:00.000Z');
    expect(await starts()).toEqual([]);
  });
});

describe('204', () => {
  it('a deleted one ends the time that is active and takes away those to come', async () => {
    const { clock, silences, call, created, starts, tick } = scene();
    const { id } = await created();
    clock.advance(90 * MINUTE);
    expect((await call(`DELETE ${PATH}/{id}`, { params: { id } })).status).toBe(204);
    expect([await starts('active'), await starts()]).toEqual([[], []]);
    expect((await silences.all()).map((silence) => stateOf(silence, clock.now()))).toEqual(['expired']);
    clock.advance(DAY);
    expect(await tick()).toBe(0);
    expect((await call(`GET ${PATH}`)).body.items).toEqual([]);
    expect((await call(`GET ${PATH}/{id}`, { params: { id } })).status).toBe(404);
  });
});

describe('400', () => {
  it('a rule that is none, that never comes about or has ended, and matchers that match everything', async () => {
    const { create, call } = scene();
    for (const recurrence of [
      { ...NIGHTLY, rule: 'FREQ=HOURLY' },
      { ...NIGHTLY, rule: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30' },
      { ...NIGHTLY, timeZone: 'Mars/Olympus' },
      { ...NIGHTLY, durationMinutes: 0 },
      { ...NIGHTLY, durationMinutes: 10_081 },
      { ...NIGHTLY, except: ['tomorrow'] },
      { ...NIGHTLY, startsAt: '2026-11-01T05:00', rule: 'FREQ=DAILY;COUNT=3' },
    ]) {
      expect((await create({ ...DEFINITION, recurrence })).status, JSON.stringify(recurrence)).toBe(400);
    }
    const rule = await call(`POST ${PATH}/preview`, { body: { recurrence: { ...NIGHTLY, rule: 'FREQ=HOURLY' } } });
    expect(rule.body.errors).toMatchObject([{ pointer: '/recurrence/rule' }]);
    const all = [{ name: 'node', value: '.*', isRegex: true, isEqual: true }];
    expect((await create({ ...DEFINITION, matchers: all })).body).toMatchObject({ code: 'silence.invalid' });
  });
});

describe('403', () => {
  it('readers see and preview them, and change none', async () => {
    const { call, created } = scene();
    const { id } = await created();
    const caller = { kind: 'user' as const, id: 'usr_mia', name: 'mia', permissions: ['monitoring.alert.read'] };
    expect((await call(`GET ${PATH}`, { caller })).status).toBe(200);
    expect((await call(`POST ${PATH}/preview`, { caller, body: { recurrence: NIGHTLY } })).status).toBe(200);
    const refused = await Promise.all([
      call(`POST ${PATH}`, { caller, body: DEFINITION }),
      call(`PUT ${PATH}/{id}`, { caller, params: { id }, body: { version: 1, ...DEFINITION } }),
      call(`DELETE ${PATH}/{id}`, { caller, params: { id } }),
    ]);
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403]);
  });
});

describe('404', () => {
  it('a recurring silence that does not exist', async () => {
    const { call } = scene();
    for (const id of ['rsl_01jd3v8m2k7q4xh2g8vq0p1m9d', 'nothing']) {
      expect((await call(`GET ${PATH}/{id}`, { params: { id } })).body).toMatchObject({
        code: 'recurring_silence.not_found',
      });
    }
  });
});

describe('409', () => {
  it('a change of a version that is not the present one', async () => {
    const { call, created } = scene();
    const { id } = await created();
    const put = (version: number) => call(`PUT ${PATH}/{id}`, { params: { id }, body: { version, ...DEFINITION } });
    expect((await put(1)).status).toBe(200);
    expect((await put(1)).body).toMatchObject({ code: 'recurring_silence.changed' });
  });

  it('one more than a hundred', async () => {
    const { create, created } = scene();
    for (let i = 0; i < 100; i++) await created();
    expect((await create()).body).toMatchObject({ code: 'recurring_silence.limit' });
  });
});

describe('whenever the ticks come', () => {
  it('each time that begins is silenced by one silence from its start, and by none on an exception', async () => {
    await fc.assert(
      fc.asyncProperty(
        // Ticks that are lost or late by up to two days, and some at the same moment.
        fc.array(fc.integer({ min: 0, max: (AHEAD_MS - HOUR) / MINUTE }), { minLength: 1, maxLength: 12 }),
        fc.constantFrom('FREQ=DAILY', 'FREQ=WEEKLY;BYDAY=MO,TU,SA', 'FREQ=DAILY;INTERVAL=2'),
        async (gaps, rule) => {
          const { clock, silences, created, tick } = scene();
          const recurrence = { ...NIGHTLY, rule, except: ['2026-11-24'] };
          const since = clock.now();
          await created({ ...DEFINITION, recurrence });
          for (const gap of gaps) {
            clock.advance(gap * MINUTE);
            await Promise.all([tick(), tick()]);
          }
          const until = clock.now().getTime();
          const begun = (await silences.all()).map(({ startsAt }) => startsAt).filter((at) => Date.parse(at) < until);
          const wanted = occurrencesOf(recurrence, { after: since, before: until, limit: 200 });
          expect(begun.sort()).toEqual(wanted.map(({ from }) => new Date(from).toISOString()));
        },
      ),
      { numRuns: runs(100) },
    );
  });

  it('the steps of what was written are none', () => {
    const recurring: RecurringSilence = {
      id: 'rsl_01jd3v8m2k7q4xh2g8vq0p1m9d',
      ...DEFINITION,
      createdBy: 'anna',
      updatedAt: '2026-11-21T03:00:00.000Z',
      version: 1,
    };
    const now = new Date('2026-11-21T03:00:00.000Z');
    const { make } = stepsFor(recurring, [], now);
    expect(make).toHaveLength(2);
    expect(stepsFor(recurring, make, now)).toEqual({ make: [], change: [], remove: [], end: [] });
  });
});
