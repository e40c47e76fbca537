import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../functions/health/config/settings.ts';
import { rollupOfOne } from '../../../functions/health/metrics/rollup.ts';
import { currentSettings } from '../../../functions/health/config/current-settings.ts';
import { currentRules } from '../../../functions/health/rules/current-rules.ts';
import { getRule, listRules } from '../../../functions/health/rules/get-rule.ts';
import { BLIND } from '../../../functions/health/rules/blind.ts';
import { evaluateRules } from '../../../functions/health/rules/evaluate-rules.ts';
import { MAX_INSTANCES } from '../../../functions/health/rules/instances.ts';
import { reportRule } from '../../../functions/health/rules/report-rule.ts';
import { CreateRule } from '../../../functions/health/rules/rule.ts';
import { createRule, deleteRule, installPreset, replaceRule } from '../../../functions/health/rules/save-rule.ts';
import { scheduleWake, wakeRule } from '../../../functions/health/rules/wake.ts';
import { HEALTH_TABLE_SHAPE } from '../../../functions/health/table.ts';
import { standingClock } from '../../support/alerts.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { bySomebody, healthDeps } from '../../support/health.ts';

let dynamo: TestDynamo;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.stop());

const RULE = CreateRule.parse({
  name: 'Deep',
  severity: 'error',
  groupBy: ['host'],
  keepFiringSeconds: 0,
  condition: { type: 'threshold', metric: 'depth', operator: '>', value: 10 },
});

const fresh = async () => {
  const clock = standingClock();
  const tableName = await dynamo.table(HEALTH_TABLE_SHAPE, 'health');
  const deps = healthDeps({ client: dynamo.client, tableName }, clock);
  const { rules, segments } = deps;
  let calls = 0;
  const record = (name: string, value: number, dimensions = {}) =>
    segments.write(
      [{ name, unit: '', dimensions, start: clock.now().getTime(), rollup: rollupOfOne(value, clock.now()) }],
      `c${calls++}`,
      clock.now(),
    );
  return { clock, rules, record, deps, all: () => rules.all() };
};

describe('an instance that was forgotten because it was well for long', () => {
  it.each([
    ['that fires again', false],
    ['of a rule that cannot be judged again', true],
  ])('and %s is reported with a later revision, although its sequence begins again', async (_, isBlind) => {
    const { clock, rules, record, deps, all } = await fresh();
    const { id } = await createRule(deps, bySomebody, RULE);
    const revisions: string[] = [];
    const broken = async () => {
      await record('depth', 20, { host: 'a' });
      const reader = { measured: () => Promise.reject(new Error('no')) };
      await evaluateRules(isBlind ? { ...deps, reader } : deps, await all());
      const state = (await rules.states(id))[0] ?? expect.fail('it has no state');
      expect(state).toMatchObject({ status: 'firing', sequence: 1 });
      return state;
    };
    const names = new Set<string>();
    const report = async ({ revision }: { readonly revision: string }, by: { readonly name: string }) => {
      revisions.push(revision);
      names.add(by.name);
    };
    const intake = { report };
    const first = await broken();
    for (const sequence of [1, 2, 3]) await reportRule({ rules, intake }, { ...first, sequence }, '2026');
    await rules.removeState(first);
    clock.advance(3 * 86_400_000);
    await reportRule({ rules, intake }, await broken(), '2026');
    expect(revisions).toHaveLength(4);
    expect(revisions).toEqual([...revisions].sort());
    expect([...names], 'timelines name the rule').toEqual([RULE.name]);
  });
});

