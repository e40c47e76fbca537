import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import '../../simulation/quiet.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../../functions/health/config/settings.ts';
import { surface } from '../../../functions/health/http/measure.ts';
import { createMonitor } from '../../../functions/health/monitors/create-monitor.ts';
import { checkMonitors } from '../../../functions/health/monitors/check-monitors.ts';
import { CreateMonitor, type ReplaceMonitor } from '../../../functions/health/monitors/monitor.ts';
import { deleteMonitor } from '../../../functions/health/monitors/delete-monitor.ts';
import { replaceMonitor } from '../../../functions/health/monitors/replace-monitor.ts';
import { tick } from '../../../functions/health/monitors/tick.ts';
import { getSla } from '../../../functions/health/sla/get-sla.ts';
import type { SlaReport } from '../../../functions/health/sla/report.ts';
import { watchBudgets } from '../../../functions/health/sla/watch-budgets.ts';
import { HEALTH_TABLE_SHAPE } from '../../../functions/health/table.ts';
import { standingClock } from '../../support/alerts.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { bySomebody, healthDeps, type HealthDeps, type HealthTable } from '../../support/health.ts';
import { memoryTable } from '../../support/memory-table.ts';
import { invoke } from '../../support/invoke.ts';
import { runs } from '../../support/runs.ts';

let dynamo: TestDynamo;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.stop());

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** A watch of its own: real verbs and stores, and a stream that is read at once. */
const watched = async (settings: Partial<Settings> = {}) =>
  watchedIn({ client: dynamo.client, tableName: await dynamo.table(HEALTH_TABLE_SHAPE, 'health') }, settings);

const watchedIn = (table: HealthTable, settings: Partial<Settings> = {}) => {
  const clock = standingClock();
  const deps = { ...healthDeps(table, clock), settings: async () => ({ ...DEFAULT_SETTINGS, ...settings }) };
  const { monitors, history, retentionDays } = deps;
  let calls = 0;
  const one = async (id: string) => {
    const monitor = await monitors.byId(id);
    if (!monitor) throw new Error(`No ${id}`);
    return monitor;
  };
  /** Keeps what the stream would bring. */
  const followed = async (id: string): Promise<void> => {
    const state = await monitors.stateOf(id);
    const { service } = await one(id);
    if (!state || state.sequence === 0) return;
    await history.keepChange(state, clock.now(), retentionDays);
    if (service) await history.keepOutage(state, service, clock.now());
  };
  return {
    clock,
    deps,
    add: (over: object = {}) =>
      createMonitor(
        deps,
        bySomebody,
        CreateMonitor.parse({ name: 'm', check: { type: 'tcp', host: 'a', port: 1 }, failAfter: 1, ...over }),
      ),
    check: async (id: string, ok: boolean, durationMs = 5) => {
      const run = async () => ({ ok, reason: ok ? 'well' : 'ill', durationMs, measured: [] });
      const known = await monitors.known([id]);
      await checkMonitors({ ...deps, run }, { ...known, call: `c${calls++}`, forMs: 1_000 });
      await followed(id);
    },
    change: async (id: string, over: Partial<ReplaceMonitor>) => {
      const { name, check, intervalMinutes, timeoutMs, failAfter, recoverAfter, severity, labels, ...rest } =
        await one(id);
      const { service, team, enabled, maintenance, recurringMaintenance = [], version, runbookUrl } = rest;
      const same = { name, check, intervalMinutes, timeoutMs, failAfter, recoverAfter, severity, labels, runbookUrl };
      await replaceMonitor(deps, bySomebody, {
        id,
        ...same,
        service,
        team,
        enabled,
        maintenance,
        recurringMaintenance: [...recurringMaintenance],
        version,
        ...over,
      });
      await followed(id);
    },
    remove: (id: string) => deleteMonitor(deps, bySomebody, { id }),
    tick: () => tick({ ...deps, send: async () => undefined }),
    report: async (over: object = {}): Promise<SlaReport> => {
      const { items } = await getSla(deps, {
        period: 'month',
        periods: 1,
        timeZone: 'UTC',
        maintenance: 'excluded',
        limit: 20,
        service: 'shop',
        ...over,
      });
      const [report] = items;
      if (!report) throw new Error('No report');
      return report;
    },
    watchBudgets: (broken: readonly string[] = []) => watchBudgets({ ...deps, brokenServices: async () => broken }),
  };
};

