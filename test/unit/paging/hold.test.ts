import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWorse } from '../../../functions/alerts/port.ts';
import {
  belowThreshold,
  flapping,
  flappingSince,
  turnFor,
  withOpening,
  withPage,
  type Flaps,
  type GroupTurn,
  type Hold,
} from '../../../functions/paging/noise/hold.ts';
import { runs } from '../../support/runs.ts';

const START = Date.parse('2026-11-21T03:00:00.000Z');
const MINUTE = 60_000;
const at = (ms: number): Date => new Date(START + ms);
const text = (ms: number): string => at(ms).toISOString();

describe('a threshold', () => {
  const settings = fc.record({ events: fc.integer({ min: 2, max: 6 }), minutes: fc.integer({ min: 1, max: 10 }) });
  const gaps = fc.array(fc.integer({ min: 0, max: 6 * MINUTE }), { minLength: 1, maxLength: 25 });
  /** How late each look is. */
  const delays = fc.infiniteStream(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5 * MINUTE })));

  /** Plays the looks at an alert whose events come at these times; answers when it passed. */
  const passes = (threshold: { events: number; minutes: number }, times: readonly number[], late: Iterator<number>) => {
    const looks: number[] = [];
    let hold: Hold | undefined;
    for (let look = 0; look < 3 * 60 * MINUTE;) {
      looks.push(look);
      const count = times.filter((time) => time <= look).length;
      hold = belowThreshold(threshold, { count, firstSeenAt: text(0) }, hold, at(look));
      if (!hold) return { passedAt: look, looks };
      expect(Date.parse(hold.until)).toBeGreaterThan(START + look);
      look = Date.parse(hold.until) - START + Number(late.next().value ?? 0);
    }
    return { passedAt: undefined, looks };
  };

  it('passes at the first look after it was reached, and never where it was not nearly reached, however late the looks', () => {
    fc.assert(
      fc.property(settings, gaps, delays, (threshold, between, late) => {
        const times = [0];
        for (const gap of between) times.push((times.at(-1) ?? 0) + gap);
        const { events, minutes } = threshold;
        const within = (windowMs: number) =>
          times.find((time, i) => i >= events - 1 && time - (times[i - events + 1] ?? 0) <= windowMs);
        const { passedAt, looks } = passes(threshold, times, late);
        const reachedAt = within(minutes * MINUTE);
        if (reachedAt !== undefined) {
          const next = looks.find((look) => look >= reachedAt);
          expect(passedAt ?? Infinity).toBeLessThanOrEqual(next ?? Infinity);
        }
        if (passedAt !== undefined) {
          const [before = 0, last = 0] = [looks.at(-2), looks.at(-1)];
          const longest = Math.max(0, ...looks.map((look, i) => look - (looks[i - 1] ?? 0)));
          expect(within(minutes * MINUTE + last - before + longest)).toBeDefined();
        }
      }),
      { numRuns: runs(1_000) },
    );
  });

  it('remembers no more looks than its window has', () => {
    let hold: Hold | undefined;
    for (let i = 0; i < 500; i++) {
      hold = belowThreshold({ events: 10, minutes: 60 }, { count: 1, firstSeenAt: text(0) }, hold, at(i * 6 * MINUTE));
    }
    expect(hold?.samples?.length).toBeLessThan(15);
  });
});

