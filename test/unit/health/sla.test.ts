import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextBudget, type BudgetState } from '../../../functions/health/sla/budget.ts';
import { BURN_ALERTS, burnRate, burns } from '../../../functions/health/sla/burn.ts';
import { csvOf } from '../../../functions/health/sla/csv.ts';
import { dayAt, isDay, periodsUntil, PERIODS, type Span } from '../../../functions/health/sla/period.ts';
import { reportOf } from '../../../functions/health/sla/report.ts';
import {
  tallied,
  timelineOf,
  within,
  type Condition,
  type MonitorRecord,
  type Segment,
  type TimelineRules,
} from '../../../functions/health/sla/timeline.ts';
import { runs } from '../../support/runs.ts';

/** How a service is at one instant, by the words of the definition and nothing else: the slow and obvious way. */
const conditionAt = (records: readonly MonitorRecord[], rules: TimelineRules, at: number): Condition => {
  const lasts = ({ from, to }: Span): boolean => from <= at && at < to;
  const states = records.flatMap((record): Condition[] => {
    const status = record.statuses.findLast((each) => each.at <= at)?.status ?? 'unknown';
    const coverage = record.coverage.findLast((each) => each.at <= at);
    if (!coverage?.enabled || status === 'unknown') return [];
    if (rules.service !== undefined && coverage.service !== rules.service) return [];
    if (rules.maintenance === 'excluded' && record.maintenance.some(lasts)) return ['maintenance'];
    return [status];
  });
  if (states.length === 0) return 'unobserved';
  if (rules.gaps.some(lasts)) return 'gap';
  const found = states.filter((state) => state === 'up' || state === 'down');
  if (found.length === 0) return 'maintenance';
  const isDown = rules.downWhen === 'any' ? found.includes('down') : !found.includes('up');
  return isDown ? 'down' : 'up';
};

const END = 120;
const instant = fc.integer({ min: 0, max: END });
const span = fc.tuple(instant, instant).map(([a, b]): Span => ({ from: Math.min(a, b), to: Math.max(a, b) }));
const inOrder = <T extends object>(of: fc.Arbitrary<T>) =>
  fc
    .array(fc.tuple(instant, of), { maxLength: 6 })
    .map((entries) => entries.sort(([a], [b]) => a - b).map(([at, entry]) => ({ at, ...entry })));
const record: fc.Arbitrary<MonitorRecord> = fc.record({
  statuses: inOrder(fc.record({ status: fc.constantFrom('unknown', 'up', 'down') })),
  coverage: inOrder(fc.record({ service: fc.constantFrom('shop', 'mail', null), enabled: fc.boolean() })),
  maintenance: fc.array(span, { maxLength: 3 }),
});
const rules: fc.Arbitrary<TimelineRules> = fc.record({
  service: fc.constantFrom('shop', undefined),
  gaps: fc.array(span, { maxLength: 3 }),
  maintenance: fc.constantFrom('excluded', 'counted'),
  downWhen: fc.constantFrom('any', 'all'),
});