describe('the SLA of a service', () => {
  type Step =
    | { readonly do: 'check'; readonly of: number; readonly ok: boolean }
    | { readonly do: 'enable'; readonly of: number; readonly enabled: boolean }
    | { readonly do: 'move'; readonly of: number; readonly service: string | null }
    | { readonly do: 'maintain'; readonly of: number; readonly from: number; readonly to: number }
    | { readonly do: 'end-maintenance'; readonly of: number }
    | { readonly do: 'tick' }
    | { readonly do: 'delete'; readonly of: number };
  const of = fc.integer({ min: 0, max: 1 });
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('check' as const), of, ok: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('enable' as const), of, enabled: fc.boolean() }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('move' as const), of, service: fc.constantFrom('shop', 'mail', null) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('maintain' as const),
        of,
        from: fc.integer({ min: -60, max: 60 }),
        to: fc.integer({ min: 61, max: 200 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('end-maintenance' as const), of }) },
    { weight: 2, arbitrary: fc.constant({ do: 'tick' as const }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), of }) },
  );

  it('equals a computation second by second, whatever became of its monitors: checked, paused, moved, maintained, deleted', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(step, fc.integer({ min: 1, max: 90 })), { minLength: 5, maxLength: 25 }),
        fc.constantFrom('excluded' as const, 'counted' as const),
        fc.integer({ min: 0, max: 100 }),
        async (steps, maintenance, percent) => {
          const w = watchedIn(memoryTable(HEALTH_TABLE_SHAPE));
          const start = w.clock.now().getTime();
          const ids = [(await w.add({ service: 'shop' })).id, (await w.add({ service: 'shop' })).id];
          // What is so from this second on; maintenance by second, as it was last declared.
          const now = ids.map(() => ({
            status: 'unknown',
            enabled: true,
            service: 'shop' as string | null,
            gone: false,
          }));
          const windows: { from: number; to: number }[][] = [[], []];
          const past: { from: number; to: number }[][] = [[], []];
          const seconds: (typeof now)[] = [];
          const ticks: number[] = [];
          for (const [each, wait] of steps) {
            const at = w.clock.now().getTime();
            const mine = 'of' in each ? now[each.of] : undefined;
            const id = 'of' in each ? (ids[each.of] ?? '') : '';
            if (mine && !mine.gone) {
              const stand = 'of' in each ? (windows[each.of] ?? []) : [];
              if (each.do === 'check') {
                await w.check(id, each.ok);
                if (mine.enabled) mine.status = each.ok ? 'up' : 'down';
              } else if (each.do === 'enable') {
                await w.change(id, { enabled: each.enabled });
                mine.enabled = each.enabled;
                // What was found before a pause is forgotten.
                if (!each.enabled) mine.status = 'unknown';
              } else if (each.do === 'move') {
                await w.change(id, { service: each.service });
                mine.service = each.service;
              } else if (each.do === 'maintain' || each.do === 'end-maintenance') {
                for (const { from, to } of stand.splice(0)) {
                  if (from < at) past[each.of]?.push({ from, to: Math.min(to, at) });
                }
                if (each.do === 'maintain') stand.push({ from: at + each.from * SECOND, to: at + each.to * SECOND });
                const told = stand.map(({ from, to }) => ({
                  from: new Date(from).toISOString(),
                  to: new Date(to).toISOString(),
                }));
                await w.change(id, { maintenance: told });
              } else if (each.do === 'delete') {
                await w.remove(id);
                mine.gone = true;
              }
            } else if (each.do === 'tick') {
              await w.tick();
              ticks.push(at);
            }
            for (let i = 0; i < wait; i++) seconds.push(now.map((one) => ({ ...one })));
            w.clock.advance(wait * SECOND);
          }
          const end = w.clock.now().getTime();
          const from = start + Math.floor((seconds.length * percent) / 100 / 2) * SECOND;
          const report = await w.report({
            from: new Date(from).toISOString(),
            to: new Date(end).toISOString(),
            maintenance,
          });

          const minutes = ticks.map((at) => Math.floor(at / MINUTE));
          const isGap = (at: number): boolean => {
            const minute = Math.floor(at / MINUTE);
            const later = minutes.find((each) => each > minute);
            const before = minutes.findLast((each) => each <= minute);
            if (before === undefined) return false;
            if (later !== undefined) return before < minute;
            return end - (Math.max(...minutes) + 1) * MINUTE > 2 * MINUTE && before < minute;
          };
          const expected = { up: 0, down: 0, maintenance: 0, gap: 0, unobserved: 0 };
          for (const [i, states] of seconds.entries()) {
            const at = start + i * SECOND;
            if (at < from) continue;
            const found = states.flatMap(({ status, enabled, service, gone }, n) => {
              if (gone || !enabled || service !== 'shop' || status === 'unknown') return [];
              const all = [...(windows[n] ?? []), ...(past[n] ?? [])];
              const isMaintained = all.some((window) => window.from <= at && at < window.to);
              return [maintenance === 'excluded' && isMaintained ? 'maintenance' : status];
            });
            if (found.length === 0) expected.unobserved++;
            else if (isGap(at)) expected.gap++;
            else if (found.includes('down')) expected.down++;
            else if (found.includes('up')) expected.up++;
            else expected.maintenance++;
          }
          expect(report.seconds).toEqual(expected);
          const observed = expected.up + expected.down;
          expect(report.uptimePercent).toBe(observed === 0 ? null : (expected.up / observed) * 100);
        },
      ),
      { numRuns: runs(40) },
    );
  }, 60_000);

  it('has the response times of the hours of the range', async () => {
    const w = await watched();
    const { id } = await w.add({ service: 'shop' });
    for (const durationMs of [100, 200, 300, 2_000]) {
      await w.check(id, true, durationMs);
      w.clock.advance(MINUTE);
    }
    const { responseTime } = await w.report();
    expect(responseTime.averageMs).toBe(650);
    expect(responseTime.p95Ms).toBeGreaterThan(290);
    expect((await w.report({ periods: 1, period: 'day' })).responseTime).toEqual(responseTime);
  });

  it('leaves out maintenance that recurs, for the time in which the monitor had it and no longer', async () => {
    const w = await watched();
    const nightly = {
      rule: 'FREQ=DAILY',
      timeZone: 'UTC',
      startsAt: '2026-11-01T03:30',
      durationMinutes: 60,
      except: [],
    };
    // It is 03:00, and each night has its window at half past three.
    const { id } = await w.add({ service: 'shop', recurringMaintenance: [nightly] });
    const HOUR = 60 * MINUTE;
    await w.check(id, true);
    w.clock.advance(24 * HOUR);
    w.clock.advance(24 * HOUR);
    // Two windows are over, and the third is left after half an hour of it.
    w.clock.advance(HOUR);
    await w.change(id, { recurringMaintenance: [] });
    w.clock.advance(48 * HOUR);
    const { seconds } = await w.report();
    expect(seconds.maintenance).toBe(2.5 * 3_600);
    expect(seconds.up).toBe((24 * 4 + 1 - 2.5) * 3_600);
    await w.remove(id);
    expect((await w.report()).seconds.maintenance).toBe(2.5 * 3_600);
  });

  it('is held to what its objective says: its own target, and down only when all of its monitors are', async () => {
    const w = await watched({
      objectives: [{ service: 'shop', uptimePercent: 50, downWhen: 'all', burnRateAlerts: true }],
    });
    const [a, b] = [await w.add({ service: 'shop' }), await w.add({ service: 'shop' })];
    await w.check(a.id, true);
    await w.check(b.id, false);
    w.clock.advance(60 * SECOND);
    await w.check(a.id, false);
    w.clock.advance(30 * SECOND);
    const report = await w.report();
    expect(report).toMatchObject({
      target: { uptimePercent: 50, responseTimeMs: 1_000 },
      met: true,
      complete: false,
      seconds: { up: 60, down: 30 },
      outages: { count: 1, longestSeconds: 30, latest: [{ to: null, seconds: 30 }] },
    });
  });
});

