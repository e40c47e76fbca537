import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../functions/health/config/settings.ts';
import { rollupOfOne } from '../../../functions/health/metrics/rollup.ts';
import type { Measured } from '../../../functions/health/metrics/segment.ts';
import { FRESH, isFiring, nextInstance, type InstanceState } from '../../../functions/health/rules/instance.ts';
import { instancesIn } from '../../../functions/health/rules/instances.ts';
import { judge } from '../../../functions/health/rules/judge.ts';
import { PRESETS, rulesOf } from '../../../functions/health/rules/presets.ts';
import { preview } from '../../../functions/health/rules/preview.ts';
import { Condition, CreateRule, needsOf } from '../../../functions/health/rules/rule.ts';

const NOW = Date.parse('2026-11-21T03:30:20Z');
const MINUTE = 60_000;
const point = (name: string, value: number, ago = 0, dimensions: Record<string, string> = {}): Measured => {
  const at = new Date(NOW - ago);
  return { name, unit: '', dimensions, start: at.getTime(), rollup: rollupOfOne(value, at) };
};
const observed = (points: readonly Measured[]) => (metric: string) => points.filter(({ name }) => name === metric);
const verdict = (condition: object, points: readonly Measured[], firing = false) =>
  judge(Condition.parse(condition), observed(points), NOW, firing);

describe('numbers of a rule', () => {
  const of = (condition: object) =>
    CreateRule.safeParse({ name: 'r', severity: 'error', condition: { metric: 'm', operator: '>', ...condition } });
  const ratio = { type: 'ratio', metric: undefined, numerator: { metric: 'a' }, denominator: { metric: 'b' } };

  it.each([9007199254740992, 1e17, 1e300, -1e300, 1e-131, -1e-200, 5e-324, Number.NaN, Infinity])(
    'that no table holds are pointed at: %d',
    (number) => {
      const { metric: _none, ...rest } = ratio;
      for (const [condition, field] of [
        [{ type: 'threshold', value: number }, 'value'],
        [{ type: 'threshold', value: 0, recoverValue: number }, 'recoverValue'],
      ] as const) {
        const paths = of(condition).error?.issues.map(({ path }) => path.join('/')) ?? [];
        expect(
          paths.some((path) => path === `condition/${field}`),
          `${field}: ${paths.join()}`,
        ).toBe(true);
      }
      const sent = { name: 'r', severity: 'error', condition: { ...rest, operator: '>', percent: number } };
      expect(CreateRule.safeParse(sent).error?.issues[0]?.path).toEqual(['condition', 'percent']);
    },
  );

  it('that it holds are taken', () => {
    fc.assert(
      fc.property(fc.double({ min: -9007199254740991, max: 9007199254740991, noNaN: true }), (value) => {
        fc.pre(value === 0 || Math.abs(value) >= 1e-100);
        expect(of({ type: 'threshold', value }).success).toBe(true);
      }),
    );
  });
});

