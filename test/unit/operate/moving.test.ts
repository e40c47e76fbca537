import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { render } from '../../../functions/oncall/rota/render.ts';
import type { Wish } from '../../../functions/oncall/rota/override.ts';
import { CreateSchedule } from '../../../functions/oncall/rota/schedule.ts';
import { isFields, isList, type Fields } from '../../../operate/cli/configuration/value.ts';
import { comparisonOf, hourly, type Comparison } from '../../../operate/cli/import/compare.ts';
import { readExport } from '../../../operate/cli/import/export-file.ts';
import { onCallBefore } from '../../../operate/cli/import/old-rota.ts';
import { VENDORS, type OldSchedule, type OldSystem, type OldTurns } from '../../../operate/cli/import/old-system.ts';
import { readOld } from '../../../operate/cli/import/readers.ts';
import { translate, type Translation } from '../../../operate/cli/import/translate.ts';
import { zoneOf } from '../../../operate/cli/import/zones.ts';
import { runs } from '../../support/runs.ts';
import { repository } from '../../support/tools/paths.ts';

const NOW = new Date('2026-11-30T23:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Who is on call by the schedules of a document, as Tocsin computes them. */
const shiftsOf = ({ configuration }: Translation, names: readonly string[], from: number, to: number) => {
  const schedules = configuration.lists.get('schedules') ?? [];
  return schedules
    .filter(({ name }) => names.includes(String(name)))
    .flatMap((schedule) => {
      const { overrides, ...rota } = JSON.parse(JSON.stringify(schedule).replaceAll('"user:', '"')) as Fields;
      const withIds = JSON.parse(JSON.stringify(rota), (key, value: unknown) =>
        key === 'users' && isList(value as never)
          ? (value as string[]).map((name) => `usr_${name.replaceAll(/\W/g, '_')}`)
          : value,
      ) as unknown;
      const { timeZone, layers } = CreateSchedule.parse(withIds);
      const wishes = (isList(overrides) ? overrides : []).filter(isFields).map((each, made): Wish => ({
        id: `ovr_${made}`,
        made,
        kind: each['kind'] as Wish['kind'],
        userId: `usr_${String(each['userId']).replaceAll(/\W/g, '_')}`,
        insteadOf: typeof each['insteadOf'] === 'string' ? `usr_${each['insteadOf'].replaceAll(/\W/g, '_')}` : null,
        from: String(each['from']),
        to: String(each['to']),
      }));
      return render({ timeZone, layers }, wishes, { from, to }).map((shift) => ({
        ...shift,
        users: shift.users.map((id) => id.slice(4)),
      }));
    });
};

const comparisons = (old: OldSystem, from: number, days = 30): Comparison[] => {
  const translation = translate(old, { now: new Date(from) });
  const plain = new Map([...translation.usernames].map(([id, name]) => [id, name.replaceAll(/\W/g, '_')]));
  return translation.zoned.map((schedule) => {
    const names = translation.schedules.get(schedule.id) ?? [];
    const span = { from, to: from + days * DAY };
    return comparisonOf(schedule, names, shiftsOf(translation, names, span.from, span.to), plain, span);
  });
};

const NOTHING: Omit<OldSystem, 'schedules'> = {
  users: ['ana', 'ben', 'cleo', 'dan'].map((id) => ({ id, name: id, email: undefined, role: 'user' })),
  teams: [],
  policies: [],
  services: [],
  rules: [],
  integrations: [],
  heartbeats: [],
  maintenance: [],
  findings: [],
};

const user = fc.constantFrom('ana', 'ben', 'cleo', 'dan');
const time = fc.constantFrom('00:00', '06:00', '09:00', '17:30', '22:00');
const day = fc.integer({ min: 1, max: 7 });
const window = fc.oneof(
  fc.record({
    type: fc.constant('daily' as const),
    days: fc.uniqueArray(day, { minLength: 1, maxLength: 7 }),
    from: time,
    to: time,
  }),
  fc.record({ type: fc.constant('weekly' as const), fromDay: day, from: time, toDay: day, to: time }),
);
/** Rotations that both systems can express: turns of one person, hand-offs at times that no zone leaves out. */
const turns: fc.Arbitrary<OldTurns> = fc
  .record({
    name: fc.constantFrom('first', 'second', 'third'),
    slots: fc.array(
      user.map((each) => [each]),
      { minLength: 1, maxLength: 5 },
    ),
    unit: fc.constantFrom('hours', 'days', 'weeks'),
    every: fc.integer({ min: 1, max: 30 }),
    start: fc
      .tuple(fc.integer({ min: 0, max: 200 }), time)
      .map(([days, at]) => `${new Date(Date.UTC(2025, 8, 1 + days)).toISOString().slice(0, 10)}T${at}`),
    notBefore: fc.constant(undefined),
    end: fc.constant(undefined),
    windows: fc.array(window, { maxLength: 2 }),
  })
  // Turns of hours that begin at half past would be handed over at 02:30 as well, which some zones leave out.
  .map((each) => (each.unit === 'hours' ? { ...each, start: each.start.replace(':30', ':00') } : each));
const override = fc
  .tuple(
    fc.constantFrom('replace' as const, 'add' as const, 'remove' as const),
    user,
    fc.option(user, { nil: undefined }),
    fc.integer({ min: 1, max: 600 }),
    fc.integer({ min: 1, max: 90 }),
  )
  .map(([kind, userId, insteadOf, hour, hours]) => ({
    kind,
    userId,
    insteadOf: kind === 'replace' ? insteadOf : undefined,
    hour,
    hours,
  }));

describe('the thirty days after an import', () => {
  test('show no difference for rotations that both systems can express, also while clocks change', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(turns, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
        fc.array(override, { maxLength: 3 }),
        fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Sydney', 'UTC'),
        fc.constantFrom('2026-03-05T00:00:00Z', '2026-10-20T00:00:00Z', '2026-12-01T00:00:00Z'),
        (levels, overrides, timeZone, at) => {
          const from = Date.parse(at);
          const schedule: OldSchedule = {
            id: 's',
            name: 'S',
            description: '',
            timeZone,
            levels,
            overrides: overrides.map(({ hour, hours, ...each }) => ({
              ...each,
              from: new Date(from + hour * HOUR).toISOString(),
              to: new Date(from + (hour + hours) * HOUR).toISOString(),
            })),
          };
          const [comparison] = comparisons({ ...NOTHING, schedules: [schedule] }, from);
          expect(comparison?.differences).toEqual([]);
          expect(comparison?.hours).toBe(720);
        },
      ),
      { numRuns: runs(200) },
    );
  }, 300_000);

  test('name the hours in which somebody else is on call, and why', () => {
    const gap: OldTurns = {
      name: 'g',
      slots: [['ana'], []],
      unit: 'weeks',
      every: 1,
      start: '2026-11-02T00:00',
      notBefore: undefined,
      end: undefined,
      windows: [],
    };
    const schedule = { id: 's', name: 'S', description: '', timeZone: 'UTC', levels: [[gap]], overrides: [] };
    const from = Date.parse('2026-11-30T00:00:00Z');
    const [comparison] = comparisons({ ...NOTHING, schedules: [schedule] }, from);
    expect(comparison?.hoursThatDiffer).toBe(14 * 24 + 48 - 48);
    expect(comparison?.differences[0]).toMatchObject({
      from: Date.parse('2026-12-07T00:00:00Z'),
      before: [],
      after: ['ana'],
      why: 'in the old system nobody was on call in this turn',
    });
    const hours = hourly(comparison ?? { spans: [] }, from, from + 30 * DAY);
    expect(hours).toHaveLength(720);
    expect(hours[7 * 24 - 1]).toMatchObject({ before: ['ana'], after: ['ana'] });
    expect(hours[7 * 24]).toMatchObject({ before: [], after: ['ana'] });
  });

  test('count what the old system itself says, where the export has it for the whole span', () => {
    const from = Date.parse('2026-11-30T00:00:00Z');
    const always: OldTurns = {
      name: 'g',
      slots: [['ana']],
      unit: 'weeks',
      every: 1,
      start: '2026-11-02T00:00',
      notBefore: undefined,
      end: undefined,
      windows: [],
    };
    const told = [{ from: from - DAY, to: from + 40 * DAY, userId: 'ben' }];
    const schedule = { id: 's', name: 'S', description: '', timeZone: 'UTC', levels: [[always]], overrides: [], told };
    expect(comparisons({ ...NOTHING, schedules: [schedule] }, from)[0]).toMatchObject({
      isTold: true,
      hoursThatDiffer: 720,
    });
  });

  test('a hand-off at a time that the clocks leave out is later by what they jump over in the old system', () => {
    const early: OldTurns = {
      name: 'g',
      slots: [['ana'], ['ben']],
      unit: 'days',
      every: 1,
      start: '2026-03-28T02:30',
      notBefore: undefined,
      end: undefined,
      windows: [],
    };
    const schedule = {
      id: 's',
      name: 'S',
      description: '',
      timeZone: 'Europe/Berlin',
      levels: [[early]],
      overrides: [],
    };
    const duties = onCallBefore(schedule, Date.parse('2026-03-28T12:00:00Z'), Date.parse('2026-03-29T12:00:00Z'));
    expect(duties.map(({ from }) => new Date(from).toISOString())).toEqual([
      '2026-03-28T12:00:00.000Z',
      '2026-03-29T01:30:00.000Z',
    ]);
  });
});

