import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  occurrenceAt,
  occurrencesIn,
  occurrencesOf,
  Recurrence,
  recurrenceProblem,
} from '../../../shared/calendar/recurrence.ts';
import { wallAt } from '../../../shared/calendar/wall-clock.ts';
import { runs } from '../../support/runs.ts';

const BERLIN = 'Europe/Berlin';
const recurrence = (rule: string, over: Partial<Recurrence> = {}): Recurrence => ({
  rule,
  timeZone: BERLIN,
  startsAt: '2026-03-01T02:30',
  durationMinutes: 60,
  except: [],
  ...over,
});
const namesOf = (of: Recurrence, after = '2026-03-02T12:00:00Z', limit = 3) =>
  occurrencesOf(of, { after: new Date(after), limit }).map(({ name }) => name);
const startsOf = (of: Recurrence, after: string, limit = 3) =>
  occurrencesOf(of, { after: new Date(after), limit }).map(({ from }) => new Date(from).toISOString());

describe('times that recur', () => {
  it.each([
    ['FREQ=DAILY', ['2026-03-03', '2026-03-04', '2026-03-05']],
    ['FREQ=DAILY;INTERVAL=3', ['2026-03-04', '2026-03-07', '2026-03-10']],
    ['FREQ=WEEKLY;BYDAY=SA,SU', ['2026-03-07', '2026-03-08', '2026-03-14']],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=TU', ['2026-03-10', '2026-03-24', '2026-04-07']],
    ['FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=TU', ['2026-03-03', '2026-03-17', '2026-03-31']],
    ['FREQ=MONTHLY;BYDAY=-1SU', ['2026-03-29', '2026-04-26', '2026-05-31']],
    ['FREQ=MONTHLY;BYDAY=2MO', ['2026-03-09', '2026-04-13', '2026-05-11']],
    ['FREQ=MONTHLY;BYMONTHDAY=31', ['2026-03-31', '2026-05-31', '2026-07-31']],
    ['FREQ=MONTHLY;BYMONTHDAY=-1', ['2026-03-31', '2026-04-30', '2026-05-31']],
    ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1', ['2026-03-31', '2026-04-30', '2026-05-29']],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29', ['2028-02-29', '2032-02-29', '2036-02-29']],
    ['FREQ=DAILY;COUNT=4', ['2026-03-03', '2026-03-04']],
    ['FREQ=DAILY;UNTIL=20260304', ['2026-03-03', '2026-03-04']],
    // 02:30 in Berlin is 01:30 in UTC.
    ['FREQ=DAILY;UNTIL=20260304T013000Z', ['2026-03-03', '2026-03-04']],
    ['FREQ=DAILY;UNTIL=20260304T012900Z', ['2026-03-03']],
  ])('%s', (rule, days) => {
    expect(recurrenceProblem(recurrence(rule))).toBeUndefined();
    expect(namesOf(recurrence(rule))).toEqual(days.map((day) => `${day}T02:30`));
  });

  it('a time that the clocks leave out begins as they jump, and one that comes twice begins once, the first time', () => {
    expect(startsOf(recurrence('FREQ=DAILY'), '2026-03-28T03:00:00Z')).toEqual([
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T00:30:00.000Z',
      '2026-03-31T00:30:00.000Z',
    ]);
    expect(startsOf(recurrence('FREQ=DAILY'), '2026-10-24T03:00:00Z')).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
      '2026-10-27T01:30:00.000Z',
    ]);
  });

  it('an exception leaves out its day, and counts for COUNT', () => {
    const of = recurrence('FREQ=DAILY;COUNT=4', { except: ['2026-03-03'] });
    expect(namesOf(of)).toEqual(['2026-03-04T02:30']);
  });

  it('one that has begun and is not over is the first', () => {
    const of = recurrence('FREQ=WEEKLY', { durationMinutes: 7 * 1440 });
    expect(namesOf(of, '2026-03-15T01:29:00Z', 1)).toEqual(['2026-03-08T02:30']);
    expect(namesOf(of, '2026-03-15T01:30:00Z', 1)).toEqual(['2026-03-15T02:30']);
  });

  it.each<[string, Partial<Recurrence>, string]>([
    ['FREQ=HOURLY', {}, 'rule'],
    ['FREQ=DAILY;BYHOUR=3', {}, 'rule'],
    ['FREQ=DAILY;FREQ=DAILY', {}, 'rule'],
    ['FREQ=DAILY;COUNT=2;UNTIL=20270101', {}, 'rule'],
    ['INTERVAL=2', {}, 'rule'],
    ['FREQ=WEEKLY;BYDAY=2MO', {}, 'rule'],
    ['FREQ=MONTHLY;BYMONTHDAY=32', {}, 'rule'],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', {}, 'rule'],
    ['FREQ=DAILY;UNTIL=20260101', {}, 'rule'],
    ['RRULE:FREQ=DAILY', {}, 'rule'],
    ['FREQ=DAILY\nDTSTART:20200101T000000Z', {}, 'rule'],
    ['FREQ=DAILY', { startsAt: '2026-02-30T02:30' }, 'startsAt'],
  ])('%j %j is refused, and the field named', (rule, over, field) => {
    const { success, error } = Recurrence.safeParse(recurrence(rule, over));
    expect(success).toBe(false);
    expect(error?.issues[0]?.path).toEqual([field]);
  });

  const rules = fc.oneof(
    fc
      .tuple(fc.constantFrom('DAILY', 'WEEKLY'), fc.integer({ min: 1, max: 9 }))
      .map(([freq, n]) => `FREQ=${freq};INTERVAL=${n}`),
    fc.constantFrom(
      'FREQ=WEEKLY;BYDAY=MO,WE,SU',
      'FREQ=MONTHLY;BYDAY=-1FR',
      'FREQ=MONTHLY;BYMONTHDAY=1,15,-1',
      'FREQ=MONTHLY;BYDAY=SA,SU;BYSETPOS=2',
      'FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU',
    ),
  );
  const times = fc.record({
    rule: rules,
    timeZone: fc.constantFrom(BERLIN, 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Pacific/Apia', 'UTC'),
    startsAt: fc
      .date({ min: new Date('2020-01-01'), max: new Date('2027-01-01'), noInvalidDate: true })
      .map((at) => at.toISOString().slice(0, 16)),
    durationMinutes: fc.integer({ min: 1, max: 7 * 1440 }),
    except: fc.constant<string[]>([]),
  });
  const instants = fc.date({ min: new Date('2026-01-01'), max: new Date('2028-01-01'), noInvalidDate: true });

  it('from whatever instant they are asked for, they are the same times, in order, each at its hour of the wall', () => {
    fc.assert(
      fc.property(times, instants, fc.integer({ min: 0, max: 40 * 86_400_000 }), (of, early, laterMs) => {
        const late = new Date(early.getTime() + laterMs);
        const before = late.getTime() + 20 * 86_400_000;
        const fromEarly = occurrencesOf(of, { after: early, before, limit: 200 });
        const fromLate = occurrencesOf(of, { after: late, before, limit: 200 });
        expect(fromLate).toEqual(fromEarly.filter(({ to }) => to > late.getTime()));
        for (const [i, { name, from, to }] of fromEarly.entries()) {
          expect(to - from).toBe(of.durationMinutes * 60_000);
          expect(from).toBeGreaterThan(fromEarly[i - 1]?.from ?? 0);
          expect(name.slice(11)).toBe(of.startsAt.slice(11));
          // Only where the clocks leave the time out does the wall show a later one.
          expect(wallAt(from, of.timeZone)).toBeGreaterThanOrEqual(Date.parse(`${name}Z`));
          expect(wallAt(from - 1, of.timeZone)).toBeLessThan(Date.parse(`${name}Z`));
        }
      }),
      { numRuns: runs(300) },
    );
  });
});

