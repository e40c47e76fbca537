import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayReach, rangesIn } from '../../../shared/http/address.ts';
import { answerProblem } from '../../../functions/health/monitors/check-http.ts';
import { cronProblem, nextDue } from '../../../functions/health/monitors/cron.ts';
import { afterPing, overdueAt, signalOf, type Signal } from '../../../functions/health/monitors/heartbeat.ts';
import { HIDDEN, keptCheck, shownCheck } from '../../../functions/health/monitors/hidden-headers.ts';
import { Check, CreateMonitor, HttpCheck } from '../../../functions/health/monitors/monitor.ts';
import type { Problem } from '../../../shared/kernel/errors.ts';
import { scraped } from '../../../functions/health/monitors/scraped.ts';
import {
  INTERVALS,
  dueAtMinute,
  dueName,
  phaseOf,
  shardCountOf,
  shardsOf,
} from '../../../functions/health/monitors/slots.ts';
import { nextState, unknownState, type KnownState } from '../../../functions/health/monitors/state.ts';

const AT = new Date('2026-11-21T03:00:00Z');
const ok = { ok: true, reason: 'well', durationMs: 1 };
const bad = { ok: false, reason: 'ill', durationMs: 1 };

describe('the state of a monitor', () => {
  it('is down after so many failures in a row and up after so many successes, as counted by hand', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { maxLength: 60 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        (results, failAfter, recoverAfter) => {
          let state = unknownState('mon_1', AT);
          let status: 'unknown' | 'up' | 'down' = 'unknown';
          let run = 0;
          for (const success of results) {
            state = nextState({ failAfter, recoverAfter }, state, success ? ok : bad, AT, false);
            if ((success && status === 'up') || (!success && status === 'down')) run = 0;
            else run++;
            if (success && run >= (status === 'unknown' ? 1 : recoverAfter) && status !== 'up')
              [status, run] = ['up', 0];
            if (!success && run >= failAfter && status !== 'down') [status, run] = ['down', 0];
            // A success of what is unknown, and a failure of it, do not add up.
            expect(state.status).toBe(status);
          }
        },
      ),
    );
  });

  it('says what was found so far while it is not known yet, and why it is up or down afterwards', () => {
    const rule = { failAfter: 3, recoverAfter: 1 };
    const once = nextState(rule, unknownState('m', AT), bad, AT, false);
    expect(once).toMatchObject({ status: 'unknown', against: 1 });
    expect(once.reason).toBe(`It failed 1 of the 3 times in a row after which it is down: ${bad.reason}`);
    const down = nextState(rule, nextState(rule, once, bad, AT, false), bad, AT, false);
    expect(down).toMatchObject({ status: 'down', reason: bad.reason });
    expect(nextState(rule, once, ok, AT, false)).toMatchObject({ status: 'up', reason: ok.reason });
    expect(nextState({ failAfter: 1, recoverAfter: 2 }, down, ok, AT, false).reason).toBe(bad.reason);
  });

  it('is not written again while nothing changes', () => {
    const up = nextState({ failAfter: 2, recoverAfter: 1 }, unknownState('m', AT), ok, AT, false);
    expect(nextState({ failAfter: 2, recoverAfter: 1 }, up, ok, new Date(), false)).toBe(up);
  });

  it('is news once more when it is still down as its maintenance ends', () => {
    const rule = { failAfter: 1, recoverAfter: 1 };
    const muted = nextState(rule, unknownState('m', AT), bad, AT, true);
    expect(muted).toMatchObject({ status: 'down', muted: true, sequence: 1 });
    expect(nextState(rule, muted, bad, AT, true)).toBe(muted);
    expect(nextState(rule, muted, bad, AT, false)).toMatchObject({ status: 'down', muted: false, sequence: 2 });
  });
});

describe('the minutes of a monitor', () => {
  it('come exactly once in each interval, whatever its id', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom(...INTERVALS),
        fc.integer({ min: 0, max: 40_000_000 }),
        (id, interval, from) => {
          const mine = dueName(interval, phaseOf(id, interval));
          const due = Array.from({ length: interval }, (_, i) => dueAtMinute(from + i).includes(mine));
          expect(due.filter(Boolean)).toHaveLength(1);
        },
      ),
    );
  });

  it('are shared out so that each monitor is in one shard, the same one when others come or go', () => {
    const placesOf = (ids: readonly string[], count: number) =>
      new Map(shardsOf(7, ids, count).flatMap(({ shard, ids: mine }) => mine.map((id) => [id, shard] as const)));
    fc.assert(
      fc.property(fc.uniqueArray(fc.uuid(), { minLength: 1, maxLength: 230 }), fc.array(fc.uuid()), (ids, others) => {
        const count = shardCountOf(ids.length);
        const shards = shardsOf(7, ids, count);
        expect(shards.flatMap((shard) => shard.ids).sort()).toEqual([...ids].sort());
        expect(shards.length).toBeLessThanOrEqual(count);
        const among = placesOf([...others, ...ids], count);
        for (const [id, shard] of placesOf(ids, count)) expect(among.get(id)).toBe(shard);
      }),
    );
  });
});