describe('the timeline of a service', () => {
  it('is at every instant what the definition says, for any history', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 4 }), span, rules, (records, range, by) => {
        const segments = timelineOf(records, range, by);
        for (let at = range.from; at < range.to; at++) {
          const found = segments.filter(({ from, to }) => from <= at && at < to);
          expect(found.map(({ condition }) => condition)).toEqual([conditionAt(records, by, at)]);
        }
        expect(segments.every(({ from, to }) => range.from <= from && from < to && to <= range.to)).toBe(true);
        expect(segments.every(({ condition }, i) => condition !== segments[i + 1]?.condition)).toBe(true);
      }),
      { numRuns: runs(1_000) },
    );
  });

  it('gives uptime, budget and burn rate that equal the reference, for any history', () => {
    const target = fc.constantFrom(99.99, 99.9, 99, 95, 50, 100);
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 4 }),
        span,
        rules,
        target,
        instant,
        (records, range, by, percent, now) => {
          const until = Math.max(range.from, Math.min(range.to, now));
          const all = Array.from({ length: until - range.from }, (_, i) => conditionAt(records, by, range.from + i));
          const of = (condition: Condition): number => all.filter((each) => each === condition).length;
          const [up, down] = [of('up'), of('down')];
          const report = reportOf(
            { service: 'shop', monitor: null },
            range,
            timelineOf(records, { from: range.from, to: until }, by),
            { uptimePercent: percent, responseTimeMs: 1_000 },
            undefined,
            new Date(Math.max(now, range.from)),
          );
          expect(report.seconds).toEqual({
            up: up / 1000,
            down: down / 1000,
            maintenance: of('maintenance') / 1000,
            gap: of('gap') / 1000,
            unobserved: of('unobserved') / 1000,
          });
          const uptime = up + down === 0 ? null : (up / (up + down)) * 100;
          expect(report.uptimePercent).toBe(uptime);
          expect(report.met).toBe(uptime === null ? null : uptime >= percent);
          const left = range.to - Math.max(now, range.from);
          const allowed = ((up + down + Math.max(0, left)) * (100 - percent)) / 100;
          expect(report.errorBudget.remainingSeconds).toBeCloseTo((allowed - down) / 1000, 9);
          // A range that is over has missed its target exactly where it has spent more than its budget.
          const { remainingSeconds } = report.errorBudget;
          if (report.complete && report.met !== null && Math.abs(remainingSeconds) > 1e-9) {
            expect(report.met).toBe(remainingSeconds > 0);
          }
          const share = up + down === 0 ? undefined : down / (up + down);
          const rate = share === undefined ? undefined : share === 0 ? 0 : share / (1 - percent / 100);
          expect(report.errorBudget.burnRate).toBe(rate === undefined || rate === Infinity ? null : rate);
        },
      ),
      { numRuns: runs(1_000) },
    );
  });

  it('cut into parts gives the sum of the parts', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 3 }), rules, instant, (records, by, cut) => {
        const whole = timelineOf(records, { from: 0, to: END }, by);
        const [first, second] = [within(whole, { from: 0, to: cut }), within(whole, { from: cut, to: END })];
        const [a, b, sum] = [tallied(first), tallied(second), tallied(whole)];
        for (const condition of Object.keys(sum) as Condition[]) {
          expect(a[condition] + b[condition]).toBe(sum[condition]);
        }
        expect(first).toEqual(timelineOf(records, { from: 0, to: cut }, by));
      }),
    );
  });
});

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.parse('2026-11-21T03:00:00Z');
/** Up all the time but for outages that began so many minutes ago and lasted so many. */
const withOutages = (since: number, ...outages: readonly (readonly [ago: number, minutes: number])[]): Segment[] =>
  timelineOf(
    [
      {
        statuses: [
          { at: since, status: 'up' as const },
          ...outages.flatMap(([ago, minutes]) => [
            { at: NOW - ago * MINUTE, status: 'down' as const },
            { at: NOW - (ago - minutes) * MINUTE, status: 'up' as const },
          ]),
        ],
        coverage: [{ at: since, service: 'shop', enabled: true }],
        maintenance: [],
      },
    ],
    { from: NOW - 72 * HOUR, to: NOW },
    { service: 'shop', gaps: [], maintenance: 'excluded', downWhen: 'any' },
  );
const firing = (segments: readonly Segment[], since: number, target = 99.9): string[] =>
  burns(segments, since, target, new Date(NOW))
    .filter(({ fires }) => fires)
    .map(({ alert }) => alert.name);

describe('burn-rate alerts', () => {
  const long = NOW - 30 * 24 * HOUR;
  it('have the windows and rates of the SRE Workbook', () => {
    expect(BURN_ALERTS.map(({ factor, longSeconds, shortSeconds }) => [factor, longSeconds, shortSeconds])).toEqual([
      [14.4, 3600, 300],
      [6, 21_600, 1800],
      [1, 259_200, 21_600],
    ]);
  });

  it('fire where both windows burn: two minutes that end now are 33 times too fast over an hour', () => {
    expect(firing(withOutages(long, [2, 2]), long)).toEqual(['fast']);
    expect(firing(withOutages(long, [3, 3]), long)).toEqual(['fast', 'medium']);
    expect(firing(withOutages(long, [5, 5]), long)).toEqual(['fast', 'medium', 'slow']);
  });

  it('end with the short window, though the long one still burns', () => {
    expect(firing(withOutages(long, [10, 3]), long)).toEqual(['medium']);
    expect(firing(withOutages(long, [60, 5]), long)).toEqual(['slow']);
    expect(firing(withOutages(long, [7 * 60, 5]), long)).toEqual([]);
  });

  it('wait for a full window: a service that is watched for 59 minutes has none, for 60 the first', () => {
    const since = (minutes: number): number => NOW - minutes * MINUTE;
    expect(firing(withOutages(since(59), [2, 2]), since(59))).toEqual([]);
    expect(firing(withOutages(since(60), [2, 2]), since(60))).toEqual(['fast']);
    expect(firing(withOutages(since(72 * 60 - 1), [5, 5]), since(72 * 60 - 1))).toEqual(['fast', 'medium']);
    expect(firing(withOutages(since(72 * 60), [5, 5]), since(72 * 60))).toEqual(['fast', 'medium', 'slow']);
    expect(burns([], undefined, 99.9, new Date(NOW)).some(({ fires }) => fires)).toBe(false);
  });

  it('give the rate that a slow computation by minutes gives', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 90 }),
        fc.constantFrom(99.99, 99.9, 99),
        (minutes, target) => {
          const segments = minutes.map((isUp, i): Segment => ({
            from: i * MINUTE,
            to: (i + 1) * MINUTE,
            condition: isUp ? 'up' : 'down',
          }));
          const share = minutes.filter((isUp) => !isUp).length / minutes.length;
          expect(burnRate(segments, target)).toBeCloseTo(share / (1 - target / 100), 6);
        },
      ),
    );
  });

  it('a target of 100 % burns without bound with the first outage, and not at all without one', () => {
    expect(firing(withOutages(long, [1, 1]), long, 100)).toEqual(['fast', 'medium', 'slow']);
    expect(firing(withOutages(long), long, 100)).toEqual([]);
  });

  it('are reported once: an alert that still fires keeps since and reason, and the state is written only when one begins or ends', () => {
    const at = new Date(NOW);
    const none: BudgetState = { service: 'shop', firing: {}, version: 0 };
    const look = (segments: readonly Segment[]) => burns(segments, long, 99.9, at);
    const first = nextBudget(none, look(withOutages(long, [2, 2])), 99.9, at);
    expect(first).toMatchObject({
      version: 1,
      firing: {
        fast: { reason: 'the error budget of 99.9 % burns 33.3× over 1 h and 400.0× over 5 min, from 14.4× on' },
      },
    });
    expect(nextBudget(first, look(withOutages(long, [2.1, 2.1])), 99.9, at)).toBe(first);
    expect(nextBudget(first, look(withOutages(long)), 99.9, at)).toEqual({ service: 'shop', firing: {}, version: 2 });
    expect(nextBudget(none, look(withOutages(long)), 99.9, at)).toBe(none);
  });
});

