import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { AlertMessage } from '../../../functions/alerts/events.ts';
import type { Alert } from '../../../functions/alerts/port.ts';
import type { Noise } from '../../../functions/oncall/port.ts';
import { escalateAlert } from '../../../functions/paging/escalations/escalate-alert.ts';
import { follow } from '../../../functions/paging/escalations/follow.ts';
import { work } from '../../../functions/paging/escalations/work.ts';
import { PAGING_TABLE_SHAPE } from '../../../functions/paging/table.ts';
import { memoryTable } from '../../support/memory-table.ts';
import { decisionOf } from '../../support/oncall.ts';
import { ANA, pagingOn, policyOf, user } from '../../support/paging.ts';
import { runs } from '../../support/runs.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** A paging world whose alerts have these noise settings, and open, repeat and resolve as a test says. */
const scene = async (noise: Noise) => {
  const world = await pagingOn(memoryTable(PAGING_TABLE_SHAPE));
  world.decision = decisionOf({ noise, severity: 'warning', urgency: 'high' });
  world.policies = { default: policyOf('default', user('usr_ana')) };
  const notes: string[] = [];
  const deps = () => ({
    ...world.deps(),
    acts: {
      note: (_: unknown, { note }: { readonly note: string }) => {
        notes.push(note);
        return Promise.resolve({} as Alert);
      },
    },
  });
  const tell = async (id: string, transition: string, over: Partial<Alert> = {}): Promise<void> => {
    const before = world.alerts[id];
    const alert = {
      id,
      source: 'test',
      dedupKey: 'disk',
      title: `Disk ${id}`,
      description: '',
      severity: 'warning',
      service: null,
      team: null,
      labels: { cluster: 'eu' },
      status: 'open',
      count: 1,
      snoozedUntil: null,
      firstSeenAt: world.clock.now().toISOString(),
      acknowledgedAt: null,
      ...before,
      sequence: (before?.sequence ?? 0) + 1,
      ...over,
    } as Alert;
    world.alerts[id] = alert;
    const at = world.clock.now().toISOString();
    await follow(deps(), { transition, sequence: alert.sequence, at, alert } as unknown as AlertMessage);
  };
  const settle = async (): Promise<void> => {
    for (;;) {
      const due = await world.escalations.due(world.clock.now(), 100);
      if (due.length === 0) return;
      for (const key of due) await work(deps(), key);
    }
  };
  return {
    world,
    notes,
    settle,
    open: (id: string, over: Partial<Alert> = {}) => tell(id, 'opened', over),
    raise: (id: string, severity: Alert['severity']) => tell(id, 'severity_raised', { severity }),
    resolve: (id: string) => tell(id, 'resolved', { status: 'resolved' }),
    acknowledge: (id: string) =>
      tell(id, 'acknowledged', { status: 'acknowledged', acknowledgedAt: world.clock.now().toISOString() }),
    repeat: (id: string, count = 1): void => {
      const alert = world.alerts[id] as Alert;
      world.alerts[id] = { ...alert, count: alert.count + count };
    },
    /** Lets time pass, with the work that becomes due on the way. */
    pass: async (ms: number, stepMs = 5 * SECOND): Promise<void> => {
      for (let passed = 0; passed < ms; passed += stepMs) {
        world.clock.advance(stepMs);
        await settle();
      }
    },
    paged: (id: string): number => world.handed.filter((key) => key.startsWith(`${id}#`)).length,
    held: async (id: string) => (await world.escalations.escalation(id))?.waits?.reason,
  };
};

describe('a threshold', () => {
  const NOISE = { threshold: { events: 3, minutes: 5 } };

  it('pages after so many events in so many minutes, and says before why it does not', async () => {
    const { open, settle, pass, repeat, paged, held, notes } = await scene(NOISE);
    await open('alr_1');
    await settle();
    expect([paged('alr_1'), await held('alr_1')]).toEqual([0, { code: 'below_threshold', events: 3, minutes: 5 }]);
    repeat('alr_1');
    await pass(2 * MINUTE);
    expect([paged('alr_1'), notes]).toEqual([0, ['Nobody is paged yet. It pages after 3 events within 5 minutes.']]);
    repeat('alr_1');
    await pass(30 * SECOND);
    expect([paged('alr_1'), await held('alr_1')]).toEqual([1, undefined]);
  });

  it('pages nobody for events that come too slowly, or where the alert ends before', async () => {
    const { open, pass, repeat, resolve, paged } = await scene(NOISE);
    await open('alr_1');
    for (let i = 0; i < 8; i++) {
      await pass(6 * MINUTE, 30 * SECOND);
      repeat('alr_1');
    }
    await resolve('alr_1');
    await pass(10 * MINUTE, MINUTE);
    expect(paged('alr_1')).toBe(0);
  });

  it('pages a critical alert at once where the rule exempts it, also one that becomes critical', async () => {
    const { open, raise, settle, pass, paged } = await scene({ ...NOISE, exceptCritical: true });
    await open('alr_1', { severity: 'critical' });
    await open('alr_2', { dedupKey: 'other' });
    await settle();
    expect([paged('alr_1'), paged('alr_2')]).toEqual([1, 0]);
    await raise('alr_2', 'critical');
    await settle();
    await pass(10 * MINUTE, MINUTE);
    expect([paged('alr_1'), paged('alr_2')]).toEqual([1, 1]);
  });

  it('a person who escalates by hand has it paged at once', async () => {
    const { world, open, settle, paged } = await scene(NOISE);
    await open('alr_1');
    await settle();
    await escalateAlert(world.deps(), { caller: ANA }, { id: 'alr_1' });
    await settle();
    expect(paged('alr_1')).toBe(1);
  });
});

