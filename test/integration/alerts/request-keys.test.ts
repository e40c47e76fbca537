import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { resolution, slotOf, type StoredAlert } from '../../../functions/alerts/alert.ts';
import { memoryIn } from '../../../functions/alerts/event-names.ts';
import { surface } from '../../../functions/alerts/http.ts';
import { intake } from '../../../functions/alerts/intake/intake.ts';
import { raiseAlert } from '../../../functions/alerts/intake/raise-alert.ts';
import { replayEvent } from '../../../functions/alerts/intake/replay-event.ts';
import { spilledIn, type Spilled } from '../../../functions/alerts/intake/spill.ts';
import { ALERTS_TABLE_SHAPE } from '../../../functions/alerts/table.ts';
import { table } from '../../../shared/aws/dynamo.ts';
import { idempotencyStore } from '../../../shared/aws/idempotency-store.ts';
import { systemCaller } from '../../../shared/kernel/caller.ts';
import { jsonText } from '../../../shared/kernel/json-text.ts';
import { sha256 } from '../../../shared/kernel/ids.ts';
import { alertsDeps, alertStores, anna, standingClock } from '../../support/alerts.ts';
import { invoke } from '../../support/invoke.ts';
import { memoryTable } from '../../support/memory-table.ts';
import { runs } from '../../support/runs.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

const REFUSED = Object.assign(new Error('refused'), { name: 'ThrottlingException' });
const KEY = 'checkout-500';
const SLOT = slotOf('manual', KEY);

/** How the table answers: well, not at all, or with an error after it has written. */
const TABLES = ['well', 'refuses', 'answers late'] as const;

/** Alerts with a queue beside them, over a table that refuses as the test says. */
const scene = () => {
  let is: (typeof TABLES)[number] = 'well';
  const { client, tableName } = memoryTable(ALERTS_TABLE_SHAPE);
  const clock = standingClock();
  const { store, replay } = alertStores(client, tableName);
  const raise: typeof store.raise = async (...of) => {
    if (is === 'refuses') throw REFUSED;
    const raised = await store.raise(...of);
    if (is === 'answers late') throw REFUSED;
    return raised;
  };
  const waiting: Spilled[] = [];
  const taken = intake({
    clock,
    store: { ...store, raise },
    spill: { keep: async (spilled) => void waiting.push(spilled), wakeReader: () => Promise.resolve() },
  });
  const send = (name: string) =>
    raiseAlert(
      { intake: taken, store, clock },
      { caller: systemCaller('test') },
      { title: 'Checkout answers 500', severity: 'error', dedupKey: KEY, requestKey: sha256(name) },
    );
  const alerts = async (): Promise<StoredAlert[]> =>
    (await table(client, tableName).all<StoredAlert>({ where: '#slot = :slot', values: { slot: SLOT } })).filter(
      ({ id, title }) => id !== undefined && title !== undefined,
    );
  let place = 0;
  return {
    clock,
    send,
    alerts,
    waiting,
    become: (now: typeof is) => void (is = now),
    resolve: () => store.resolveSlot('manual', KEY, resolution(anna, clock.now())),
    archive: async () => {
      const { alert } = await replay.slotSeen('manual', KEY);
      if (alert) await store.archive(alert);
    },
    drain: async () => {
      for (const spilled of waiting.splice(0)) {
        const received = spilledIn(jsonText(spilled)) ?? expect.fail('the message is not understood');
        await replayEvent({ store, replay, clock }, received, String(++place).padStart(39, '0'));
      }
    },
    memory: async () => memoryIn(await table(client, tableName).get({ slot: SLOT, item: 'OPEN' })),
  };
};

describe('a raise with a request key finds its alert without any record of the first request', () => {
  it('while the alert is open', async () => {
    const { send, clock, alerts } = scene();
    const first = await send('a');
    clock.advance(3_600_000);
    const second = await send('a');
    expect(second).toMatchObject({ alert: { id: 'alert' in first ? first.alert.id : '', count: 1 } });
    expect(await alerts()).toMatchObject([{ count: 1 }]);
  });

  it('when it is resolved, and when it is in the archive', async () => {
    const { send, resolve, archive, alerts, clock } = scene();
    await send('a');
    clock.advance(60_000);
    await resolve();
    expect(await send('a')).toMatchObject({ alert: { status: 'resolved', count: 1 } });
    await archive();
    clock.advance(60_000);
    expect(await send('a')).toMatchObject({ opened: false, alert: { status: 'resolved', count: 1 } });
    expect(await alerts()).toHaveLength(1);
  });

  it('also where the requests name no deduplication key', async () => {
    const { client, tableName } = memoryTable(ALERTS_TABLE_SHAPE);
    const deps = alertsDeps(client, tableName, standingClock());
    const raised = [0, 1].map(() =>
      raiseAlert(deps, { caller: systemCaller('test') }, { title: 't', severity: 'error', requestKey: sha256('a') }),
    );
    const [first, second] = await Promise.all(raised);
    expect(first).toMatchObject({ alert: { id: (second as { alert: { id: string } }).alert.id, count: 1 } });
  });
});

it('whatever the table does, and whenever it is sent again, each request is counted once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          { weight: 4, arbitrary: fc.record({ send: fc.constantFrom('a', 'b', 'c'), is: fc.constantFrom(...TABLES) }) },
          fc.constantFrom('resolve', 'archive', 'drain'),
        ),
        { minLength: 1, maxLength: 14 },
      ),
      async (steps) => {
        const { send, become, clock, drain, alerts, ...acts } = scene();
        const sent = new Set<string>();
        for (const step of steps) {
          clock.advance(70_000);
          if (typeof step === 'object') {
            become(step.is);
            await send(step.send);
            sent.add(step.send);
          } else await (step === 'drain' ? drain() : acts[step]());
        }
        await drain();
        expect((await alerts()).reduce((sum, { count }) => sum + count, 0)).toBe(sent.size);
      },
    ),
    { numRuns: runs(1000) },
  );
});

it('a slot that many requests repeat remembers the latest of their keys, and stays small', async () => {
  const { send, clock, memory, alerts } = scene();
  for (let request = 0; request < 60; request++) {
    clock.advance(60_000);
    await send(`request ${request}`);
  }
  expect(Object.keys(await memory()).length).toBeLessThan(30);
  await send('request 59');
  expect(await alerts()).toMatchObject([{ count: 60 }]);
});

it('an attempt that died after its write, and before its record, is found by the next one at the route', async () => {
  const { client, tableName } = memoryTable(ALERTS_TABLE_SHAPE);
  const clock = standingClock();
  const records = idempotencyStore(table(client, tableName), ALERTS_TABLE_SHAPE);
  const dies = { ...records, settle: () => Promise.reject(new Error('died')) };
  const deps = alertsDeps(client, tableName, clock);
  const send = (store: typeof records) =>
    invoke(
      surface(
        () => deps,
        () => ({ clock, store }),
      ),
      'POST /api/monitoring/alerts',
      { caller: {}, headers: { 'idempotency-key': 'one' }, body: { title: 't', severity: 'error' } },
    );
  const first = await send(dies);
  expect(first.status).toBe(201);
  expect((await send(records)).status).toBe(409);
  clock.advance(31_000);
  const second = await send(records);
  expect(second.body).toMatchObject({ id: first.body.id as string, count: 1 });
  expect((await send(records)).headers['idempotency-replayed']).toBe('true');
});
