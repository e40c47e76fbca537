import fc from 'fast-check';
import { expect, it } from 'vitest';
import { intake } from '../../../functions/alerts/intake/intake.ts';
import { ALERTS_TABLE_SHAPE } from '../../../functions/alerts/table.ts';
import { changeDueAlerts } from '../../../functions/alerts/verbs/change-due-alerts.ts';
import { alertStores, anEvent, machine, standingClock } from '../../support/alerts.ts';
import { memoryTable } from '../../support/memory-table.ts';
import { runs } from '../../support/runs.ts';

const MINUTE = 60_000;
const LIFETIME = 30;

const scene = () => {
  const { client, tableName } = memoryTable(ALERTS_TABLE_SHAPE);
  const { store } = alertStores(client, tableName);
  const clock = standingClock();
  const refuse = (): Promise<never> => Promise.reject(new Error('refused'));
  const event = anEvent();
  const { observe } = intake({ clock, store, spill: { keep: refuse, wakeReader: refuse } });
  const report = async (over: object = { expiresAfterMinutes: LIFETIME }) => {
    const accepted = await observe({ ...event, ...over }, machine);
    if (accepted.kept !== 'stored') throw new Error('The event was not stored');
    return accepted.result;
  };
  return { store, clock, report, tick: () => changeDueAlerts({ store, clock, remainingMs: () => 60_000 }) };
};

it('an alert whose source is silent for its lifetime resolves, not before, and its timeline says why', async () => {
  const { store, clock, report, tick } = scene();
  const { alert } = await report();
  clock.advance(LIFETIME * MINUTE - 1);
  await tick();
  expect((await store.byId(alert.id))?.status).toBe('open');
  clock.advance(1);
  await tick();
  expect(await store.byId(alert.id)).toMatchObject({
    status: 'resolved',
    resolvedBy: 'Timer',
    transition: { type: 'resolved', note: 'The source stopped reporting it. No event came for 30 minutes.' },
  });
});

it('an end that the event names counts, not the lifetime', async () => {
  const { clock, report } = scene();
  const expiresAt = new Date(clock.now().getTime() + 5 * MINUTE).toISOString();
  expect((await report({ expiresAt, expiresAfterMinutes: LIFETIME })).alert.expiresAt).toBe(expiresAt);
});

it('an alert that was open before its source had a lifetime resolves a lifetime after its next event', async () => {
  const { store, clock, report, tick } = scene();
  const { alert } = await report({});
  clock.advance(10 * MINUTE);
  await report();
  clock.advance((LIFETIME - 1) * MINUTE);
  await tick();
  expect((await store.byId(alert.id))?.status).toBe('open');
  clock.advance(MINUTE);
  await tick();
  expect((await store.byId(alert.id))?.status).toBe('resolved');
});

it('an alert that its source still reports is never resolved, whenever events and ticks come', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ afterMinutes: fc.integer({ min: 0, max: LIFETIME - 1 }), ticks: fc.boolean() }), {
        minLength: 1,
        maxLength: 12,
      }),
      async (steps) => {
        const { store, clock, report, tick } = scene();
        const { alert } = await report();
        for (const { afterMinutes, ticks } of steps) {
          clock.advance(afterMinutes * MINUTE);
          await Promise.all([report(), ticks && tick()]);
        }
        expect(await store.byId(alert.id)).toMatchObject({ status: 'open', count: steps.length + 1 });
        clock.advance(LIFETIME * MINUTE);
        await tick();
        await tick();
        expect((await store.byId(alert.id))?.status).toBe('resolved');
      },
    ),
    { numRuns: runs(200) },
  );
});
