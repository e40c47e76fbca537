import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../functions/health/config/settings.ts';
import { closeHours } from '../../../functions/health/metrics/close-hours.ts';
import { exposition } from '../../../functions/health/metrics/exposition.ts';
import { rollupOfOne } from '../../../functions/health/metrics/rollup.ts';
import { mergeSlot } from '../../../functions/health/metrics/merge-slot.ts';
import { isTurnToMerge } from '../../../functions/health/metrics/run.ts';
import { bucketOf, packedInParts, SLOT_MS, unpacked } from '../../../functions/health/metrics/segment.ts';
import { evaluateRules } from '../../../functions/health/rules/evaluate-rules.ts';
import { CreateRule } from '../../../functions/health/rules/rule.ts';
import { createRule } from '../../../functions/health/rules/save-rule.ts';
import { HEALTH_TABLE_SHAPE } from '../../../functions/health/table.ts';
import { HOUR_MS, MINUTE_MS } from '../../../functions/health/units.ts';
import { sha256 } from '../../../shared/kernel/ids.ts';
import { standingClock } from '../../support/alerts.ts';
import { bySomebody, healthDeps, type HealthDeps } from '../../support/health.ts';
import { memoryTable } from '../../support/memory-table.ts';
import { runs } from '../../support/runs.ts';

const START = Date.parse('2026-11-21T03:00:00Z');
const row = (name: string, value: number, at: number, dimensions = {}) => ({
  name,
  unit: '',
  dimensions,
  start: at,
  rollup: rollupOfOne(value, new Date(at)),
});

const world = (turn?: (operation: string) => Promise<void>) => {
  const clock = standingClock();
  clock.set(new Date(START));
  return { ...healthDeps(memoryTable(HEALTH_TABLE_SHAPE, turn), clock), clock };
};

describe('an hour of more posts than a page of a query', () => {
  it('is judged by rules, queried, exposed and closed, merged or not', async () => {
    for (const merges of [true, false]) {
      const deps = world();
      const { clock, segments, rules, reader } = deps;
      const posts = 5_150;
      const names = ['cpu', 'memory'];
      for (let i = 0; i < posts; i++) {
        const at = START + Math.floor((i / posts) * 59 * MINUTE_MS);
        clock.set(new Date(at));
        const call = sha256(`post ${i}`).slice(0, 24);
        await segments.write(
          [row(names[i % 2] ?? '', i === posts - 1 ? 99 : 1, at, { host: `h${i % 100}` })],
          call,
          clock.now(),
        );
        const item = `${clock.now().toISOString().slice(0, 16)}#${call}`;
        if (merges && isTurnToMerge(item)) await mergeSlot(deps, { bucket: bucketOf(names[i % 2] ?? ''), at });
      }
      const rule = (metric: string) =>
        createRule(
          deps,
          bySomebody,
          CreateRule.parse({
            name: metric,
            severity: 'critical',
            condition: { type: 'threshold', metric, aggregation: 'max', windowSeconds: 300, operator: '>', value: 50 },
          }),
        );
      const [quiet, loud] = [await rule('cpu'), await rule('memory')];
      const evaluated = await evaluateRules(deps, await rules.all());
      expect(evaluated).toMatchObject({ judged: 2, unjudged: [] });
      expect(await rules.states(quiet.id)).toEqual([]);
      expect(await rules.states(loud.id)).toMatchObject([{ status: 'firing' }]);

      const total = async () => {
        const answers = await Promise.all(
          names.map((name) =>
            reader.query({
              name,
              from: new Date(START),
              to: new Date(START + HOUR_MS - 1),
              stepSeconds: 3_600,
              aggregation: 'count',
            }),
          ),
        );
        return answers.flat().map(({ points }) => points.map(({ value }) => value));
      };
      expect(await total()).toEqual([[posts / 2], [posts / 2]]);
      expect(
        exposition(await reader.recent(5))
          .split('\n')
          .filter((line) => line.startsWith('memory{')),
      ).toHaveLength(50);
      clock.set(new Date(START + 3 * HOUR_MS));
      const close = { ...deps, retention: async () => DEFAULT_SETTINGS.retention, remainingMs: () => 600_000 };
      expect(await closeHours(close)).toBeGreaterThan(0);
      expect(await deps.blocks.closedUntil()).toBeGreaterThanOrEqual(START + HOUR_MS);
      expect(await total()).toEqual([[posts / 2], [posts / 2]]);
    }
  }, 120_000);
});

