import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fairnessOf, gapsIn, loadsIn } from '../../../functions/oncall/rota/coverage.ts';
import type { Wish } from '../../../functions/oncall/rota/override.ts';
import { render, type Rota, type Shift } from '../../../functions/oncall/rota/render.ts';
import { CreateSchedule, type Layer } from '../../../functions/oncall/rota/schedule.ts';
import { instantOf, wallAt } from '../../../shared/calendar/wall-clock.ts';
import { changesOf, eachMinute, MINUTE, shown } from '../../support/wall-clock.ts';
import { runs } from '../../support/runs.ts';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ZONES = Intl.supportedValuesOf('timeZone');
const YEAR = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2027, 0, 1) };
const CHANGING = ZONES.map((timeZone) => ({ timeZone, changes: changesOf(timeZone, YEAR.from, YEAR.to) }));

const time = fc
  .tuple(fc.nat({ max: 23 }), fc.constantFrom(0, 1, 15, 30, 59))
  .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
const users = fc.array(fc.constantFrom('usr_a', 'usr_b', 'usr_c', 'usr_d'), { minLength: 1, maxLength: 4 });
const weekday = fc.integer({ min: 1, max: 7 });
const restriction = fc.oneof(
  fc.record({
    type: fc.constant('daily' as const),
    days: fc.uniqueArray(weekday, { minLength: 1, maxLength: 7 }),
    from: time,
    to: fc.oneof(time, fc.constant('24:00')),
  }),
  fc.record({ type: fc.constant('weekly' as const), fromDay: weekday, from: time, toDay: weekday, to: time }),
);
const rotation = fc.oneof(
  fc.constant({ type: 'daily' as const }),
  fc.constant({ type: 'weekly' as const }),
  fc.constant({ type: 'monthly' as const }),
  fc.record({
    type: fc.constant('custom' as const),
    unit: fc.constantFrom('hours' as const, 'days' as const),
    every: fc.integer({ min: 1, max: 40 }),
  }),
);
/** Layers that begin within a year before `at`, or just after. */
const layer = (at: number): fc.Arbitrary<Layer> =>
  fc.record({
    name: fc.constant('layer'),
    users,
    rotation,
    handOff: time,
    start: fc.integer({ min: -400, max: 1 }).map((days) => new Date(at + days * DAY).toISOString().slice(0, 10)),
    end: fc.option(
      fc.integer({ min: 2, max: 3 }).map((days) => new Date(at + days * DAY).toISOString().slice(0, 10)),
      { freq: 6 },
    ),
    restrictions: fc.array(restriction, { maxLength: 2 }),
  });
const wish = (at: number, span: number): fc.Arbitrary<Omit<Wish, 'id' | 'made'>> =>
  fc
    .record({
      kind: fc.constantFrom('add' as const, 'replace' as const, 'remove' as const),
      userId: fc.constantFrom('usr_a', 'usr_b', 'usr_x'),
      insteadOf: fc.constantFrom(null, 'usr_a', 'usr_b'),
      from: fc.integer({ min: -60, max: span / MINUTE }),
      minutes: fc.integer({ min: 1, max: span / MINUTE }),
    })
    .map(({ from, minutes, insteadOf, ...rest }) => ({
      ...rest,
      insteadOf: rest.kind === 'replace' ? insteadOf : null,
      from: new Date(at + from * MINUTE).toISOString(),
      to: new Date(at + (from + minutes) * MINUTE).toISOString(),
    }));

/** The first minute at which shifts and reference differ. */
const difference = (shifts: readonly Shift[], rota: Rota, wishes: readonly Wish[], from: number, to: number) => {
  let i = 0;
  for (const { at, users } of eachMinute(rota, wishes, from, to)) {
    while ((shifts[i]?.to ?? Infinity) <= at) i++;
    const found = shifts[i]?.users ?? [];
    if (found.join() !== users.join()) return { at: new Date(at).toISOString(), found, wanted: users };
  }
  return undefined;
};