describe('a condition', () => {
  const threshold = { type: 'threshold', metric: 'm', operator: '>', value: 10 };
  it('sees what was observed within its window, to the millisecond, also where a minute has just begun', () => {
    const seen = (ago: number, at: number) =>
      judge(
        Condition.parse({ type: 'absence', metric: 'm', windowSeconds: 60 }),
        observed([point('m', 1, ago + NOW - at)]),
        at,
        false,
      ).holds === false;
    const minute = NOW - (NOW % MINUTE);
    for (const at of [minute, minute + 1, NOW, minute + MINUTE - 1]) {
      expect([seen(0, at), seen(MINUTE - 1, at), seen(MINUTE, at)]).toEqual([true, true, false]);
    }
  });
  it('compares a figure over its window, and says what it found', () => {
    expect(verdict(threshold, [point('m', 11)])).toEqual({ holds: true, because: 'avg of m over 1 min is 11, > 10' });
    expect(verdict(threshold, [point('m', 10)])).toEqual({
      holds: false,
      because: 'avg of m over 1 min is 10, not > 10',
    });
    expect(
      verdict({ ...threshold, windowSeconds: 300, aggregation: 'max' }, [point('m', 50, 4 * MINUTE), point('m', 1)])
        .holds,
    ).toBe(true);
    expect(
      verdict({ ...threshold, windowSeconds: 300, aggregation: 'max' }, [point('m', 50, 6 * MINUTE), point('m', 1)])
        .holds,
    ).toBe(false);
  });

  it('knows hysteresis: once it fires, the limit is where it recovers', () => {
    const condition = { ...threshold, recoverValue: 5 };
    expect(verdict(condition, [point('m', 7)]).holds).toBe(false);
    expect(verdict(condition, [point('m', 7)], true).holds).toBe(true);
    expect(verdict(condition, [point('m', 4)], true).holds).toBe(false);
  });

  it('holds a change against its baseline, which ends where the window begins', () => {
    const change = {
      type: 'change',
      metric: 'm',
      windowSeconds: 300,
      baselineSeconds: 3600,
      direction: 'down',
      percent: 20,
    };
    const base = [point('m', 0.9, 40 * MINUTE), point('m', 0.9, 10 * MINUTE)];
    expect(verdict(change, [...base, point('m', 0.71)])).toMatchObject({
      holds: true,
      because: expect.stringContaining('21.11 % below 0.9'),
    });
    expect(verdict(change, [...base, point('m', 0.73)]).holds).toBe(false);
    expect(verdict(change, [...base, point('m', 1.9)]).holds).toBe(false);
    expect(verdict({ ...change, direction: 'either' }, [...base, point('m', 1.9)]).holds).toBe(true);
    expect(verdict(change, [point('m', 0.1)]).holds).toBeUndefined();
  });

  it('takes a ratio, in which what was never counted did not happen, and judges nothing of too little', () => {
    const ratio = {
      type: 'ratio',
      numerator: { metric: 'e' },
      denominator: { metric: 'r' },
      operator: '>',
      percent: 5,
    };
    expect(verdict(ratio, [point('r', 100), point('e', 6)]).holds).toBe(true);
    expect(verdict(ratio, [point('r', 100), point('e', 5)]).holds).toBe(false);
    expect(verdict(ratio, [point('r', 100)]).holds).toBe(false);
    expect(verdict({ ...ratio, atLeast: 200 }, [point('r', 100), point('e', 50)]).holds).toBeUndefined();
  });

  it('takes counters as rates, over their resets', () => {
    const rate = { type: 'threshold', metric: 'c', aggregation: 'rate', windowSeconds: 300, operator: '>', value: 0.9 };
    const counter = [100, 160, 40, 100].map((value, i) => point('c', value, (3 - i) * MINUTE));
    // 160 in three minutes, extended by half a minute to the start that was not seen, over five minutes.
    expect(verdict(rate, counter)).toMatchObject({ holds: false, because: expect.stringContaining('is 0.6222,') });
    const minute = { ...rate, windowSeconds: 60 };
    expect(verdict(minute, counter)).toMatchObject({ holds: true, because: expect.stringContaining('is 1,') });
  });

  it('knows absence', () => {
    const absence = { type: 'absence', metric: 'm', windowSeconds: 300 };
    expect(verdict(absence, []).holds).toBe(true);
    expect(verdict(absence, [point('m', 1, MINUTE)]).holds).toBe(false);
  });

  it('combines, and what is unknown decides only where the rest does not', () => {
    const [yes, no, unknown] = [
      { ...threshold, metric: 'y' },
      { ...threshold, metric: 'n' },
      { ...threshold, metric: 'u' },
    ];
    const points = [point('y', 11), point('n', 1)];
    const of = (type: string, ...conditions: object[]) => verdict({ type, conditions }, points).holds;
    expect([of('all', yes, yes), of('all', yes, no), of('all', no, unknown), of('all', yes, unknown)]).toEqual([
      true,
      false,
      false,
      undefined,
    ]);
    expect([of('any', no, no), of('any', yes, unknown), of('any', no, unknown)]).toEqual([false, true, undefined]);
    expect(verdict({ type: 'not', condition: no }, points).holds).toBe(true);
    expect(verdict({ type: 'not', condition: unknown }, points).holds).toBeUndefined();
  });
});