describe('an instance that waits for a time', () => {
  const waiting = async () => {
    const w = await fresh();
    const { id } = await createRule(w.deps, bySomebody, { ...RULE, forSeconds: 1_200 });
    await w.record('depth', 20, { host: 'a' });
    await evaluateRules(w.deps, await w.all());
    const sent: { due: string; seconds: number }[] = [];
    const deps = {
      ...w.deps,
      evaluation: w.deps,
      currentRules: w.all,
      handOver: async (_: object, due: Date, now: Date) =>
        void sent.push({ due: due.toISOString(), seconds: (due.getTime() - now.getTime()) / 1000 }),
    };
    const state = async () => (await w.rules.states(id))[0];
    return { ...w, id, sent, deps, state, due: new Date(w.clock.now().getTime() + 1_200_000).toISOString() };
  };

  it('is judged when it is due: handed over until then, and judged as of then though a clock is behind', async () => {
    const w = await waiting();
    const first = await w.state();
    expect(first).toMatchObject({ status: 'pending' });
    if (first) await scheduleWake(w.deps, first);
    expect(w.sent).toEqual([{ due: w.due, seconds: 1_200 }]);
    w.clock.advance(900_000);
    await wakeRule(w.deps, { rule: w.id, dueAt: w.due });
    expect(w.sent).toHaveLength(2);
    w.clock.advance(299_400);
    await w.record('depth', 20, { host: 'a' });
    await wakeRule(w.deps, { rule: w.id, dueAt: w.due });
    expect(await w.state()).toMatchObject({ status: 'firing', since: w.due });
    await wakeRule(w.deps, { rule: w.id, dueAt: w.due });
    expect(await w.state()).toMatchObject({ version: 2 });
    expect(w.sent).toHaveLength(2);
  });

  it('of a rule that was deleted meanwhile opens no alert', async () => {
    const w = await waiting();
    const first = await w.state();
    await deleteRule(w.deps, bySomebody, { id: w.id });
    if (first) await scheduleWake(w.deps, first);
    await wakeRule(w.deps, { rule: w.id, dueAt: w.due });
    expect(w.sent).toHaveLength(1);
  });
});

describe('rules that are evaluated', () => {
  it('by ten at the same moment change each instance once', async () => {
    const w = await fresh();
    const { id } = await createRule(w.deps, bySomebody, RULE);
    for (const host of ['a', 'b']) await w.record('depth', 20, { host });
    const rules = await w.all();
    await Promise.all(Array.from({ length: 10 }, () => evaluateRules(w.deps, rules)));
    const states = await w.rules.states(id);
    expect(states.map(({ instance, status, sequence }) => [instance, status, sequence])).toEqual([
      ['host=a', 'firing', 1],
      ['host=b', 'firing', 1],
    ]);
    w.clock.advance(60_000);
    await w.record('depth', 1, { host: 'a' });
    await Promise.all(Array.from({ length: 10 }, () => evaluateRules(w.deps, rules)));
    expect((await w.rules.states(id)).map(({ status, sequence }) => [status, sequence])).toEqual([
      ['ok', 2],
      ['firing', 1],
    ]);
  });

  it('write nothing while nothing changes, and read a metric once for all rules of it', async () => {
    const w = await fresh();
    for (let i = 0; i < 5; i++) await createRule(w.deps, bySomebody, { ...RULE, name: `r${i}` });
    await w.record('depth', 20, { host: 'a' });
    await evaluateRules(w.deps, await w.all());
    const rules = await w.all();
    const { writeUnits, roundTrips } = await dynamo.cost(() => evaluateRules(w.deps, rules));
    expect(writeUnits).toBe(0);
    // The states of each rule, and the metric once, loose and merged, with the mark of closed hours.
    expect(roundTrips).toBeLessThanOrEqual(5 + 3);
  });

  it('ignore a rule that is not enabled', async () => {
    const w = await fresh();
    const { id } = await createRule(w.deps, bySomebody, { ...RULE, enabled: false });
    await w.record('depth', 20, { host: 'a' });
    expect(await evaluateRules(w.deps, await w.all())).toEqual({ judged: 0, changed: 0, unjudged: [] });
    expect(await w.rules.states(id)).toEqual([]);
  });
});

describe('rules that are changed', () => {
  it('by several at once: one wins, the others get a conflict', async () => {
    const w = await fresh();
    const { id } = await createRule(w.deps, bySomebody, RULE);
    const all = await Promise.allSettled(
      Array.from({ length: 5 }, (_, i) => replaceRule(w.deps, bySomebody, { id, ...RULE, name: `n${i}`, version: 1 })),
    );
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const each of all) if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'rule.changed' });
    expect(await w.rules.byId(id)).toMatchObject({ version: 2 });
  });

  it('lose the states of their instances when they are deleted', async () => {
    const w = await fresh();
    const { id } = await createRule(w.deps, bySomebody, RULE);
    await w.record('depth', 20, { host: 'a' });
    await evaluateRules(w.deps, await w.all());
    await deleteRule(w.deps, bySomebody, { id });
    expect([await w.rules.byId(id), await w.rules.states(id)]).toEqual([undefined, []]);
  });

  it('of a preset that is installed twice are there once, and stay as somebody changed them', async () => {
    const w = await fresh();
    const install = () =>
      installPreset({ ...w.deps, settings: async () => DEFAULT_SETTINGS }, bySomebody, { preset: 'lrs-agents' });
    const [first] = (await install()).items;
    await replaceRule(w.deps, bySomebody, { id: first?.id ?? '', ...RULE, name: first?.name ?? '', version: 1 });
    expect((await install()).items).toHaveLength(3);
    expect(await w.rules.byId(first?.id ?? '')).toMatchObject({ version: 2, severity: 'error' });
  });
});