describe('a schedule, compared with the clock on the wall each minute', () => {
  test('in every zone of the database, around each change of its clocks in a year, or on some day', () => {
    expect(ZONES.length).toBeGreaterThan(400);
    expect(CHANGING.filter(({ changes }) => changes.length > 0).length).toBeGreaterThan(100);
    const count = runs(CHANGING.length);
    const some = fc.shuffledSubarray(CHANGING, { minLength: count, maxLength: count });
    fc.assert(
      fc.property(
        some,
        fc.integer({ min: 0, max: 364 }),
        fc.infiniteStream(fc.nat({ max: 2 ** 31 - 1 })),
        (zones, day, seeds) => {
          for (const { timeZone, changes } of zones) {
            for (const change of changes.length > 0 ? changes : [YEAR.from + day * DAY]) {
              const [from, to] = [change - 5 * HOUR, change + 5 * HOUR];
              const [layers = []] = fc.sample(fc.array(layer(change), { minLength: 1, maxLength: 3 }), {
                numRuns: 1,
                seed: seeds.next().value as number,
              });
              const rota = { timeZone, layers };
              const differs = difference(render(rota, [], { from, to }), rota, [], from, to);
              expect(differs, JSON.stringify(rota)).toBeUndefined();
            }
          }
        },
      ),
      { numRuns: 1 },
    );
  });

  test('with overrides that add, replace and remove, over days, in zones whose clocks change', () => {
    const zones = CHANGING.filter(({ changes }) => changes.length > 0);
    const cases = fc.constantFrom(...zones).chain(({ timeZone, changes }) =>
      fc.constantFrom(...changes).chain((change) => {
        const from = change - DAY;
        return fc.record({
          timeZone: fc.constant(timeZone),
          from: fc.constant(from),
          layers: fc.array(layer(change), { minLength: 1, maxLength: 3 }),
          wishes: fc
            .array(wish(from, 2 * DAY), { maxLength: 5 })
            .map((all) => all.map((each, i) => ({ ...each, id: `ovr_${all.length - i}`, made: i }))),
        });
      }),
    );
    fc.assert(
      fc.property(cases, ({ timeZone, from, layers, wishes }) => {
        const rota = { timeZone, layers };
        const to = from + 2 * DAY;
        expect(difference(render(rota, wishes, { from, to }), rota, wishes, from, to)).toBeUndefined();
      }),
      { numRuns: runs(100) },
    );
  });

  test('an override of all holds through any change of the schedule below it', () => {
    const at = YEAR.from + 100 * DAY;
    const layers = fc.array(layer(at), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), layers, layers, wish(at, DAY), (timeZone, before, after, made) => {
        const wishes = [{ ...made, id: 'ovr_1', made: 1, kind: 'replace' as const, insteadOf: null }];
        const span = { from: Date.parse(made.from), to: Date.parse(made.to) };
        for (const layers of [before, after]) {
          expect(render({ timeZone, layers }, wishes, span)).toEqual([{ ...span, users: [made.userId] }]);
        }
      }),
      { numRuns: runs(50) },
    );
  });

  test('covers its span without gap or overlap, and looking at a part of it shows the same', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.array(layer(YEAR.from + 100 * DAY), { minLength: 1, maxLength: 3 }),
        fc.nat({ max: 60 * 24 }),
        fc.nat({ max: 60 * 24 }),
        (timeZone, layers, hours, minutes) => {
          const [from, to] = [YEAR.from + 80 * DAY, YEAR.from + 110 * DAY];
          const shifts = render({ timeZone, layers }, [], { from, to });
          expect([shifts[0]?.from, shifts.at(-1)?.to]).toEqual([from, to]);
          shifts.slice(1).forEach((shift, i) => expect(shift.from).toBe(shifts[i]?.to));
          const at = from + Math.min(hours * HOUR, 28 * DAY) + minutes * MINUTE;
          const [part] = render({ timeZone, layers }, [], { from: at, to: at + 1000 });
          expect(part?.users).toEqual(shifts.find((shift) => shift.from <= at && at < shift.to)?.users);
        },
      ),
      { numRuns: runs(100) },
    );
  });
});

describe('a wall clock', () => {
  test('shows in every zone what Node shows, and reaches each time once, in order', () => {
    const wrong: unknown[] = [];
    for (const { timeZone, changes } of CHANGING) {
      for (const change of changes.length > 0 ? changes : [YEAR.from]) {
        let last = -Infinity;
        for (let minutes = -200; minutes <= 200; minutes += 5) {
          const at = change + minutes * MINUTE;
          const [found, wanted] = [wallAt(at, timeZone), shown(at, timeZone)];
          if (found !== wanted) wrong.push({ timeZone, at, found, wanted });
          const reached = instantOf(shown(change - DAY, timeZone) + DAY + minutes * MINUTE, timeZone);
          if (!(reached >= last)) wrong.push({ timeZone, at, reached, last });
          last = reached;
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test.each([
    ['an hour that is left out', '2026-03-29T02:30Z', '2026-03-29T01:00Z'],
    ['an hour that comes twice', '2026-10-25T02:30Z', '2026-10-25T00:30Z'],
    ['any other', '2026-11-21T08:00Z', '2026-11-21T07:00Z'],
  ])('in Berlin, %s', (_what, wall, instant) => {
    expect(new Date(instantOf(Date.parse(wall), 'Europe/Berlin'))).toEqual(new Date(instant));
  });
});

const base = (over: Partial<Layer> = {}): Layer => ({
  name: 'base',
  users: ['usr_ana', 'usr_ben'],
  rotation: { type: 'weekly' },
  handOff: '09:00',
  start: '2026-11-02',
  end: null,
  restrictions: [],
  ...over,
});
const fortnight = { from: Date.parse('2026-11-02T09:00Z'), to: Date.parse('2026-11-16T09:00Z') };

describe('turns of a month', () => {
  const handOffs = (start: string, from: string, to: string) =>
    render({ timeZone: 'Europe/Berlin', layers: [base({ rotation: { type: 'monthly' }, start })] }, [], {
      from: Date.parse(from),
      to: Date.parse(to),
    }).map((shift) => `${new Date(shift.from).toISOString().slice(0, 16)} ${shift.users.join()}`);

  test('are handed over on the day of the month, by the clock on the wall', () => {
    expect(handOffs('2026-02-10', '2026-02-10T08:00Z', '2026-05-11T00:00Z')).toEqual([
      '2026-02-10T08:00 usr_ana',
      '2026-03-10T08:00 usr_ben',
      '2026-04-10T07:00 usr_ana',
      '2026-05-10T07:00 usr_ben',
    ]);
  });

  test('that begin at the end of a month are handed over on the last day of those that are shorter', () => {
    expect(handOffs('2027-10-31', '2027-12-15T00:00Z', '2028-05-01T00:00Z')).toEqual([
      '2027-12-15T00:00 usr_ben',
      '2027-12-31T08:00 usr_ana',
      '2028-01-31T08:00 usr_ben',
      '2028-02-29T08:00 usr_ana',
      '2028-03-31T07:00 usr_ben',
      '2028-04-30T07:00 usr_ana',
    ]);
  });

  test('leave no gap and no overlap from whatever day they begin, over years', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1500 }), fc.integer({ min: 0, max: 2000 }), (startDay, laterDays) => {
        const start = new Date(Date.UTC(2024, 0, 1) + startDay * DAY).toISOString().slice(0, 10);
        const rota = { timeZone: 'UTC', layers: [base({ rotation: { type: 'monthly' }, start, handOff: '12:00' })] };
        const from = Date.parse(`${start}T12:00Z`) + laterDays * DAY;
        const to = from + 90 * DAY;
        expect(difference(render(rota, [], { from, to: from + DAY }), rota, [], from, from + DAY)).toBeUndefined();
        const shifts = render(rota, [], { from, to });
        expect([shifts[0]?.from, shifts.at(-1)?.to]).toEqual([from, to]);
        for (const [i, shift] of shifts.slice(1).entries()) {
          expect(shift.from).toBe(shifts[i]?.to);
          expect(shift.users).not.toEqual(shifts[i]?.users);
        }
      }),
    );
  });
});

