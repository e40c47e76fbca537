import { expect, it } from 'vitest';
import { resolution, type StoredAlert } from '../../../functions/alerts/alert.ts';
import { eventNameIn } from '../../../functions/alerts/event-names.ts';
import { ALERTS_TABLE_SHAPE } from '../../../functions/alerts/table.ts';
import { changeDueAlerts } from '../../../functions/alerts/verbs/change-due-alerts.ts';
import { alertStores, anEvent, anna, machine, standingClock } from '../../support/alerts.ts';
import { memoryTable } from '../../support/memory-table.ts';

const scene = () => {
  const { client, tableName } = memoryTable(ALERTS_TABLE_SHAPE);
  return { ...alertStores(client, tableName), clock: standingClock() };
};

it.each([100, 101, 257])('one tick does all of %i alerts that are due', async (count) => {
  const { store, clock } = scene();
  const expiresAt = new Date(clock.now().getTime() + 60_000).toISOString();
  for (let i = 1; i <= count; i++) {
    await store.raise(anEvent({ expiresAt }), machine, clock.now(), eventNameIn(`p.${i}`));
  }
  clock.advance(61_000);
  expect(await changeDueAlerts({ store, clock, remainingMs: () => 60_000 })).toEqual({ changed: count, rearmed: 0 });
  expect(Object.values(await store.countOpen()).reduce((sum, of) => sum + of)).toBe(0);
});

it('a new alert remembers when its slot was closed, whether the stream moved the one before or not', async () => {
  for (const isMoved of [true, false]) {
    const { store, replay, clock } = scene();
    const event = anEvent();
    const { alert } = await store.raise(event, machine, clock.advance(1000), eventNameIn('p.1'));
    const { alert: ended } = await store.change(alert.id, resolution(anna, clock.advance(1000)));
    if (isMoved) await store.archive(ended as StoredAlert);
    await store.raise(event, machine, clock.advance(1000), eventNameIn('p.2'));
    expect((await replay.slotSeen(event.source, event.dedupKey)).closedAt).toBe(ended?.resolvedAt);
  }
});