describe('flapping', () => {
  const SETTINGS = { openings: 3, minutes: 30, stableMinutes: 10 };
  const flapsOf = (...minutes: readonly number[]): Flaps =>
    minutes.reduce<Flaps>(
      (flaps, minute) => withOpening(flaps, { alertId: `alr_${minute}`, at: text(minute * MINUTE) }) ?? flaps,
      { openings: [], version: 0 },
    );
  const alert = (minute: number, severity: 'warning' | 'critical' = 'warning') => ({
    id: `alr_${minute}`,
    firstSeenAt: text(minute * MINUTE),
    severity,
  });
  const holds = (flaps: Flaps, minute: number, paged: Flaps['paged'], severity?: 'warning' | 'critical', waited = 0) =>
    flapping(
      SETTINGS,
      { ...flaps, ...(paged && { paged }) },
      alert(minute, severity),
      isWorse,
      at((minute + waited) * MINUTE),
    );

  it('begins with the opening that is one too many, says since when, and lasts while openings come so often', () => {
    const flaps = flapsOf(0, 10, 20, 35, 100);
    expect([0, 10, 20, 35, 100].map((minute) => flappingSince(SETTINGS, flaps, `alr_${minute}`))).toEqual([
      undefined,
      undefined,
      text(20 * MINUTE),
      text(20 * MINUTE),
      undefined,
    ]);
  });

  it('holds an alert back until it was open for a while, and no longer', () => {
    const flaps = flapsOf(0, 10, 20);
    expect(holds(flaps, 20, 'warning')).toMatchObject({ since: text(20 * MINUTE), until: text(30 * MINUTE) });
    expect(holds(flaps, 20, 'warning', 'warning', 9)).toBeDefined();
    expect(holds(flaps, 20, 'warning', 'warning', 10)).toBeUndefined();
  });

  it('holds nothing back that is worse than what people were paged for, or where nobody was', () => {
    const flaps = flapsOf(0, 10, 20);
    expect(holds(flaps, 20, 'warning', 'critical')).toBeUndefined();
    expect(holds(flaps, 20, undefined)).toBeUndefined();
  });

  it('the first opening of any row of openings is never held back', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 20 }), (minutes) => {
        const first = Math.min(...minutes);
        expect(holds(flapsOf(...minutes), first, 'critical')).toBeUndefined();
      }),
      { numRuns: runs(300) },
    );
  });

  it('remembers the worst severity that was paged while it flaps, and the latest where it does not', () => {
    const calm = { ...flapsOf(0, 100), paged: 'critical' as const };
    expect(withPage(SETTINGS, calm, alert(100), isWorse)?.paged).toBe('warning');
    const nervous = { ...flapsOf(0, 10, 20), paged: 'critical' as const };
    expect(withPage(SETTINGS, nervous, alert(20), isWorse)).toBeUndefined();
    expect(withPage(SETTINGS, { ...nervous, paged: 'warning' }, alert(20, 'critical'), isWorse)?.paged).toBe(
      'critical',
    );
  });

  it('an opening counts once, in whatever order openings come', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 40 }), (minutes) => {
        const { openings } = flapsOf(...minutes);
        expect(openings.map((each) => each.at)).toEqual(
          [...new Set(minutes)].sort((one, other) => one - other).map((minute) => text(minute * MINUTE)),
        );
      }),
      { numRuns: runs(200) },
    );
  });
});

describe('the turns of a group', () => {
  it('are apart by the interval, and no alert waits longer than the wait or the interval', () => {
    const settings = fc.record({
      waitSeconds: fc.integer({ min: 0, max: 600 }),
      intervalSeconds: fc.integer({ min: 10, max: 3_600 }),
    });
    fc.assert(
      fc.property(settings, fc.array(fc.integer({ min: 0, max: 2_000_000 }), { maxLength: 30 }), (group, gaps) => {
        let [now, turn]: [number, GroupTurn | undefined] = [0, undefined];
        const turns = new Set<number>();
        for (const gap of gaps) {
          now += gap;
          turn = turnFor(group, turn, at(now));
          const due = Date.parse(turn.at) - START;
          expect(due).toBeGreaterThanOrEqual(now);
          expect(due - now).toBeLessThanOrEqual(Math.max(group.waitSeconds, group.intervalSeconds) * 1_000);
          turns.add(due);
        }
        const inOrder = [...turns].sort((one, other) => one - other);
        for (const [i, due] of inOrder.entries()) {
          if (i > 0) expect(due - (inOrder[i - 1] ?? 0)).toBeGreaterThanOrEqual(group.intervalSeconds * 1_000);
        }
      }),
      { numRuns: runs(500) },
    );
  });
});