describe('the time that lasts', () => {
  const DAY_MS = 86_400_000;
  const start = Date.parse('2026-03-20T00:00:00Z');

  it('is the one of all times, in whatever order instants are asked for, also where clocks change and times overlap', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('FREQ=DAILY', 'FREQ=DAILY;COUNT=9', 'FREQ=WEEKLY;BYDAY=SA,SU', 'FREQ=MONTHLY;BYDAY=-1SU'),
        fc.constantFrom(30, 600, 1_440, 4_000),
        fc.array(fc.integer({ min: 0, max: 20 * DAY_MS }), { minLength: 1, maxLength: 6 }),
        (rule, durationMinutes, offsets) => {
          const of = recurrence(rule, { durationMinutes, startsAt: '2026-03-15T02:30', except: ['2026-03-28'] });
          const all = occurrencesOf(of, { after: new Date(start - 5 * DAY_MS), limit: 60 });
          for (const at of offsets.map((offset) => start + offset)) {
            const lasting = all.find(({ from, to }) => from <= at && at < to);
            expect(occurrenceAt(of, new Date(at))).toEqual(lasting);
            const span = { from: at, to: at + 2 * DAY_MS };
            expect(occurrencesIn(of, span)).toEqual(all.filter(({ from, to }) => from < span.to && to > span.from));
          }
        },
      ),
      { numRuns: runs(200) },
    );
  });
});