describe('segments that are merged', () => {
  const mergeM = (deps: HealthDeps, at: number, now: Date) =>
    mergeSlot({ ...deps, clock: { now: () => now } }, { bucket: bucketOf('m'), at });
  const counted = async ({ segments }: HealthDeps): Promise<number> =>
    (await segments.read(bucketOf('m'), START, START + HOUR_MS - 1)).reduce((sum, { rollup }) => sum + rollup.sum, 0);

  it('count once, whatever is sent again, dies, reads or merges meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 40, maxLength: 120 }),
        fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 2 }),
        async (scheduler, minutes, deaths) => {
          let left = Infinity;
          let isScheduled = false;
          const deps = world((operation) => {
            if (left-- <= 0) throw new Error('died');
            return isScheduled ? scheduler.schedule(Promise.resolve(), operation) : Promise.resolve();
          });
          const now = new Date(START + SLOT_MS);
          const send = (i: number) =>
            deps.segments.write([row('m', i + 1, START + (minutes[i] ?? 0) * MINUTE_MS)], `c${i}`, now);
          const all = [...minutes.keys()];
          const total = all.reduce((sum, i) => sum + i + 1, 0);
          for (const i of all) await send(i);
          for (const after of deaths) {
            left = after;
            await mergeM(deps, START, now).catch(() => undefined);
            left = Infinity;
            expect(await counted(deps)).toBe(total);
          }
          isScheduled = true;
          const seen: number[] = [];
          const work = [
            mergeM(deps, START, now),
            mergeM(deps, START, now),
            mergeM(deps, START + SLOT_MS, now),
            ...[0, 1, 2].map(async () => void seen.push(await counted(deps))),
            send(0),
          ];
          await scheduler.waitFor(Promise.all(work));
          isScheduled = false;
          expect(seen).toEqual([total, total, total]);
          for (const i of all.slice(0, 5)) await send(i);
          expect(await counted(deps)).toBe(total);
          await mergeM(deps, START, now);
          expect(await counted(deps)).toBe(total);
        },
      ),
      { numRuns: runs(200) },
    );
  });

  it('cost less than three write units a post, however many posts a slot gets', async () => {
    const operations: string[] = [];
    const deps = world(async (operation) => void operations.push(operation));
    const now = new Date(START);
    for (let i = 0; i < 2_000; i++) {
      const call = sha256(`${i}`).slice(0, 24);
      await deps.segments.write([row('m', 1, START + (i % 60_000), { host: `h${i % 100}` })], call, now);
      if (isTurnToMerge(`2026-11-21T03:00#${call}`)) await mergeM(deps, START, now);
    }
    expect(operations.filter((each) => each !== 'Query').length / 2_000).toBeLessThan(2.1);
    const reads = operations.filter((each) => each === 'Query').length;
    expect(reads).toBeLessThan(200);
  }, 60_000);
});

describe('more than fits into one item', () => {
  it('is packed into parts that each fit, and nothing is lost', () => {
    const rows = Array.from({ length: 2_000 }, (_, i) =>
      row('m', Math.sin(i) * 1e6, START + i, { id: sha256(String(i)), other: sha256(String(-i)) }),
    );
    const parts = packedInParts(rows);
    expect(parts.length).toBeGreaterThan(0);
    const small = packedInParts(rows, 20_000);
    expect(small.length).toBeGreaterThan(5);
    expect(Math.max(...small.map(({ length }) => length))).toBeLessThanOrEqual(20_000);
    expect(
      small
        .flatMap(unpacked)
        .map(({ start }) => start)
        .sort(),
    ).toEqual(rows.map(({ start }) => start).sort());
  });

  it('a metric of a thousand series a minute closes its hour', async () => {
    const deps = world();
    const { clock, segments, reader } = deps;
    const minutes = runs(20);
    for (let minute = 0; minute < minutes; minute++) {
      const at = START + minute * MINUTE_MS;
      await segments.write(
        Array.from({ length: 1_000 }, (_, i) => row('m', Math.random() * 1e9, at + i, { id: sha256(String(i)) })),
        `c${minute}`,
        new Date(at),
      );
    }
    clock.set(new Date(START + 3 * HOUR_MS));
    await closeHours({
      ...deps,
      retention: async () => DEFAULT_SETTINGS.retention,
      remainingMs: () => 600_000,
    });
    const [series] = await reader.query({
      name: 'm',
      from: new Date(START),
      to: new Date(START + HOUR_MS - 1),
      stepSeconds: 60,
      aggregation: 'count',
    });
    expect(series?.points.map(({ value }) => value)).toEqual(Array.from({ length: minutes }, () => 1_000));
  }, 60_000);
});