describe('an alert of a rule resolves', () => {
  const firing = async (change: object = {}) => {
    const w = await fresh();
    const { id } = await createRule(w.deps, bySomebody, { ...RULE, keepFiringSeconds: 600, ...change });
    for (const host of ['a', 'b']) await w.record('depth', 20, { host, zone: 'z' });
    await evaluateRules(w.deps, await w.all());
    const states = async () =>
      (await w.rules.states(id)).map(({ instance, status, sequence, reason }) => ({
        instance,
        status,
        sequence,
        reason,
      }));
    const change_ = (to: object) =>
      replaceRule(w.deps, bySomebody, { id, ...RULE, keepFiringSeconds: 600, ...change, ...to, version: 1 });
    return { ...w, id, states, change: change_, before: await w.all() };
  };

  it.each([
    ['switched off', { enabled: false }, 'The rule was switched off.'],
    ['grouped otherwise', { groupBy: ['zone'] }, 'The rule is grouped otherwise.'],
    ['grouped no more', { groupBy: [] }, 'The rule is grouped otherwise.'],
  ])('at once when it is %s, and a container that has not heard of it raises it no more', async (_how, to, reason) => {
    const w = await firing();
    await w.change(to);
    const over = [
      { instance: 'host=a', status: 'ok', sequence: 2, reason },
      { instance: 'host=b', status: 'ok', sequence: 2, reason },
    ];
    expect((await w.states()).filter(({ instance }) => instance.startsWith('host='))).toEqual(over);
    await evaluateRules(w.deps, w.before);
    await evaluateRules(w.deps, await w.all());
    expect((await w.states()).filter(({ instance }) => instance.startsWith('host='))).toEqual(over);
  });

  it('when its instances were written by a container that had not heard of the change', async () => {
    const w = await fresh();
    const { id } = await createRule(w.deps, bySomebody, RULE);
    const before = await w.all();
    await replaceRule(w.deps, bySomebody, { id, ...RULE, enabled: false, version: 1 });
    await w.record('depth', 20, { host: 'a' });
    await evaluateRules(w.deps, before);
    expect((await w.rules.states(id))[0]).toMatchObject({ status: 'firing' });
    await evaluateRules(w.deps, await w.all());
    expect((await w.rules.states(id))[0]).toMatchObject({ status: 'ok', sequence: 2 });
  });

  it('when its threshold is changed and does not hold, though it would go on firing for ten minutes', async () => {
    const w = await firing();
    await w.change({ condition: { ...RULE.condition, value: 100 } });
    await evaluateRules(w.deps, await w.all());
    expect((await w.states()).map(({ status, sequence }) => [status, sequence])).toEqual([
      ['ok', 2],
      ['ok', 2],
    ]);
  });

  it('when its metric is changed to one without observations', async () => {
    const w = await firing();
    await w.change({ condition: { ...RULE.condition, metric: 'other' } });
    await evaluateRules(w.deps, await w.all());
    expect((await w.states()).map(({ status }) => status)).toEqual(['ok', 'ok']);
  });

  it('and goes on without a second alert where the changed condition holds too', async () => {
    const w = await firing();
    await w.change({ condition: { ...RULE.condition, value: 15 } });
    await evaluateRules(w.deps, await w.all());
    await evaluateRules(w.deps, await w.all());
    expect((await w.states()).map(({ status, sequence }) => [status, sequence])).toEqual([
      ['firing', 1],
      ['firing', 1],
    ]);
  });
});

