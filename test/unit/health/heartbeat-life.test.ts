import type { Report } from '../../../functions/alerts/intake/intake.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMonitor } from '../../../functions/health/monitors/create-monitor.ts';
import { CreateMonitor } from '../../../functions/health/monitors/monitor.ts';
import { switchMaintenance } from '../../../functions/health/monitors/switch-maintenance.ts';
import { recordPing } from '../../../functions/health/monitors/record-ping.ts';
import { replaceMonitor } from '../../../functions/health/monitors/replace-monitor.ts';
import { reportMonitor } from '../../../functions/health/monitors/report-monitor.ts';
import { tick } from '../../../functions/health/monitors/tick.ts';
import { HEALTH_TABLE_SHAPE } from '../../../functions/health/table.ts';
import { standingClock } from '../../support/alerts.ts';
import { bySomebody, healthDeps } from '../../support/health.ts';
import { memoryTable } from '../../support/memory-table.ts';
import { runs } from '../../support/runs.ts';

interface Schedule {
  readonly everyMinutes: number;
  /** Due at each multiple of `everyMinutes` of the clock, rather than so long after the last ping. */
  readonly byCron: boolean;
  readonly graceSeconds: number;
}

type Act =
  | { readonly act: 'ping'; readonly signal: string | undefined; readonly run: string | undefined }
  | { readonly act: 'schedule'; readonly schedule: Schedule }
  | { readonly act: 'pause' | 'resume' | 'nothing' }
  | { readonly act: 'maintenance'; readonly minutes: number };

const schedules = fc.record({
  everyMinutes: fc.constantFrom(2, 5, 10, 20),
  byCron: fc.boolean(),
  graceSeconds: fc.constantFrom(0, 30, 60, 240),
});
const ofRun = fc.constantFrom(undefined, undefined, 'a', 'b');
const acts: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Act>({ act: 'nothing' }) },
  { weight: 4, arbitrary: ofRun.map((run): Act => ({ act: 'ping', signal: undefined, run })) },
  { weight: 2, arbitrary: ofRun.map((run): Act => ({ act: 'ping', signal: 'start', run })) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('fail', '3', 'log'), ofRun)
      .map(([signal, run]): Act => ({ act: 'ping', signal, run })),
  },
  { weight: 1, arbitrary: schedules.map((schedule): Act => ({ act: 'schedule', schedule })) },
  { weight: 1, arbitrary: fc.constantFrom<Act>({ act: 'pause' }, { act: 'resume' }, { act: 'resume' }) },
  { weight: 2, arbitrary: fc.constantFrom(0, 3, 9, 30).map((minutes): Act => ({ act: 'maintenance', minutes })) },
);

/** A watch of its own with one heartbeat, and whether its alert is open. */
const watch = async (schedule: Schedule, enabled: boolean) => {
  const clock = standingClock();
  const deps = healthDeps(memoryTable(HEALTH_TABLE_SHAPE), clock);
  const bodyOf = ({ everyMinutes, byCron, graceSeconds }: Schedule, isEnabled: boolean, maintenance: object[]) => ({
    name: 'job',
    check: {
      type: 'heartbeat',
      graceSeconds,
      ...(byCron ? { cron: `*/${everyMinutes} * * * *` } : { periodSeconds: everyMinutes * 60 }),
    },
    enabled: isEnabled,
    maintenance,
  });
  const { id, pingKey = '' } = await createMonitor(
    deps,
    bySomebody,
    CreateMonitor.parse(bodyOf(schedule, enabled, [])),
  );
  let isOpen = false;
  let sequence = 0;
  const intake = { report: async (found: Report) => void (isOpen = 'wrong' in found) };
  /** What the stream does after each write. */
  const followed = async (): Promise<void> => {
    const state = await deps.monitors.stateOf(id);
    if (!state || state.sequence === sequence) return;
    sequence = state.sequence;
    await reportMonitor({ ...deps, intake }, state, '');
  };
  const change = async (to: Schedule, isEnabled: boolean): Promise<void> => {
    const before = await deps.monitors.byId(id);
    if (!before) return expect.unreachable();
    const body = CreateMonitor.parse(bodyOf(to, isEnabled, [...before.maintenance]));
    await replaceMonitor(deps, bySomebody, { ...body, id, version: before.version });
    await followed();
  };
  return {
    clock,
    change,
    isOpen: () => isOpen,
    ping: (signal: string | undefined, run: string | undefined) =>
      recordPing(deps, { key: pingKey, signal, run }).then(followed),
    maintain: (minutes: number) => switchMaintenance(deps, bySomebody, { id, minutes }).then(followed),
    tick: () => tick({ ...deps, send: () => Promise.resolve() }).then(followed),
  };
};