describe('GET /api/monitoring/sla', () => {
  let deps: HealthDeps;
  const handler = surface(() => deps);
  const get = (query: Record<string, string>) =>
    invoke(handler, 'GET /api/monitoring/sla', { caller: { kind: 'user', id: 'usr_anna', name: 'anna' }, query });

  describe('200', () => {
    it('one report for each service, by name, in pages; the same figures as CSV', async () => {
      const w = await watched();
      ({ deps } = w);
      for (const service of ['b', 'a', 'c']) await w.check((await w.add({ service })).id, true);
      w.clock.advance(MINUTE);
      const first = await get({ limit: '2' });
      expect(first.body).toMatchObject({ items: [{ service: 'a', uptimePercent: 100 }, { service: 'b' }] });
      const { next } = first.body as { next: string };
      expect((await get({ limit: '2', cursor: next })).body).toMatchObject({ items: [{ service: 'c' }], next: null });
      const csv = await get({ format: 'csv' });
      expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8');
      expect(String(csv.body).split('\r\n')).toHaveLength(5);
    });
    it('a service whose monitors were all deleted: its past stays', async () => {
      const w = await watched();
      ({ deps } = w);
      const { id } = await w.add({ service: 'shop' });
      await w.check(id, true);
      w.clock.advance(MINUTE);
      await w.remove(id);
      w.clock.advance(MINUTE);
      expect((await get({ service: 'shop' })).body).toMatchObject({ items: [{ seconds: { up: 60 } }] });
      expect((await get({ monitor: id })).body).toMatchObject({ items: [{ monitor: id, seconds: { up: 60 } }] });
    });
    it('several periods: one report each, oldest first, in the time zone', async () => {
      const w = await watched();
      ({ deps } = w);
      await w.check((await w.add({ service: 'shop' })).id, true);
      const { items } = (await get({ period: 'day', periods: '3', timeZone: 'Europe/Berlin' })).body as {
        items: SlaReport[];
      };
      expect(items.map(({ from, complete }) => [from, complete])).toEqual([
        ['2026-11-18T23:00:00.000Z', true],
        ['2026-11-19T23:00:00.000Z', true],
        ['2026-11-20T23:00:00.000Z', false],
      ]);
    });
  });

  describe('400', () => {
    it.each([
      [{ from: '2026-11-20T00:00:00Z' }, 'Give from and to'],
      [{ from: '2026-11-20T00:00:00Z', to: '2026-11-19T00:00:00Z' }, 'before'],
      [{ from: '2027-11-20T00:00:00Z', to: '2027-11-21T00:00:00Z' }, 'not begun'],
      [{ from: '2024-11-20T00:00:00Z', to: '2026-11-19T00:00:00Z' }, '400 days'],
      [{ day: '2026-02-30' }, 'day'],
    ])('%j: says what is wrong', async (query, said) => {
      ({ deps } = await watched());
      const { status, body } = await get(query as unknown as Record<string, string>);
      expect(status).toBe(400);
      expect(body).toMatchObject({ code: 'sla.range', detail: expect.stringContaining(said) });
    });
  });

  describe('404', () => {
    it('a service or monitor that is unknown', async () => {
      ({ deps } = await watched());
      expect((await get({ service: 'none' })).body).toMatchObject({ status: 404, code: 'service.not_found' });
      expect((await get({ monitor: 'mon_none' })).body).toMatchObject({ status: 404, code: 'monitor.not_found' });
    });
  });
});