describe('a period', () => {
  const of = (period: (typeof PERIODS)[number], day: string, zone: string, count = 1): string[] =>
    periodsUntil(period, day, zone, count).map(
      ({ from, to }) => `${new Date(from).toISOString()} ${(to - from) / HOUR}`,
    );
  it('begins where its first day begins in the zone; a day has 23 or 25 hours where clocks are changed', () => {
    expect(of('day', '2026-03-29', 'Europe/Berlin')).toEqual(['2026-03-28T23:00:00.000Z 23']);
    expect(of('day', '2026-10-25', 'Europe/Berlin')).toEqual(['2026-10-24T22:00:00.000Z 25']);
    // In Havana the clocks go forward at midnight: the day begins at one.
    expect(of('day', '2026-03-08', 'America/Havana')).toEqual(['2026-03-08T05:00:00.000Z 23']);
    // Lord Howe moves its clocks by half an hour.
    expect(of('day', '2026-10-04', 'Australia/Lord_Howe')).toEqual(['2026-10-03T13:30:00.000Z 23.5']);
  });
  it('is an ISO week, a month, a quarter, a year', () => {
    expect(of('week', '2026-11-22', 'UTC')).toEqual(['2026-11-16T00:00:00.000Z 168']);
    expect(of('month', '2026-02-28', 'UTC', 2)).toEqual([
      '2026-01-01T00:00:00.000Z 744',
      '2026-02-01T00:00:00.000Z 672',
    ]);
    expect(of('quarter', '2026-11-21', 'UTC')).toEqual(['2026-10-01T00:00:00.000Z 2208']);
    expect(of('year', '2024-06-01', 'UTC')).toEqual(['2024-01-01T00:00:00.000Z 8784']);
  });
  it('is followed by the next without a hole, in every zone', () => {
    const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
    const days = fc.date({ min: new Date('1990-01-01'), max: new Date('2037-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(zones, days, fc.constantFrom(...PERIODS), (zone, date, period) => {
        const spans = periodsUntil(period, dayAt(date, zone), zone, 3);
        expect(spans.every(({ to }, i) => i === 2 || to === spans[i + 1]?.from)).toBe(true);
        const [, , last] = spans;
        expect(last && last.from <= date.getTime() && date.getTime() < last.to).toBe(true);
      }),
      { numRuns: runs(500) },
    );
  });
  it('knows days that are none', () => {
    expect(['2026-02-28', '2026-02-29', '2026-2-1', 'now', ''].map(isDay)).toEqual([true, false, false, false, false]);
  });
});

describe('a report as CSV', () => {
  it('has one line for each, what is unknown empty, and no text that a spreadsheet would run', () => {
    const report = reportOf(
      { service: '=HYPERLINK("x"),shop', monitor: null },
      { from: 0, to: 2_000 },
      [
        { from: 0, to: 1_500, condition: 'up' },
        { from: 1_500, to: 2_000, condition: 'down' },
      ],
      { uptimePercent: 99.9, responseTimeMs: 1_000 },
      undefined,
      new Date(5_000),
    );
    const [head, line, end] = csvOf([report]).split('\r\n');
    expect(head).toMatch(/^service,monitor,from,to,complete,target_uptime_percent,uptime_percent,met,/);
    expect(line).toMatch(
      /^"'=HYPERLINK\(""x""\),shop",,1970-01-01T00:00:00.000Z,1970-01-01T00:00:02.000Z,true,99.9,75,false,1.5,0.5,0,0,0,/,
    );
    expect(line?.split(',').slice(-1)).toEqual(['']);
    expect(end).toBe('');
  });

  it.each([...'=+-@\t\r\n＝＋－＠'])('escapes a cell that begins with %j', (char) => {
    const report = reportOf(
      { service: `${char}1+1`, monitor: null },
      { from: 0, to: 2_000 },
      [{ from: 0, to: 2_000, condition: 'up' }],
      { uptimePercent: 99.9, responseTimeMs: 1_000 },
      undefined,
      new Date(5_000),
    );
    expect(csvOf([report])).toContain(`'${char}1+1`);
  });
});
