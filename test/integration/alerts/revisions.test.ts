import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slotOf, type Severity, type StoredAlert } from '../../../functions/alerts/alert.ts';
import { intake } from '../../../functions/alerts/intake/intake.ts';
import { replayEvent } from '../../../functions/alerts/intake/replay-event.ts';
import type { Spilled } from '../../../functions/alerts/intake/spill.ts';
import { revisionOf } from '../../../functions/alerts/revision.ts';
import { ALERTS_TABLE_SHAPE } from '../../../functions/alerts/table.ts';
import { table } from '../../../shared/aws/dynamo.ts';
import { PoisonedRecord } from '../../../shared/kernel/poisoned-record.ts';
import { alertStores, anEvent, anna, machine, standingClock } from '../../support/alerts.ts';
import { memoryTable } from '../../support/memory-table.ts';
import { runs } from '../../support/runs.ts';

const throttled = (): Error => Object.assign(new Error('refused'), { name: 'ThrottlingException' });

/** A source that numbers its reports: odd revisions find something wrong, even ones find it over. */
const scene = () => {
  const { client, tableName } = memoryTable(ALERTS_TABLE_SHAPE);
  const { store, replay } = alertStores(client, tableName);
  const clock = standingClock();
  const event = anEvent();
  const { source, dedupKey } = event;
  const spilled: Spilled[] = [];
  let places = 0;
  let refuses = false;
  let refusesChanges = false;
  let losesSpilled = false;
  const unlessRefused =
    <A extends unknown[], T>(write: (...of: A) => Promise<T>) =>
    async (...of: A): Promise<T> => {
      if (refuses) throw throttled();
      return write(...of);
    };
  const container = () =>
    intake({
      clock,
      store: {
        raise: unlessRefused(store.raise),
        resolveSlot: unlessRefused(store.resolveSlot),
        acknowledgeSlot: unlessRefused(store.acknowledgeSlot),
        change: unlessRefused((...of: Parameters<typeof store.change>) => {
          if (refusesChanges) throw throttled();
          return store.change(...of);
        }),
      },
      spill: {
        keep: async (each) => {
          if (losesSpilled) throw throttled();
          spilled.push(each);
        },
        wakeReader: async () => undefined,
      },
    });
  let reader = container();
  const alerts = async (): Promise<StoredAlert[]> => {
    const items = await table(client, tableName).all<StoredAlert>({
      where: '#slot = :slot',
      values: { slot: slotOf(source, dedupKey) },
      consistent: true,
    });
    return [...new Map(items.filter(({ status }) => status).map((each) => [each.id, each])).values()];
  };
  return {
    clock,
    alerts,
    tell: (
      number: number,
      {
        stream = '2026-11-01T00:00:00.000',
        begunAt = '',
        severity = event.severity,
      }: { stream?: string; begunAt?: string; severity?: Severity } = {},
    ) => {
      clock.advance(1_000);
      const revision = revisionOf(stream, number, begunAt);
      const report =
        number % 2 === 1
          ? { revision, wrong: { ...event, severity } }
          : { revision, over: { source, dedupKey, note: 'It recovered.' } };
      return reader.report(report, machine);
    },
    /** The function dies, and another container goes on. */
    restart: () => {
      reader = container();
    },
    resolveByHand: () => {
      clock.advance(1_000);
      return reader.resolve(source, dedupKey, anna);
    },
    refuse: (is: boolean) => {
      refuses = is;
      // The circuit closes again.
      clock.advance(120_000);
    },
    /** Reports are stored, but their severity cannot be raised; with the queue gone too, they are not accepted. */
    refuseRises: (is: boolean, { queueToo = false } = {}) => {
      [refusesChanges, losesSpilled] = [is, is && queueToo];
      clock.advance(120_000);
    },
    drain: async () => {
      for (const each of spilled.splice(0)) {
        await replayEvent({ store, replay, clock }, each, String(++places).padStart(39, '0'));
      }
    },
  };
};

const statuses = (alerts: readonly StoredAlert[]): string[] => alerts.map(({ status }) => status).sort();