describe('an instance', () => {
  const reference = (
    rule: { forSeconds: number; keepFiringSeconds: number },
    timeline: readonly (boolean | undefined)[],
    step: number,
  ): boolean[] => {
    // Slow and obvious: at each step, since when has it been so without a break?
    const firing: boolean[] = [];
    let is = false;
    // Where nothing was observed the last judgement holds on.
    const held = timeline.map((_, i) => timeline.slice(0, i + 1).findLast((each) => each !== undefined) ?? false);
    for (let i = 0; i < held.length; i++) {
      const lasts = (i - held.slice(0, i + 1).lastIndexOf(!held[i]) - 1) * step;
      if (held[i] && !is && lasts >= rule.forSeconds) is = true;
      else if (!held[i] && is && lasts >= rule.keepFiringSeconds) is = false;
      firing.push(is);
    }
    return firing;
  };

  it('fires no sooner and no later than its rule says, and is over no sooner and no later, whatever happens', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(true, false, undefined), { maxLength: 60 }),
        fc.constantFrom(0, 30, 60, 120, 300),
        fc.constantFrom(0, 60, 180),
        fc.constantFrom(15, 60),
        (timeline, forSeconds, keepFiringSeconds, step) => {
          let state: InstanceState = FRESH;
          const rule = { forSeconds, keepFiringSeconds, missingData: 'keep' as const };
          const firing = timeline.map((holds, i) => {
            state = nextInstance(rule, state, { holds, because: 'x' }, new Date(NOW + i * step * 1000));
            return isFiring(state);
          });
          expect(firing).toEqual(reference(rule, timeline, step));
          expect(state.sequence).toBe(firing.filter((is, i) => is !== (firing[i - 1] ?? false)).length);
        },
      ),
    );
  });

  it('of a metric that stops goes by what missing data means', () => {
    const missing = { holds: undefined, because: 'nothing' };
    const firing = nextInstance(
      { forSeconds: 0, keepFiringSeconds: 0, missingData: 'ok' },
      FRESH,
      { holds: true, because: '' },
      new Date(NOW),
    );
    const after = (missingData: 'ok' | 'broken' | 'keep', state: InstanceState) =>
      nextInstance({ forSeconds: 0, keepFiringSeconds: 0, missingData }, state, missing, new Date(NOW + 60_000)).status;
    expect([after('ok', firing), after('broken', firing), after('keep', firing)]).toEqual(['ok', 'firing', 'firing']);
    expect([after('ok', FRESH), after('broken', FRESH), after('keep', FRESH)]).toEqual(['ok', 'firing', 'ok']);
  });
});

describe('a rule', () => {
  it('has an instance for each combination of values, and needs its metrics as far back as its windows reach', () => {
    const rule = CreateRule.parse({
      name: 'r',
      severity: 'error',
      groupBy: ['host'],
      condition: { type: 'change', metric: 'm', direction: 'up', percent: 1, windowSeconds: 300, baselineSeconds: 600 },
    });
    const found = instancesIn(
      rule,
      observed([point('m', 1, 0, { host: 'a', x: '1' }), point('m', 1, 0, { host: 'b' }), point('m', 1)]),
    );
    expect([...found.keys()].sort()).toEqual(['host=', 'host=a', 'host=b']);
    expect([...needsOf(rule.condition)]).toEqual([['m', 900]]);
  });

  it('says what is wrong with it and where', () => {
    const wrong = (condition: object) => CreateRule.safeParse({ name: 'r', severity: 'error', condition }).success;
    expect(wrong({ type: 'threshold', metric: 'm', operator: '>', value: 5, recoverValue: 6 })).toBe(false);
    expect(wrong({ type: 'threshold', metric: 'm', operator: '>', value: 5, windowSeconds: 90 })).toBe(false);
    expect(wrong({ type: 'all', conditions: [] })).toBe(false);
  });

  it('in a preview fires in the minute in which it would have, and recovers likewise', async () => {
    const values = [1, 1, 20, 20, 20, 20, 1, 1, 1];
    const start = NOW - (NOW % MINUTE) - 10 * MINUTE;
    const points = values.map((value, i) => {
      const at = new Date(start + i * MINUTE);
      return { name: 'm', unit: '', dimensions: {}, start: at.getTime(), rollup: rollupOfOne(value, at) };
    });
    const rule = CreateRule.parse({
      name: 'r',
      severity: 'error',
      forSeconds: 120,
      condition: { type: 'threshold', metric: 'm', operator: '>', value: 10 },
    });
    const { items } = await preview(
      { reader: { measured: async () => points } },
      rule,
      new Date(start),
      new Date(start + 9 * MINUTE),
    );
    expect(items.map(({ at, status }) => [(Date.parse(at) + 1 - start) / MINUTE - 1, status])).toEqual([
      [4, 'firing'],
      [7, 'ok'],
    ]);
  });

  it('of every preset is valid, and bears the thresholds that are configured', () => {
    for (const preset of PRESETS) expect(rulesOf(preset, DEFAULT_SETTINGS).length).toBeGreaterThan(2);
    const settings = {
      ...DEFAULT_SETTINGS,
      thresholds: { ...DEFAULT_SETTINGS.thresholds, cpuPercent: { warning: 70, critical: 90 } },
    };
    expect(
      rulesOf('model-bridge', settings)
        .filter(({ name }) => name.startsWith('Cpu'))
        .map(({ condition }) => condition),
    ).toMatchObject([{ value: 70 }, { value: 90 }]);
  });
});