describe('addresses', () => {
  it.each([
    '127.0.0.1',
    '127.9.9.9',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fd00:ec2::254',
    'fc00::1',
    '::ffff:127.0.0.1',
    '::ffff:169.254.169.254',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'ff02::1',
    '2001:db8::1',
    '::127.0.0.1',
    '64:ff9b:1::a9fe:a9fe',
    '4000::1',
    '192.0.2.1',
    '198.18.0.1',
  ])('%s is not reached', (address) => {
    expect(mayReach(address, [])).toBe(false);
  });

  it('the open internet is, and a range that the stage allows, and no more of it', () => {
    expect(['8.8.8.8', '2606:4700::1111', '93.184.216.34'].map((address) => mayReach(address, []))).toEqual([
      true,
      true,
      true,
    ]);
    const allowed = rangesIn('127.0.0.0/8, ::1/128');
    expect(['127.0.0.1', '::1', '::ffff:127.0.0.1'].map((address) => mayReach(address, allowed))).toEqual([
      true,
      true,
      true,
    ]);
    expect(['10.0.0.1', '169.254.169.254', 'fe80::1'].map((address) => mayReach(address, allowed))).toEqual([
      false,
      false,
      false,
    ]);
    expect(rangesIn('none')).toEqual([]);
  });
});

/** The next midnight of a job by the two day fields, as the source of Debian's cron decides it (cron.c, entry.c). */
const nextDayOf = (day: string, weekday: string, from: Date): Date => {
  const bits = (text: string, low: number, high: number): Set<number> =>
    new Set(
      text.split(',').flatMap((part) => {
        const [range = '', step = '1'] = part.split('/');
        const [first = low, last = first] = range === '*' ? [low, high] : range.split('-').map(Number);
        const all = Array.from({ length: last - first + 1 }, (_, i) => first + i);
        return all.filter((each) => (each - first) % Number(step) === 0);
      }),
    );
  const [days, weekdays] = [bits(day, 1, 31), bits(weekday, 0, 7)];
  if (weekdays.has(7)) weekdays.add(0);
  const isStar = day.startsWith('*') || weekday.startsWith('*');
  const next = new Date(from);
  next.setUTCHours(0, 0, 0, 0);
  for (;;) {
    next.setUTCDate(next.getUTCDate() + 1);
    const [ofDay, ofWeekday] = [days.has(next.getUTCDate()), weekdays.has(next.getUTCDay())];
    if (isStar ? ofDay && ofWeekday : ofDay || ofWeekday) return next;
  }
};

