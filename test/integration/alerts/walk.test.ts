import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acknowledgement, resolution, STATUSES, type StoredAlert } from '../../../functions/alerts/alert.ts';
import { eventNameIn } from '../../../functions/alerts/event-names.ts';
import { ALERTS_TABLE_SHAPE } from '../../../functions/alerts/table.ts';
import { walkAlerts } from '../../../functions/alerts/verbs/walk-alerts.ts';
import { alertStores, anEvent, anna, machine, standingClock } from '../../support/alerts.ts';
import { memoryTable } from '../../support/memory-table.ts';
import { runs } from '../../support/runs.ts';

/** Alerts in these states, oldest first. */
const scene = async (states: readonly (typeof STATUSES)[number][]) => {
  const { client, tableName } = memoryTable(ALERTS_TABLE_SHAPE);
  const { store } = alertStores(client, tableName);
  const clock = standingClock();
  const alerts: StoredAlert[] = [];
  for (const [i, state] of states.entries()) {
    const { alert } = await store.raise(anEvent(), machine, clock.advance(1000), eventNameIn(`p.${i + 1}`));
    const at = clock.advance(1);
    if (state === 'acknowledged') await store.change(alert.id, acknowledgement(anna, at));
    const ended = state === 'resolved' ? (await store.change(alert.id, resolution(anna, at))).alert : undefined;
    if (ended) await store.archive(ended);
    alerts.push(alert);
  }
  return { store, alerts };
};

describe('a walk by numbers', () => {
  it('shows what a list of all alerts has at these places, and counts it where that is asked', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...STATUSES), { maxLength: 12 }),
        fc.uniqueArray(fc.constantFrom(...STATUSES), { minLength: 1 }),
        fc.record({
          order: fc.constantFrom('oldest_first' as const, 'newest_first' as const),
          skip: fc.nat(6),
          take: fc.integer({ min: 1, max: 6 }),
          counts: fc.boolean(),
        }),
        fc.integer({ min: 1, max: 3 }),
        async (states, statuses, { order, skip, take, counts }, every) => {
          const { store, alerts } = await scene(states);
          const isWanted = (id: string) => alerts.findIndex((alert) => alert.id === id) % every === 0;
          const all = alerts.filter(({ id }, i) => statuses.includes(states[i] ?? 'open') && isWanted(id));
          if (order === 'newest_first') all.reverse();
          const walked = await walkAlerts(
            { store },
            { statuses, order, skip, take, counts, wants: ({ id }) => isWanted(id) },
          );
          expect(walked.items.map(({ id }) => id)).toEqual(all.slice(skip, skip + take).map(({ id }) => id));
          expect(walked.more).toBe(all.length > skip + take);
          expect(walked.total).toBe(counts ? all.length : null);
        },
      ),
      { numRuns: runs(100) },
    ));

  it('reads no alert whole behind its page, unless it counts', async () => {
    const { store } = await scene(Array.from({ length: 230 }, () => 'open'));
    let read = 0;
    const counting = {
      ...store,
      whole: (rows: Parameters<typeof store.whole>[0]) => {
        read += rows.length;
        return store.whole(rows);
      },
    };
    const walk = { statuses: ['open'], order: 'oldest_first', skip: 0, take: 5, wants: () => true } as const;
    await walkAlerts({ store: counting }, walk);
    expect(read).toBe(100);
    await walkAlerts({ store: counting }, { ...walk, counts: true });
    expect(read).toBe(330);
  });
});