describe('a source that numbers its reports', () => {
  it('opens one alert each time that it fires, wherever its stream is delivered again', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 7 }),
        fc.array(fc.tuple(fc.nat(7), fc.nat(7), fc.boolean())),
        async (last, again) => {
          const { tell, restart, alerts } = scene();
          for (let number = 1; number <= last; number++) {
            await tell(number);
            for (const [, back] of again.filter(([after]) => after === number)) {
              restart();
              for (let old = Math.max(1, number - back); old <= number; old++) await tell(old);
            }
          }
          const found = await alerts();
          expect(found).toHaveLength(Math.ceil(last / 2));
          expect(found.filter(({ status }) => status === 'open')).toHaveLength(last % 2);
          expect(found.map(({ count }) => count)).toEqual(found.map(() => 1));
        },
      ),
      { numRuns: runs(60) },
    ));

  it('opens no second alert for what a person has resolved', async () => {
    const { tell, resolveByHand, alerts } = scene();
    await tell(1);
    await resolveByHand();
    await tell(1);
    expect(statuses(await alerts())).toEqual(['resolved']);
    await tell(2);
    await tell(3);
    expect(statuses(await alerts())).toEqual(['open', 'resolved']);
  });

  it('is heard again where its state was forgotten and began again', async () => {
    const { tell, alerts } = scene();
    await tell(1, { begunAt: '2026-11-01T00:00:00.000Z' });
    await tell(2, { begunAt: '2026-11-01T00:00:00.000Z' });
    await tell(1, { begunAt: '2026-11-03T00:00:00.000Z' });
    expect(statuses(await alerts())).toEqual(['open', 'resolved']);
  });

  it('is heard again where its table was restored, and its numbers go back', async () => {
    const { tell, alerts } = scene();
    for (const number of [1, 2, 3, 4, 5, 6]) await tell(number);
    await tell(3, { stream: '2026-11-04T00:00:00.000' });
    expect(statuses(await alerts())).toEqual(['open', 'resolved', 'resolved', 'resolved']);
    await tell(4, { stream: '2026-11-04T00:00:00.000' });
    expect(statuses(await alerts())).toEqual(['resolved', 'resolved', 'resolved', 'resolved']);
  });

  it('is set aside for a person where its first table is in use again: alarms of the slot would be lost otherwise', async () => {
    const { tell, alerts } = scene();
    const [first, restored] = [{ stream: '2026-11-01T00:00:00.000' }, { stream: '2026-11-04T00:00:00.000' }];
    await tell(1, first);
    await tell(2, restored);
    for (const number of [3, 4]) await expect(tell(number, first)).rejects.toBeInstanceOf(PoisonedRecord);
    await tell(3, restored);
    expect(statuses(await alerts())).toEqual(['open', 'resolved']);
  });

  it('is heard where it says that all is well before anything opened, also with a clock that is behind', async () => {
    const { tell, clock, alerts } = scene();
    await tell(2);
    clock.set(new Date(clock.now().getTime() - 60_000));
    await tell(4);
    await tell(3);
    expect(await alerts()).toEqual([]);
    await tell(5);
    expect(statuses(await alerts())).toEqual(['open']);
  });

  it('loses nothing that waited in the queue while a later revision was stored', async () => {
    const { tell, refuse, drain, alerts } = scene();
    refuse(true);
    await tell(1);
    refuse(false);
    await tell(2);
    await tell(3);
    await drain();
    expect(statuses(await alerts())).toEqual(['open', 'resolved']);
  });

  it('opens nothing a second time that waited in the queue and was delivered again', async () => {
    const { tell, refuse, drain, alerts } = scene();
    refuse(true);
    await tell(1);
    refuse(false);
    await drain();
    await tell(1);
    await tell(2);
    await tell(1);
    await tell(2);
    expect(statuses(await alerts())).toEqual(['resolved']);
  });

  it('ends as its latest report says, wherever its stream is delivered again and whenever the table refuses', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ back: fc.nat(5), refused: fc.nat(6), queueFirst: fc.boolean(), drained: fc.boolean() }), {
          minLength: 1,
          maxLength: 7,
        }),
        async (steps) => {
          const { tell, refuse, restart, drain, alerts } = scene();
          for (const [i, { back, refused, queueFirst, drained }] of steps.entries()) {
            const number = i + 1;
            // Delivered for the first time, and then once more from some place before it.
            for (const from of [number, Math.max(1, number - back)]) {
              if (from !== number || queueFirst) restart();
              for (let each = from; each <= number; each++) {
                refuse(((each + refused) & 3) === 0 || (queueFirst && each === number));
                await tell(each);
              }
            }
            refuse(false);
            if (drained) await drain();
          }
          await drain();
          const found = await alerts();
          expect(found.filter(({ status }) => status !== 'resolved')).toHaveLength(steps.length % 2);
          expect(found.length).toBeLessThanOrEqual(Math.ceil(steps.length / 2));
          expect(found.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: runs(200) },
    ));

  it('resolves no present alert by an old end that is delivered again while the table refuses', async () => {
    const { tell, refuse, restart, drain, alerts } = scene();
    for (const number of [1, 2, 3]) await tell(number);
    refuse(true);
    restart();
    await tell(2);
    await tell(3);
    refuse(false);
    await drain();
    expect(statuses(await alerts())).toEqual(['open', 'resolved']);
  });

  it('opens nothing that is over by an old report that is delivered again while the table refuses', async () => {
    const { tell, refuse, restart, drain, alerts } = scene();
    for (const number of [1, 2]) await tell(number);
    refuse(true);
    restart();
    await tell(1);
    refuse(false);
    await tell(2);
    await drain();
    expect(statuses(await alerts())).toEqual(['resolved']);
  });

  it('counts nothing twice where it was stored, delivered again, and waited in the queue', async () => {
    const { tell, refuse, restart, drain, alerts } = scene();
    await tell(1);
    refuse(true);
    restart();
    await tell(1);
    refuse(false);
    await drain();
    expect((await alerts()).map(({ count }) => count)).toEqual([1]);
  });

  it('leaves the time of the latest report as it is where an old one was delivered again, and waited in the queue', async () => {
    const { tell, refuse, restart, drain, alerts } = scene();
    await tell(1);
    await tell(3);
    const [{ lastSeenAt } = {}] = await alerts();
    refuse(true);
    restart();
    await tell(1);
    refuse(false);
    await drain();
    expect(await alerts()).toMatchObject([{ lastSeenAt, count: 3 }]);
  });

  it('raises the severity that could not be raised with the report, once it is delivered again', async () => {
    const { tell, refuseRises, restart, alerts } = scene();
    await tell(1, { severity: 'warning' });
    refuseRises(true, { queueToo: true });
    await expect(tell(3, { severity: 'critical' })).rejects.toMatchObject({ code: 'store.unavailable' });
    refuseRises(false);
    restart();
    await tell(3, { severity: 'critical' });
    await tell(3, { severity: 'critical' });
    expect(await alerts()).toMatchObject([{ severity: 'critical', count: 2, sequence: 2 }]);
  });

  it('raises the severity that could not be raised with the report, once the queue is drained', async () => {
    const { tell, refuseRises, drain, alerts } = scene();
    await tell(1, { severity: 'warning' });
    refuseRises(true);
    await tell(3, { severity: 'critical' });
    refuseRises(false);
    await drain();
    expect(await alerts()).toMatchObject([{ severity: 'critical', count: 2, sequence: 2 }]);
  });

  it('raises no severity of an alert that was resolved meanwhile', async () => {
    const { tell, refuseRises, resolveByHand, drain, alerts } = scene();
    await tell(1, { severity: 'warning' });
    refuseRises(true);
    await tell(3, { severity: 'critical' });
    refuseRises(false);
    await resolveByHand();
    await drain();
    await tell(3, { severity: 'critical' });
    expect(await alerts()).toMatchObject([{ severity: 'warning', status: 'resolved', count: 2 }]);
  });
});