describe('an alert that flaps', () => {
  const NOISE = { flapping: { openings: 3, minutes: 30, stableMinutes: 10 } };
  const flap = async (
    scenery: Awaited<ReturnType<typeof scene>>,
    id: string,
    severity: Alert['severity'] = 'warning',
  ) => {
    await scenery.open(id, { severity });
    await scenery.pass(2 * MINUTE);
    await scenery.resolve(id);
    await scenery.pass(MINUTE);
  };

  it('is paged for its first openings, then not, and says since when, why and what ends it', async () => {
    const scenery = await scene(NOISE);
    const { paged, held, notes, open, settle, pass } = scenery;
    for (const id of ['alr_1', 'alr_2', 'alr_3']) await flap(scenery, id);
    await open('alr_4');
    await settle();
    expect(['alr_1', 'alr_2', 'alr_3', 'alr_4'].map(paged)).toEqual([1, 1, 0, 0]);
    expect(await held('alr_4')).toMatchObject({ code: 'flapping', openings: 3, minutes: 30 });
    expect(notes.at(-1)).toMatch(
      /^Nobody is paged yet. It has been flapping since 2026-.*: it opens 3 times or more within 30 minutes. It pages if it stays open until 2026-/,
    );
    await pass(10 * MINUTE);
    expect(paged('alr_4')).toBe(1);
  });

  it('is paged at once where it is worse than what people were paged for, also while it is held back', async () => {
    const scenery = await scene(NOISE);
    const { paged, open, raise, settle } = scenery;
    for (const id of ['alr_1', 'alr_2', 'alr_3']) await flap(scenery, id);
    await flap(scenery, 'alr_4', 'error');
    await open('alr_5', { severity: 'error' });
    await settle();
    expect(['alr_4', 'alr_5'].map(paged)).toEqual([1, 0]);
    await raise('alr_5', 'critical');
    await settle();
    expect(paged('alr_5')).toBe(1);
  });
});

describe('a group', () => {
  const NOISE = { group: { by: ['labels.cluster'], waitSeconds: 30, intervalSeconds: 300 } };
  const group = async () => {
    const scenery = await scene(NOISE);
    scenery.world.takesLinks = true;
    return scenery;
  };

  it('is paged as one message after the wait, and who comes later after the interval', async () => {
    const { world, open, settle, pass, held } = await group();
    await open('alr_1', { dedupKey: 'a' });
    await pass(10 * SECOND);
    await open('alr_2', { dedupKey: 'b' });
    await open('alr_9', { dedupKey: 'z', labels: { cluster: 'us' } });
    await settle();
    expect(await held('alr_2')).toMatchObject({ code: 'group_wait' });
    expect(world.texts).toEqual([]);
    await pass(30 * SECOND);
    await open('alr_3', { dedupKey: 'c' });
    await pass(30 * SECOND);
    expect(world.texts.filter((text) => !text.includes('alr_9'))).toEqual([
      'WARNING: Disk alr_1\nWARNING: Disk alr_2'.replace(/^/, '2 alerts\n'),
    ]);
    expect(await held('alr_3')).toMatchObject({ code: 'group_interval' });
    await pass(5 * MINUTE);
    expect(world.texts.filter((text) => text.includes('alr_3'))).toEqual(['WARNING: Disk alr_3']);
  });

  it('pages nobody for an alert that ends within the wait', async () => {
    const { world, open, resolve, pass } = await group();
    await open('alr_1', { dedupKey: 'a' });
    await pass(10 * SECOND);
    await resolve('alr_1');
    await pass(2 * MINUTE);
    expect(world.texts).toEqual([]);
  });
});

