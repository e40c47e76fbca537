import { unmarshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StoredAlert } from '../../../functions/alerts/alert.ts';
import { intake } from '../../../functions/alerts/intake/intake.ts';
import { replayEvent } from '../../../functions/alerts/intake/replay-event.ts';
import { spilledIn } from '../../../functions/alerts/intake/spill.ts';
import { transitionsIn } from '../../../functions/alerts/publish/transitions-in.ts';
import { ALERTS_TABLE_SHAPE } from '../../../functions/alerts/table.ts';
import { jsonText } from '../../../shared/kernel/json-text.ts';
import { alertStores, anEvent, machine, standingClock } from '../../support/alerts.ts';
import { runs } from '../../support/runs.ts';
import { clientOf, memoryDynamo } from '../../simulation/world/dynamo.ts';

type Item = StoredAlert & { readonly slot: string; readonly item: string };

/** A first table, and the one that is restored in its place, which a deployment has the stage use. */
const stage = () => {
  const published: string[] = [];
  let isHeld = false;
  let isCopying = false;
  const memory = memoryDynamo({
    onWrite: ({ before, after }) => {
      // The stream of a restored table begins empty.
      if (isCopying) return;
      const plain = (image: typeof before) => image && (unmarshall(image) as Item);
      const written = { before: plain(before), after: plain(after), at: new Date(0) };
      for (const { dedupKey, transition } of transitionsIn(written)) published.push(`${dedupKey} ${transition.type}`);
    },
  });
  for (const name of ['first', 'second']) memory.createTable(name, ALERTS_TABLE_SHAPE);
  const client = clientOf(async (operation, input) => {
    const isWrite = /Put|Update|Delete|Write/.test(operation);
    const table = JSON.stringify(input).includes('"first"') ? 'first' : 'second';
    if (isHeld && isWrite && table === 'first') {
      throw Object.assign(new Error('explicit deny in a resource policy'), { name: 'AccessDeniedException' });
    }
    return memory.execute(operation, input);
  });
  const clock = standingClock();
  const queue: string[] = [];
  const spill = {
    keep: async (event: unknown) => void queue.push(jsonText(event)),
    wakeReader: async () => undefined,
  };
  return {
    published,
    queue,
    raise: async (dedupKey: string): Promise<void> => {
      clock.advance(2_000);
      await intake({ store: alertStores(client, 'first').store, spill, clock }).observe(anEvent({ dedupKey }), machine);
    },
    hold: () => (isHeld = true),
    restore: async (): Promise<void> => {
      isCopying = true;
      for (const Item of memory.scan('first')) memory.execute('PutItem', { TableName: 'second', Item });
      isCopying = false;
    },
    deploy: async (): Promise<void> => {
      const deps = { ...alertStores(client, 'second'), clock };
      for (const [i, text] of queue.entries()) {
        const spilled = spilledIn(text) ?? expect.fail(text);
        // A message is delivered twice now and then.
        for (let times = 0; times <= i % 2; times++) await replayEvent(deps, spilled, String(i).padStart(39, '0'));
      }
    },
    alerts: () => memory.scan('second').flatMap((item) => (item['id'] ? [unmarshall(item) as Item] : [])),
  };
};

const storm = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 12 });

test('alarms that come in while their table is held and restored are in the new one, counted exactly and opened once', async () => {
  await fc.assert(
    fc.asyncProperty(storm, storm, storm, async (before, meanwhile, later) => {
      const { raise, hold, restore, deploy, alerts, published, queue } = stage();
      for (const key of before) await raise(key);
      hold();
      for (const key of meanwhile) await raise(key);
      await restore();
      for (const key of later) await raise(key);
      expect(queue).toHaveLength(meanwhile.length + later.length);
      await deploy();
      const accepted = [...before, ...meanwhile, ...later];
      const counts = Object.fromEntries(alerts().map(({ dedupKey, count }) => [dedupKey, count]));
      expect(counts).toEqual(
        Object.fromEntries([...new Set(accepted)].map((key) => [key, accepted.filter((each) => each === key).length])),
      );
      expect(published.toSorted()).toEqual([...new Set(accepted)].toSorted().map((key) => `${key} opened`));
    }),
    { numRuns: runs(200) },
  );
});
