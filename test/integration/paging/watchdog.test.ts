import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import '../../simulation/quiet.ts';
import { waker } from '../../../functions/paging/reactors/wake.ts';
import { worker } from '../../../functions/paging/reactors/work.ts';
import { PAGING_TABLE_SHAPE, WATCHDOG } from '../../../functions/paging/table.ts';
import { keepWatch } from '../../../functions/paging/watchdog/keep-watch.ts';
import * as probeStore from '../../../functions/paging/watchdog/store.ts';
import { table } from '../../../shared/aws/dynamo.ts';
import { bound } from '../../../shared/kernel/bound.ts';
import { standingClock } from '../../support/alerts.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';

let dynamo: TestDynamo;
let name: string;
beforeAll(async () => {
  dynamo = await startDynamo();
});
beforeEach(async () => {
  name = await dynamo.table(PAGING_TABLE_SHAPE, 'paging');
});
afterAll(() => dynamo.stop());

const KEY = marshall({ part: WATCHDOG, item: 'PROBE' });

/** A stage whose stream, queue and worker go on, or not. */
const stage = (farSide: 'answers' | 'refuses' | 'hangs' = 'answers') => {
  const clock = standingClock();
  const probes = bound(probeStore, table(dynamo.client, name));
  const never = (): never => {
    throw new Error('nothing of this is for a probe');
  };
  let requests = 0;
  let seen: Record<string, unknown> | undefined;
  const queue: object[] = [];
  const wake = waker(() => ({
    clock,
    wake: async (key) => void queue.push(key),
    tell: never,
    sqs: { send: never },
    poisonQueueUrl: '',
  }));
  const work = worker(never, never, () => probes.answerProbe(clock.now()));
  return {
    clock,
    requests: () => requests,
    tick: () =>
      keepWatch({
        probes,
        clock,
        request: async () => {
          requests += 1;
          if (farSide === 'refuses') throw new Error('the far side is away');
          if (farSide === 'hangs') await new Promise(() => undefined);
        },
      }),
    /** What the stream has of the probe goes to the queue. */
    stream: async () => {
      const { Item } = await dynamo.client.send(new GetItemCommand({ TableName: name, Key: KEY }));
      const dynamodb = { SequenceNumber: '1', NewImage: Item, ...(seen && { OldImage: seen }) };
      expect(await wake({ Records: [{ dynamodb }] } as never)).toEqual({ batchItemFailures: [] });
      seen = Item;
    },
    /** The worker takes all that is in the queue. */
    work: async () => {
      const Records = queue.splice(0).map((body, i) => ({ messageId: String(i), body: JSON.stringify(body) }));
      expect(await work({ Records } as never)).toEqual({ batchItemFailures: [] });
      return Records.length;
    },
  };
};

test('the watchdog hears from a stage whose probe came back through stream, queue and worker', async () => {
  const { clock, requests, tick, stream, work } = stage();
  await tick();
  expect(requests()).toBe(0);
  await stream();
  expect(await work()).toBe(1);
  clock.advance(60_000);
  await tick();
  expect(requests()).toBe(1);
  await stream();
  expect(await work()).toBe(1);
  // The answer is a write of the probe, too, and wakes nothing.
  await stream();
  expect(await work()).toBe(0);
});

test('it hears nothing any more once no probe comes back, though the tick goes on', async () => {
  const { clock, requests, tick, stream, work } = stage();
  await tick();
  await stream();
  await work();
  for (let minute = 1; minute <= 5; minute++) {
    clock.advance(60_000);
    await tick();
    await stream();
  }
  expect(requests()).toBe(2);
});

test('a far side that is away fails no tick', async () => {
  const { clock, requests, tick, stream, work } = stage('refuses');
  await tick();
  await stream();
  await work();
  clock.advance(60_000);
  await tick();
  expect(requests()).toBe(1);
});

test('a far side that does not answer holds up no probe', async () => {
  const { clock, tick, stream, work } = stage('hangs');
  await tick();
  await stream();
  expect(await work()).toBe(1);
  clock.advance(60_000);
  void tick();
  await expect
    .poll(async () => {
      await stream();
      return work();
    })
    .toBe(1);
});