describe('heartbeats', () => {
  it('are overdue a period and a grace after their ping', () => {
    const check = { type: 'heartbeat' as const, periodSeconds: 3600, timeZone: 'UTC', graceSeconds: 120 };
    const made = { at: '2026-11-20T00:00:00.000Z', service: null, enabled: true };
    const definition = { check, enabled: true, maintenance: [], coverage: [made] };
    const pinged = afterPing(unknownState('mon_1', AT), { signal: 'success' }, AT);
    expect(overdueAt(definition, pinged)?.toISOString()).toBe('2026-11-21T04:02:00.000Z');
    expect(overdueAt({ ...definition, enabled: false }, pinged)).toBeUndefined();
  });

  it('by cron are due in their zone: an hour that does not exist is made up for, one that comes twice counts once', () => {
    const due = (from: string) => nextDue('30 2 * * *', 'Europe/Berlin', new Date(from)).toISOString();
    expect(due('2026-03-28T12:00:00Z')).toBe('2026-03-29T01:00:00.000Z');
    expect(due('2026-03-29T01:30:00Z')).toBe('2026-03-30T00:30:00.000Z');
    expect(due('2026-10-24T12:00:00Z')).toBe('2026-10-25T00:30:00.000Z');
    expect(due('2026-10-25T00:30:00Z')).toBe('2026-10-26T01:30:00.000Z');
  });

  it('never go back: each due time lies after the one before, in every zone and over every change of clocks', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
        fc.date({ min: new Date('2026-01-01'), max: new Date('2026-12-31'), noInvalidDate: true }),
        fc.constantFrom('30 2 * * *', '0 * * * *', '*/15 1-3 * * *'),
        (zone, from, cron) => {
          const first = nextDue(cron, zone, from);
          expect(first.getTime()).toBeGreaterThan(from.getTime());
          expect(nextDue(cron, zone, first).getTime()).toBeGreaterThan(first.getTime());
        },
      ),
      { numRuns: 150 },
    );
  });

  it.each([
    ['the last day of a month', '0 3 L * *', 'UTC', '2028-02-10T00:00:00Z', '2028-02-29T03:00:00.000Z'],
    ['the last Friday of a month', '0 3 * * 5L', 'UTC', '2026-11-10T00:00:00Z', '2026-11-27T03:00:00.000Z'],
    ['February 29', '0 3 29 2 *', 'UTC', '2026-03-01T00:00:00Z', '2028-02-29T03:00:00.000Z'],
    ['Sunday as 7', '0 3 * * 7', 'UTC', '2026-11-23T00:00:00Z', '2026-11-29T03:00:00.000Z'],
    [
      'half an hour that is left out',
      '15 2 * * *',
      'Australia/Lord_Howe',
      '2026-10-03T00:00:00Z',
      '2026-10-03T15:30:00.000Z',
    ],
    [
      'a midnight that is left out',
      '30 0 * * *',
      'America/Santiago',
      '2026-09-05T12:00:00Z',
      '2026-09-06T04:00:00.000Z',
    ],
    [
      'a midnight that is left out, in Cairo',
      '30 0 * * *',
      'Africa/Cairo',
      '2026-04-23T12:00:00Z',
      '2026-04-23T22:00:00.000Z',
    ],
  ])('by cron are due on %s', (_, cron, zone, from, due) => {
    expect(nextDue(cron, zone, new Date(from)).toISOString()).toBe(due);
  });

  it('by cron are due on the days on which Debian cron runs a job, `*/n` beside a weekday included', () => {
    const field = (low: number, high: number) =>
      fc.oneof(
        fc.constant('*'),
        fc.integer({ min: 1, max: 7 }).map((step) => `*/${step}`),
        fc.uniqueArray(fc.integer({ min: low, max: high }), { minLength: 1, maxLength: 3 }).map((days) => days.join()),
        fc
          .tuple(
            fc.integer({ min: low, max: high }),
            fc.integer({ min: low, max: high }),
            fc.integer({ min: 1, max: 3 }),
          )
          .map(([a, b, step]) => `${Math.min(a, b)}-${Math.max(a, b)}/${step}`),
      );
    fc.assert(
      fc.property(
        field(1, 28),
        field(0, 6),
        fc.date({ min: new Date('2026-01-01'), max: new Date('2028-12-31'), noInvalidDate: true }),
        (day, weekday, from) => {
          const due = nextDue(`0 0 ${day} * ${weekday}`, 'UTC', from);
          expect(due.toISOString()).toBe(nextDayOf(day, weekday, from).toISOString());
        },
      ),
      { numRuns: 500 },
    );
  });

  it('say what is wrong with an expression', () => {
    expect(cronProblem('* * * *', 'UTC')).toMatch(/five fields/);
    expect(cronProblem('61 * * * *', 'UTC')).toMatch(/no cron expression/);
    expect(cronProblem('0 3 * * 1-5', 'UTC')).toBeUndefined();
  });

  it('measure each run by its id, and the latest run by pings without one', () => {
    const after = (...pings: readonly (readonly [number, Signal, string?])[]) =>
      pings.reduce(
        (state, [seconds, signal, run]) => afterPing(state, { signal, run }, new Date(AT.getTime() + seconds * 1000)),
        unknownState('mon_1', AT) as KnownState,
      );
    const overlapping = [
      [0, 'start', 'a'],
      [10, 'start', 'b'],
    ] as const;
    expect(after(...overlapping, [30, 'success', 'a'])).toMatchObject({ lastRunMs: 30_000, startedRun: 'b' });
    expect(after(...overlapping, [30, 'success', 'b'])).toMatchObject({ lastRunMs: 20_000 });
    expect(after(...overlapping, [30, 'success', 'b']).startedAt).toBeUndefined();
    expect(after([0, 'start'], [5, 'start'], [9, 'success'])).toMatchObject({ lastRunMs: 4_000 });
    expect(after([0, 'start'], [9, 'success', 'c']).lastRunMs).toBeUndefined();
    expect(after(...Array.from({ length: 40 }, (_, i) => [i, 'start', `r${i}`] as const)).runs).toHaveLength(16);
  });

  it('keep the first ten thousand characters of a log, and cut no character in two', () => {
    const { lastLog = '' } = afterPing(
      unknownState('mon_1', AT),
      { signal: 'log', log: `${'x'.repeat(9_999)}😀tail` },
      AT,
    );
    expect(lastLog).toHaveLength(10_000);
    expect(lastLog.isWellFormed()).toBe(true);
  });

  it('signal success, start, failure, or an exit code', () => {
    expect([undefined, '0', 'start', 'fail', 'log', '1', '255', '256', 'x'].map(signalOf)).toEqual([
      'success',
      'success',
      'start',
      'fail',
      'log',
      'fail',
      'fail',
      undefined,
      undefined,
    ]);
  });
});