describe('error budgets', () => {
  const objective = { service: 'shop', uptimePercent: 99.9, downWhen: 'any' as const, burnRateAlerts: true };
  it('are watched only for services with an objective, and ten containers at once write once', async () => {
    const w = await watched({ objectives: [objective] });
    const [shop, mail] = [await w.add({ service: 'shop' }), await w.add({ service: 'mail' })];
    for (const { id } of [shop, mail]) await w.check(id, true);
    w.clock.advance(60 * MINUTE);
    for (const { id } of [shop, mail]) await w.check(id, false);
    w.clock.advance(MINUTE);
    const looks = await Promise.all(Array.from({ length: 10 }, () => w.watchBudgets(['shop', 'mail'])));
    expect(looks.reduce((sum, { changed }) => sum + changed, 0)).toBe(1);
    expect(await w.deps.budgets.all()).toMatchObject([{ service: 'shop', version: 1, firing: { fast: {} } }]);
  });

  it('are found by what went down lately, also where nothing is down any more, and end when the burn ends', async () => {
    const w = await watched({ objectives: [objective] });
    const { id } = await w.add({ service: 'shop' });
    await w.check(id, true);
    w.clock.advance(60 * MINUTE);
    await w.check(id, false);
    w.clock.advance(2 * MINUTE);
    await w.check(id, true);
    expect(await w.watchBudgets()).toEqual({ looked: 1, changed: 1 });
    w.clock.advance(6 * MINUTE);
    expect(await w.watchBudgets()).toEqual({ looked: 1, changed: 1 });
    expect(await w.deps.budgets.all()).toMatchObject([{ version: 2, firing: {} }]);
  });

  it('whose objective is removed stop alerting', async () => {
    const settings: { objectives: Settings['objectives'] } = { objectives: [objective] };
    const w = await watched();
    const deps = { ...w.deps, settings: async () => ({ ...DEFAULT_SETTINGS, ...settings }) };
    const look = () => watchBudgets({ ...deps, brokenServices: async () => ['shop'] });
    const { id } = await w.add({ service: 'shop' });
    await w.check(id, true);
    w.clock.advance(60 * MINUTE);
    await w.check(id, false);
    w.clock.advance(MINUTE);
    expect(await look()).toMatchObject({ changed: 1 });
    settings.objectives = [];
    expect(await look()).toMatchObject({ changed: 1 });
    expect(await look()).toEqual({ looked: 0, changed: 0 });
    expect(await w.deps.budgets.all()).toMatchObject([{ firing: {} }]);
  });

  it('do not burn in a gap of ours', async () => {
    const w = await watched({ objectives: [objective] });
    const { id } = await w.add({ service: 'shop' });
    await w.check(id, true);
    w.clock.advance(60 * MINUTE);
    await w.tick();
    await w.check(id, false);
    w.clock.advance(MINUTE);
    await w.check(id, true);
    w.clock.advance(59 * MINUTE);
    await w.check(id, false);
    w.clock.advance(MINUTE);
    await w.tick();
    expect((await w.report()).seconds).toMatchObject({ gap: 60 * 60 });
    expect(await w.watchBudgets(['shop'])).toEqual({ looked: 1, changed: 0 });
  });
});