describe('hours on call', () => {
  test('two users who take turns by the week have the same hours, nights and weekends too', () => {
    const shifts = render({ timeZone: 'UTC', layers: [base()] }, [], fortnight);
    const each = { shifts: 1, hours: 168, nightHours: 56, weekendHours: 48, nights: 7, share: 0.5 };
    expect(loadsIn(shifts, 'UTC')).toEqual([
      { userId: 'usr_ana', ...each },
      { userId: 'usr_ben', ...each },
    ]);
    expect(gapsIn(shifts)).toEqual([]);
    expect(fairnessOf(loadsIn(shifts, 'UTC'))).toBe(1);
  });

  test('is fair to the degree that hours are even: a half where one of two bears all but nothing', () => {
    const wish = { id: 'ovr_1', made: 1, kind: 'replace', userId: 'usr_ana', insteadOf: null } as const;
    const almost = { ...wish, from: '2026-11-09T09:01:00.000Z', to: '2026-11-16T09:00:00.000Z' };
    const loads = loadsIn(render({ timeZone: 'UTC', layers: [base()] }, [almost], fortnight), 'UTC');
    expect(loads.map(({ userId }) => userId)).toEqual(['usr_ana', 'usr_ben']);
    expect(fairnessOf(loads)).toBe(0.5);
    expect(fairnessOf([])).toBeNull();
  });

  test('hours outside restrictions in which nobody is on call are reported as gaps', () => {
    const office = { type: 'daily' as const, days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' };
    const shifts = render({ timeZone: 'UTC', layers: [base({ restrictions: [office] })] }, [], fortnight);
    expect(gapsIn(shifts)).toHaveLength(10);
    expect(gapsIn(shifts)[4]).toEqual({
      from: Date.parse('2026-11-06T17:00Z'),
      to: Date.parse('2026-11-09T09:00Z'),
    });
    expect(loadsIn(shifts, 'UTC').map(({ hours, nightHours }) => [hours, nightHours])).toEqual([
      [40, 0],
      [40, 0],
    ]);
  });
});

describe('the schema of schedules', () => {
  const schedule = (layer: object, over: object = {}) =>
    CreateSchedule.safeParse({ name: 'x', timeZone: 'Europe/Berlin', layers: [{ ...base(), ...layer }], ...over });
  test.each([
    ['a zone that nobody knows', schedule({}, { timeZone: 'Mars/Olympus' })],
    ['an offset in place of a zone', schedule({}, { timeZone: '+01:00' })],
    ['nobody', schedule({ users: [] })],
    ['an end before the start', schedule({ end: '2026-11-01' })],
    ['a day that does not exist', schedule({ start: '2026-02-30' })],
    ['a turn of ten years', schedule({ rotation: { type: 'custom', unit: 'weeks', every: 520 } })],
    ['a turn of no time', schedule({ rotation: { type: 'custom', unit: 'hours', every: 0 } })],
    ['a hand-off at 25 o’clock', schedule({ handOff: '25:00' })],
  ])('refuses %s', (_what, result) => expect(result.success).toBe(false));
  test.each(['daily', 'weekly', 'monthly'])('accepts turns that are %s', (type) =>
    expect(schedule({ rotation: { type } }).success).toBe(true),
  );
});