describe('an answer', () => {
  const check = (over: object = {}) => HttpCheck.parse({ type: 'http', url: 'https://a.example', ...over });
  const chainEnd = { until: AT.getTime() + 10 * 86_400_000, which: 'the certificate of a.example' };
  const found = { status: 200, chainEnd };
  const text = (of: string, over: object = {}) => ({ text: of, isCut: false, isFlawed: false, ...over });
  it.each([
    [{}, undefined],
    [{ expectedStatus: ['300-399'] }, 'it answers 200, not 300-399'],
    [{ contains: '"ok":true' }, undefined],
    [{ contains: 'nope' }, 'the answer lacks "nope"'],
    [{ lacks: 'db' }, 'the answer contains "db"'],
    [{ maxLatencyMs: 99 }, 'it takes 100 ms, more than 99'],
    [{ minTlsDays: 14 }, 'the certificate of a.example is good for 10 days more'],
  ])('of %j', (over, problem) => {
    const told = answerProblem(check(over), { ...found, answer: text('{"db":{"ok":true},"n":3}') }, 100, AT);
    if (problem === undefined) expect(told).toBeUndefined();
    else expect(told).toContain(problem);
  });
});

describe('an answer that cannot be read as it should', () => {
  const check = (over: object) => HttpCheck.parse({ type: 'http', url: 'https://a.example', ...over });
  const told = (over: object, answer: object) =>
    answerProblem(
      check(over),
      {
        status: 200,
        chainEnd: undefined,
        answer: { text: 'x', isCut: false, isFlawed: false, ...answer },
      },
      1,
      AT,
    );
  it('is down wherever its text is asked about, and only there', () => {
    const unread = { text: '', isFlawed: true, problem: 'it is not gzip, as its Content-Encoding says' };
    for (const asked of [{ contains: 'a' }, { lacks: 'a' }, { matches: 'a' }, { jsonPath: '$' }]) {
      expect(told(asked, unread), JSON.stringify(asked)).toMatch(/cannot be read: it is not gzip/);
    }
    expect(told({}, unread)).toBeUndefined();
  });

  it('is searched for ASCII alone while some bytes are not of its charset', () => {
    const flawed = { text: 'Gr\ufffd\ufffde: Fatal error', isFlawed: true };
    expect(told({ lacks: 'Fatal error' }, flawed)).toMatch(/contains/);
    expect(told({ lacks: 'well' }, flawed)).toBeUndefined();
    expect(told({ lacks: 'Größe' }, flawed)).toMatch(/cannot be searched for "Größe"/);
    expect(told({ contains: 'Größe' }, flawed)).toMatch(/cannot be searched for "Größe"/);
  });

  it('is reported to be longer than the searched part', () => {
    expect(told({ contains: 'late' }, { isCut: true })).toBe('the first 1 MiB of the answer lacks "late"');
  });
});

