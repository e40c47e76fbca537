import { unmarshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { annotation, resolution, type StoredAlert } from '../../../functions/alerts/alert.ts';
import { eventNames } from '../../../functions/alerts/event-names.ts';
import { supersededIn, transitionsIn } from '../../../functions/alerts/publish/transitions-in.ts';
import { ALERTS_TABLE_SHAPE } from '../../../functions/alerts/table.ts';
import type { Written } from '../../../shared/aws/stream.ts';
import { alertStores, anEvent, anna, machine, standingClock } from '../../support/alerts.ts';
import { runs } from '../../support/runs.ts';
import { clientOf, memoryDynamo } from '../../simulation/world/dynamo.ts';

type Item = StoredAlert & { slot: string; item: string };

describe('an alert that is archived while people write to it', () => {
  it('has each of its transitions published once and kept in its timeline, in whichever order the writes come', () =>
    fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        async (scheduler, notes, moves, isRaisedAgain) => {
          const clock = standingClock();
          const written: Written<Item>[] = [];
          const memory = memoryDynamo({
            onWrite: ({ before, after }) => {
              const [was, is] = [before, after].map((item) => item && (unmarshall(item) as Item));
              written.push({ before: was, after: is, at: clock.now() });
            },
          });
          memory.createTable('alerts', ALERTS_TABLE_SHAPE);
          let turn = () => Promise.resolve();
          const client = clientOf((operation, input) => turn().then(() => memory.execute(operation, input)));
          const { store } = alertStores(client, 'alerts');
          const event = anEvent();
          const names = eventNames();
          const raise = () => store.raise(event, machine, clock.advance(1), names.next(clock.now()));
          const { alert } = await raise();
          await store.change(alert.id, resolution(machine, clock.advance(1)));

          turn = () => scheduler.schedule(Promise.resolve());
          const work = [
            ...Array.from({ length: notes }, (_, i) =>
              store.change(alert.id, annotation(anna, clock.now(), `note ${i}`)),
            ),
            ...Array.from({ length: moves }, async () => {
              await store.archive((await store.byId(alert.id)) as StoredAlert);
            }),
            ...(isRaisedAgain ? [raise()] : []),
          ];
          await scheduler.waitFor(Promise.all(work));
          turn = () => Promise.resolve();
          await store.archive((await store.byId(alert.id)) as StoredAlert);

          const said = written.flatMap(transitionsIn).filter(({ id }) => id === alert.id);
          const expected = Array.from({ length: 2 + notes }, (_, i) => i + 1);
          expect(said.map(({ sequence }) => sequence)).toEqual(expected);
          const between = new Set(written.flatMap((each) => supersededIn(each) ?? []).map(({ sequence }) => sequence));
          expect([1, ...between, (await store.byId(alert.id))?.sequence]).toEqual(expected);
        },
      ),
      { numRuns: runs(100) },
    ));
});