describe.each(VENDORS)('an export of %s', (vendor) => {
  const directory = join(repository, 'test/fixtures/moving', vendor);
  const from = vendor === 'opsgenie' ? readExport(directory) : readExport(join(directory, 'export.json'));
  const old = readOld(vendor, from, {});
  const translation = translate(old, { now: NOW });

  test('becomes the document that it should', () => {
    expect({
      document: {
        ...Object.fromEntries(translation.configuration.lists),
        ...Object.fromEntries(translation.configuration.singles),
      },
      findings: translation.findings.map(({ kind, name, verdict, reason }) => `${verdict}: ${kind} ${name}: ${reason}`),
    }).toMatchSnapshot();
  });

  test('shows no difference in the thirty days that follow, but for turns of nobody', () => {
    for (const { schedule, differences, became } of comparisons(old, NOW.getTime())) {
      const unexpected = differences.filter(({ before }) => before.length > 0);
      expect(became.length > 0 ? unexpected : [], schedule).toEqual([]);
    }
  });
});

describe('zones', () => {
  test('renamed ones are those of today, in both directions, and unknown ones are said', () => {
    for (const name of [
      'US/Pacific-New',
      'Asia/Calcutta',
      'Asia/Kolkata',
      'Europe/Kyiv',
      'Europe/Kiev',
      'Eastern Time (US & Canada)',
    ]) {
      expect(zoneOf(name), name).toMatchObject({ isKnown: true });
    }
    expect(zoneOf('Eastern Time (US & Canada)').zone).toBe('America/New_York');
    expect(zoneOf('Mars/Olympus')).toEqual({ zone: 'UTC', isKnown: false, isRenamed: false });
    expect(zoneOf('Mars/Olympus', { 'Mars/Olympus': 'Europe/Berlin' })).toMatchObject({
      zone: 'Europe/Berlin',
      isKnown: true,
    });
  });

  test('a schedule in an unknown zone says so, and how to name one', () => {
    const always: OldTurns = {
      name: 'g',
      slots: [['ana']],
      unit: 'weeks',
      every: 1,
      start: '2026-11-02T00:00',
      notBefore: undefined,
      end: undefined,
      windows: [],
    };
    const schedule = {
      id: 's',
      name: 'S',
      description: '',
      timeZone: 'Mars/Olympus',
      levels: [[always]],
      overrides: [],
    };
    expect(translate({ ...NOTHING, schedules: [schedule] }, { now: NOW }).findings).toContainEqual(
      expect.objectContaining({
        kind: 'schedule',
        verdict: 'changes',
        reason: expect.stringContaining("--zone 'Mars/Olympus="),
      }),
    );
  });
});