describe('a definition', () => {
  const wrong = (body: object) => CreateMonitor.safeParse(body).error?.issues.map(({ path }) => path.join('.'));
  it('says what is wrong and where', () => {
    expect(wrong({ name: 'x', check: { type: 'http', url: 'ftp://a' } })).toEqual(['check.url']);
    expect(wrong({ name: 'x', check: { type: 'heartbeat' } })).toEqual(['check.cron']);
    expect(wrong({ name: 'x', check: { type: 'heartbeat', cron: '* *', timeZone: 'UTC' } })).toEqual(['check.cron']);
    expect(wrong({ name: 'x', check: { type: 'heartbeat', periodSeconds: 60, timeZone: 'Mars/Olympus' } })).toEqual([
      'check.timeZone',
    ]);
    expect(wrong({ name: 'x', intervalMinutes: 7, check: { type: 'tcp', host: 'a', port: 1 } })).toEqual([
      'intervalMinutes',
    ]);
  });

  it('refuses a window of maintenance that does not end after it begins', () => {
    const within = (from: string, to: string) =>
      wrong({ name: 'x', check: { type: 'tcp', host: 'a', port: 1 }, maintenance: [{ from, to }] });
    expect(within('2027-03-01T04:00:00+01:00', '2027-03-01T02:00:00+01:00')).toEqual(['maintenance.0.to']);
    expect(within('2027-03-01T04:00:00+01:00', '2027-03-01T03:00:00Z')).toEqual(['maintenance.0.to']);
    expect(within('2027-03-01T04:00:00+02:00', '2027-03-01T03:00:00Z')).toBeUndefined();
  });

  describe('with headers', () => {
    const headers = { Authorization: 'Bearer s', 'X-A': 'b' };
    const http = (over: object = {}) =>
      HttpCheck.parse({ type: 'http', url: 'https://a.example/x', headers, ...over }) as Check;
    const hidden = { authorization: HIDDEN, 'X-A': HIDDEN };
    const refusedBy = (sent: Check, before?: Check) => {
      try {
        keptCheck(sent, before);
        return [];
      } catch (error) {
        return (error as Problem).extras.errors?.map(({ pointer }) => pointer);
      }
    };
    const both = ['/check/headers/authorization', '/check/headers/X-A'];

    it('shows their values to nobody, and keeps those that are sent back hidden', () => {
      expect(JSON.stringify(shownCheck(http()))).not.toMatch(/Bearer|"b"/);
      expect(
        keptCheck(http({ url: 'https://A.example:443/y', headers: { ...hidden, 'X-A': 'new' } }), http()),
      ).toMatchObject({ headers: { authorization: 'Bearer s', 'X-A': 'new' } });
    });

    it.each([
      ['another host', http({ url: 'https://b.example/x', headers: hidden }), both],
      ['another port', http({ url: 'https://a.example:8443/x', headers: hidden }), both],
      ['another scheme', http({ url: 'http://a.example/x', headers: hidden }), both],
      ['another virtual host', http({ headers: { ...hidden, host: 'b.example' } }), both],
      [
        'another type',
        Check.parse({ type: 'scrape', url: 'https://a.example/x', metrics: ['a'], headers: hidden }),
        both,
      ],
      ['a name that had no value', http({ headers: { 'X-New': HIDDEN } }), ['/check/headers/X-New']],
    ])('gives them to no %s', (_, sent, refused) => {
      expect(refusedBy(sent, http())).toEqual(refused);
    });

    it('takes no hidden value where there is none yet', () => {
      expect(refusedBy(http({ headers: hidden }))).toEqual(both);
    });
  });
});

describe('an exposition', () => {
  it('gives the wanted series with their labels unescaped, and leaves out what is no number', () => {
    const text =
      '# HELP a x\na{l="q\\"u\\\\o\\nte",m="2"} 1.5 1700000000000\na 2\nab{x="1"} +Inf\nb 3\nbroken{ 1\na{l="unclosed} 4\n';
    const { measured, dropped } = scraped(text, ['a*'], { monitor: 'm' }, AT);
    expect(measured.map(({ name, dimensions, rollup }) => [name, dimensions, rollup.last])).toEqual([
      ['a', { l: 'q"u\\o\nte', m: '2', monitor: 'm' }, 1.5],
      ['a', { monitor: 'm' }, 2],
    ]);
    expect(dropped).toBe(2);
  });
});

describe('the host of a check', () => {
  const dns = (name: string) => Check.safeParse({ type: 'dns', name }).success;

  it.each(['db-1', 'example.com', 'example.com.', '_http._tcp.example.com', '192.0.2.1', '2001:db8::1', '::1'])(
    '%s is one',
    (name) => expect(dns(name)).toBe(true),
  );
  it.each(['', '.', '..', 'a..b', '.a', '-a', 'a-', 'a b', `${'a'.repeat(64)}.com`, 'a.'.repeat(130)])(
    '%s is none',
    (name) => expect(dns(name)).toBe(false),
  );
});