describe('a rule that cannot be judged', () => {
  it('raises an alert of its own at once, keeps no other from being judged, and ends it when it is judged again', async () => {
    const w = await fresh();
    const blind = await createRule(w.deps, bySomebody, {
      ...RULE,
      condition: { ...RULE.condition, metric: 'dark' } as never,
    });
    const seeing = await createRule(w.deps, bySomebody, RULE);
    await w.record('depth', 20, { host: 'a' });
    let isDark = true;
    const reader = {
      measured: async (...asked: Parameters<typeof w.deps.reader.measured>) => {
        if (isDark && asked[0] === 'dark') throw new Error('out of order');
        return w.deps.reader.measured(...asked);
      },
    };
    const rules = await w.all();
    for (let i = 0; i < 2; i++) {
      expect(await evaluateRules({ ...w.deps, reader }, rules)).toMatchObject({
        judged: 1,
        unjudged: [{ rule: blind.id, why: 'dark cannot be read' }],
      });
      expect(await w.rules.states(blind.id)).toMatchObject([{ status: 'firing', sequence: 1, instance: BLIND }]);
    }
    expect(await w.rules.states(seeing.id)).toMatchObject([{ status: 'firing' }]);
    isDark = false;
    expect(await evaluateRules({ ...w.deps, reader }, rules)).toMatchObject({ unjudged: [] });
    expect(await w.rules.states(blind.id)).toMatchObject([{ status: 'ok', sequence: 2 }]);
  });

  it('is one with more instances than are judged, too', async () => {
    const w = await fresh();
    const { id } = await createRule(w.deps, bySomebody, RULE);
    for (const from of [0, MAX_INSTANCES / 2, MAX_INSTANCES - 1]) {
      await w.deps.segments.write(
        Array.from({ length: 1 + MAX_INSTANCES / 2 }, (_, i) => ({
          name: 'depth',
          unit: '',
          dimensions: { host: `h${from + i}` },
          start: w.clock.now().getTime(),
          rollup: rollupOfOne(1, w.clock.now()),
        })),
        `many${from}`,
        w.clock.now(),
      );
    }
    expect(await evaluateRules(w.deps, await w.all())).toMatchObject({
      judged: MAX_INSTANCES,
      unjudged: [{ rule: id }],
    });
    expect(await w.rules.states(id)).toMatchObject([{ status: 'firing', instance: BLIND }]);
  });

  it('has instances whose values are longer than a key', async () => {
    const w = await fresh();
    const { id } = await createRule(w.deps, bySomebody, { ...RULE, groupBy: ['a', 'b', 'c', 'd'] });
    const long = (last: string) =>
      Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, `${'ü'.repeat(255)}${last}`]));
    for (const last of ['1', '2']) await w.record('depth', 20, long(last));
    expect(await evaluateRules(w.deps, await w.all())).toMatchObject({ judged: 2, changed: 2, unjudged: [] });
    expect(await w.rules.states(id)).toHaveLength(2);
  });
});

describe('thresholds that are configured', () => {
  it('hold for rules of presets in every container within a minute, and not for a rule that was changed', async () => {
    const w = await fresh();
    let config = DEFAULT_SETTINGS;
    const current = async () => ({ version: 1, settings: config }) as never;
    const container = () => {
      const settings = currentSettings({ configs: { current }, clock: w.clock });
      return currentRules({ rules: w.rules, clock: w.clock, settings });
    };
    const deps = { ...w.deps, settings: async () => config };
    const { items } = await installPreset(deps, bySomebody, { preset: 'model-bridge' });
    const cpu = items.find(({ name }) => name === 'CpuCritical');
    const memory = items.find(({ name }) => name === 'MemoryCritical');
    if (!cpu || !memory) throw new Error('The preset lacks a rule');
    const { name, severity, condition } = memory;
    const mine = CreateRule.parse({ name, severity, condition: { ...condition, value: 42 } });
    await replaceRule(w.deps, bySomebody, { id: memory.id, ...mine, version: 1 });
    const containers = [container(), container()];
    await containers[0]?.();
    w.clock.advance(14_000);
    await containers[1]?.();
    const { cpuPercent } = config.thresholds;
    config = { ...config, thresholds: { ...config.thresholds, cpuPercent: { ...cpuPercent, critical: 99 } } };
    w.clock.advance(60_000);
    for (const rules of containers) {
      const now = new Map((await rules()).map((rule) => [rule.id, rule.condition]));
      expect(now.get(cpu.id)).toMatchObject({ value: 99 });
      expect(now.get(memory.id)).toMatchObject({ value: 42 });
    }
    expect((await getRule(deps, { id: cpu.id })).condition).toMatchObject({ value: 99 });
    expect((await listRules(deps, { limit: 50 })).items.find(({ id }) => id === memory.id)?.condition).toMatchObject({
      value: 42,
    });
  });
});