describe('an alert that another keeps quiet', () => {
  const matcher = (name: string, value: string) => ({ name, value, isRegex: false, isEqual: true });
  const RULE = {
    name: 'clusters',
    source: [matcher('alertname', 'Cluster down')],
    target: [matcher('team', 'nodes')],
    equal: ['cluster'],
  };

  it('is not paged while that one is open, says so, and is paged when it is over', async () => {
    const { world, open, resolve, settle, pass, paged, held, notes } = await scene({});
    world.inhibitRules = [RULE];
    await open('alr_parent', { title: 'Cluster down', dedupKey: 'a' });
    await open('alr_child', { team: 'nodes', dedupKey: 'b' });
    await open('alr_other', { team: 'nodes', dedupKey: 'c', labels: { cluster: 'us' } });
    await settle();
    expect(['alr_parent', 'alr_child', 'alr_other'].map(paged)).toEqual([1, 0, 1]);
    expect(await held('alr_child')).toEqual({
      code: 'inhibited',
      rule: 'clusters',
      by: 'alr_parent',
      title: 'Cluster down',
    });
    await pass(10 * MINUTE, 30 * SECOND);
    expect([paged('alr_child'), notes.length]).toEqual([0, 1]);
    await resolve('alr_parent');
    await pass(MINUTE + SECOND, 10 * SECOND);
    expect(paged('alr_child')).toBe(1);
  });

  it('one that was paged before is not paged again when it is over, but by its next step', async () => {
    const { world, open, resolve, settle, pass, paged } = await scene({});
    world.policies = { default: policyOf('default', user('usr_ana'), user('usr_ben')) };
    world.inhibitRules = [RULE];
    await open('alr_child', { team: 'nodes', dedupKey: 'b' });
    await settle();
    await open('alr_parent', { title: 'Cluster down', dedupKey: 'a' });
    await pass(10 * MINUTE, MINUTE);
    expect(paged('alr_child')).toBe(1);
    await resolve('alr_parent');
    await pass(2 * MINUTE, 10 * SECOND);
    expect(paged('alr_child')).toBe(2);
    await pass(10 * MINUTE, MINUTE);
    expect(paged('alr_child')).toBe(2);
  });

  it('is not paged where it ends first, and is where a person escalates by hand', async () => {
    const { world, open, resolve, settle, pass, paged } = await scene({});
    world.inhibitRules = [RULE];
    await open('alr_parent', { title: 'Cluster down', dedupKey: 'a' });
    await open('alr_one', { team: 'nodes', dedupKey: 'b' });
    await open('alr_two', { team: 'nodes', dedupKey: 'c' });
    await settle();
    await escalateAlert(world.deps(), { caller: ANA }, { id: 'alr_two' });
    await resolve('alr_one');
    await resolve('alr_parent');
    await pass(5 * MINUTE, MINUTE);
    expect(['alr_one', 'alr_two'].map(paged)).toEqual([0, 1]);
  });
});

describe('a repeat', () => {
  it('pages again after the last step, so often, until somebody acknowledges', async () => {
    const { open, acknowledge, settle, pass, paged } = await scene({ repeatMinutes: 30 });
    await open('alr_1');
    await settle();
    await pass(61 * MINUTE, MINUTE);
    expect(paged('alr_1')).toBe(3);
    await acknowledge('alr_1');
    await pass(61 * MINUTE, MINUTE);
    expect(paged('alr_1')).toBe(3);
  });

  it('where a provider refuses, it does not page again before the time', async () => {
    const { world, open, settle, pass } = await scene({ repeatMinutes: 30 });
    world.provider = () => Promise.reject(new Error('refused'));
    await open('alr_1');
    await settle();
    const tried = world.handed.length;
    await pass(20 * MINUTE, MINUTE);
    expect(world.handed.length).toBe(tried);
    world.provider = () => Promise.resolve({ provider: 'sns', providerId: 'm' });
    await pass(20 * MINUTE, MINUTE);
    expect(world.handed.length).toBeGreaterThan(tried);
  });
});

it('whatever the settings and however often workers die, an alert that stays open is paged, in each loop once', async () => {
  const settings = fc.record(
    {
      exceptCritical: fc.boolean(),
      flapping: fc.constant({ openings: 2, minutes: 60, stableMinutes: 10 }),
      group: fc.constant<NonNullable<Noise['group']>>({ by: ['labels.cluster'], waitSeconds: 30, intervalSeconds: 60 }),
      threshold: fc.constant({ events: 2, minutes: 30 }),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(settings, fc.array(fc.boolean(), { maxLength: 30 }), async (noise, deaths) => {
      const { world, open, resolve, repeat, pass, paged } = await scene(noise);
      const { save, fire } = world.escalations;
      const dies = deaths[Symbol.iterator]();
      /** A write that may be made and then not answered, or not be made at all. */
      const mortal =
        <A extends unknown[], T>(write: (...args: A) => Promise<T>) =>
        async (...args: A): Promise<T> => {
          if (dies.next().value === true) throw new Error('died before the write');
          const done = await write(...args);
          if (dies.next().value === true) throw new Error('died after the write');
          return done;
        };
      const persist = async (act: () => Promise<void>): Promise<void> => {
        for (;;) {
          try {
            return await act();
          } catch (error) {
            if (!(error as Error).message.startsWith('died')) throw error;
          }
        }
      };
      await open('alr_1');
      await pass(MINUTE);
      await resolve('alr_1');
      await open('alr_2');
      repeat('alr_2', 3);
      Object.assign(world.escalations, { save: mortal(save), fire: mortal(fire) });
      for (let i = 0; i < 30; i++) await persist(() => pass(MINUTE, MINUTE));
      expect(paged('alr_2')).toBe(1);
    }),
    { numRuns: runs(150) },
  );
});