/** All that happened, from which `isDown` is computed each time. */
interface Diary {
  /** Since when it has been watched; undefined while it is paused. */
  from: number | undefined;
  schedule: Schedule;
  maintenanceUntil: number;
  readonly pings: { readonly at: number; readonly signal: string | undefined; readonly run: string | undefined }[];
}

const MINUTE_MS = 60_000;

const isDown = ({ from, schedule, pings }: Diary, now: number): boolean => {
  if (from === undefined) return false;
  const mine = pings.filter(({ at }) => at >= from);
  const ends = mine.filter(({ signal }) => signal !== 'start' && signal !== 'log');
  const last = ends.at(-1);
  if (last?.signal !== undefined) return true;
  const everyMs = schedule.everyMinutes * MINUTE_MS;
  const waited = last?.at ?? from;
  const due = schedule.byCron ? (Math.floor(waited / everyMs) + 1) * everyMs : waited + everyMs;
  if (now >= due + schedule.graceSeconds * 1000) return true;
  const begun = mine.findLastIndex(({ signal }) => signal === 'start');
  if (begun === -1) return false;
  const start = mine[begun] as (typeof mine)[number];
  const isOver = mine
    .slice(begun + 1)
    .some(({ signal, run }) => signal !== 'log' && (signal !== undefined || run === undefined || run === start.run));
  return !isOver && now >= start.at + Math.max(schedule.graceSeconds * 1000, MINUTE_MS);
};

describe('a heartbeat', () => {
  it('alarms at the first tick at which it is down and in no maintenance, whatever was pinged, changed, paused or maintained before', async () => {
    await fc.assert(
      fc.asyncProperty(
        schedules,
        fc.boolean(),
        fc.array(fc.tuple(acts, fc.integer({ min: 1_000, max: 29_000 })), { minLength: 5, maxLength: 60 }),
        async (first, enabled, life) => {
          const w = await watch(first, enabled);
          const now = () => w.clock.now().getTime();
          const diary: Diary = { from: enabled ? now() : undefined, schedule: first, maintenanceUntil: 0, pings: [] };
          let isOpen = false;
          const compute = (): void => {
            if (!isDown(diary, now())) isOpen = false;
            else if (now() >= diary.maintenanceUntil) isOpen = true;
          };
          await w.tick();
          for (const [event, seconds] of life) {
            w.clock.advance(seconds);
            switch (event.act) {
              case 'ping':
                diary.pings.push({ at: now(), signal: event.signal, run: event.run });
                await w.ping(event.signal, event.run);
                break;
              case 'schedule':
                diary.schedule = event.schedule;
                await w.change(event.schedule, diary.from !== undefined);
                break;
              case 'pause':
                diary.from = undefined;
                await w.change(diary.schedule, false);
                break;
              case 'resume':
                diary.from ??= now();
                await w.change(diary.schedule, true);
                break;
              case 'maintenance':
                diary.maintenanceUntil = now() + event.minutes * MINUTE_MS;
                await w.maintain(event.minutes);
                break;
              case 'nothing':
            }
            if (event.act !== 'nothing') compute();
            expect(w.isOpen(), `after ${JSON.stringify(event)} at ${w.clock.now().toISOString()}`).toBe(isOpen);
            // The tick comes at any second of its minute.
            w.clock.set(new Date((Math.floor(now() / MINUTE_MS) + 1) * MINUTE_MS + (seconds % 20_000)));
            await w.tick();
            compute();
            expect(w.isOpen(), `at the tick of ${w.clock.now().toISOString()}`).toBe(isOpen);
          }
        },
      ),
      { numRuns: runs(150) },
    );
  });
});
