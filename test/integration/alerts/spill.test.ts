import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replayEvent } from '../../../functions/alerts/intake/replay-event.ts';
import { resolution, slotOf, viewOf, type Alert, type StoredAlert } from '../../../functions/alerts/alert.ts';
import type { ReplayStore } from '../../../functions/alerts/intake/replay-store.ts';
import { observe } from '../../../functions/alerts/intake/observe.ts';
import { SPILL_SCHEMA, spilledIn, type Spilled } from '../../../functions/alerts/intake/spill.ts';
import type { AlertStore } from '../../../functions/alerts/store.ts';
import { ALERTS_TABLE_SHAPE } from '../../../functions/alerts/table.ts';
import { transitionsIn } from '../../../functions/alerts/publish/transitions-in.ts';
import { eventNameIn } from '../../../functions/alerts/event-names.ts';
import { table } from '../../../shared/aws/dynamo.ts';
import { jsonText } from '../../../shared/kernel/json-text.ts';
import { alertsIn, alertStores, anEvent, machine, standingClock } from '../../support/alerts.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { memoryTable } from '../../support/memory-table.ts';
import { runs } from '../../support/runs.ts';

interface AlertTable {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly store: AlertStore;
  readonly replay: ReplayStore;
}

let dynamo: TestDynamo;
let embedded: AlertTable;

beforeAll(async () => {
  dynamo = await startDynamo();
  embedded = { client: dynamo.client, ...(await alertsIn(dynamo)) };
});
afterAll(() => dynamo.stop());

const START = Date.parse('2026-11-21T03:00:00.000Z');
const at = (second: number): Date => new Date(START + second * 1000);
const placeOf = (index: number): string => String(index).padStart(39, '0');

const inMemory = (): AlertTable => {
  const { client, tableName } = memoryTable(ALERTS_TABLE_SHAPE);
  return { client, tableName, ...alertStores(client, tableName) };
};

/** What happens to one source and key, with a queue that the spilled events go through. */
const scene = ({ client, tableName, store, replay }: AlertTable = embedded) => {
  const dedupKey = randomUUID();
  const event = anEvent({ dedupKey });
  const slot = slotOf(event.source, dedupKey);
  const common = { schema: SPILL_SCHEMA, by: machine } as const;
  const trigger = (second: number, over: Partial<typeof event> = {}): Spilled => ({
    ...common,
    kind: 'trigger',
    id: `s${second}_${dedupKey.replaceAll('-', '')}.1`,
    acceptedAt: at(second).toISOString(),
    event: { ...event, ...over },
  });
  const over = (second: number): Spilled => ({
    ...common,
    kind: 'resolve',
    id: `s${second}_${dedupKey.replaceAll('-', '')}.1`,
    acceptedAt: at(second).toISOString(),
    source: event.source,
    dedupKey,
  });
  const direct = async (spilled: Spilled): Promise<void> => {
    const receipt = { name: eventNameIn(spilled.id), at: new Date(spilled.acceptedAt) };
    if (spilled.kind === 'trigger') await observe({ store }, machine, spilled.event as typeof event, receipt);
    else await store.resolveSlot(event.source, dedupKey, resolution(machine, receipt.at));
  };
  const items = <T>(): Promise<T[]> =>
    table(client, tableName).all<T>({ where: '#slot = :slot', values: { slot }, consistent: true });
  const drain = (spilled: Spilled, place: number) =>
    replayEvent({ store, replay, clock: standingClock() }, asSent(spilled), placeOf(place));
  /** Every alert of the slot, oldest first, as people see them. */
  const alerts = async (): Promise<Alert[]> =>
    (await items<StoredAlert>())
      .filter((item) => item.id !== undefined)
      .map(viewOf)
      .sort((a, b) => a.firstSeenAt.localeCompare(b.firstSeenAt));
  /** What the stream's reactor does with a resolved alert. */
  const settle = async (): Promise<void> => {
    const seen = await replay.slotSeen(event.source, dedupKey);
    if (seen.alert) await store.archive(seen.alert);
  };
  let before = new Map<string, Item>();
  /** What the stream's reactor has published of notes. */
  const notes: string[] = [];
  /** What the stream's reactor publishes of the writes since the last call: alert, sequence and transition. */
  const published = async (): Promise<[id: string, sequence: number, type: string][]> => {
    const after = new Map((await items<Item>()).map((item) => [item.item, item]));
    const told = [...after].flatMap(([item, image]) =>
      transitionsIn({ before: before.get(item), after: image, at: at(0) }),
    );
    before = after;
    notes.push(...told.flatMap(({ transition }) => (transition.type === 'noted' ? [transition.note ?? ''] : [])));
    return told.map(({ id, sequence, transition }) => [id, sequence, transition.type]);
  };
  return { event, dedupKey, trigger, over, direct, drain, alerts, settle, published, notes };
};

type Item = StoredAlert & { readonly slot: string; readonly item: string };

const asSent = (spilled: Spilled): Spilled => {
  const received = spilledIn(jsonText(spilled));
  if (!received) throw new Error('The message is not understood');
  return received;
};

describe('an event that waited in the spill queue', () => {
  it('opens an alert as of the moment at which it was accepted', async () => {
    const { trigger, drain, alerts } = scene();
    expect(await drain(trigger(1), 1)).toBe('open');
    expect(await alerts()).toMatchObject([{ status: 'open', count: 1, firstSeenAt: at(1).toISOString() }]);
  });

  it('counts onto the alert that is open', async () => {
    const { trigger, direct, drain, alerts } = scene();
    await direct(trigger(1));
    expect(await drain(trigger(2), 1)).toBe('count');
    expect(await alerts()).toMatchObject([{ count: 2, lastSeenAt: at(2).toISOString() }]);
  });

  it('does not turn back what the open alert was seen with later', async () => {
    const { trigger, direct, drain, alerts } = scene();
    await direct(trigger(3, { description: 'newer' }));
    await drain(trigger(1, { description: 'older' }), 1);
    expect(await alerts()).toMatchObject([
      { count: 2, description: 'newer', firstSeenAt: at(1).toISOString(), lastSeenAt: at(3).toISOString() },
    ]);
  });

  it('raises the severity of the open alert, as one transition, in the same write', async () => {
    const { trigger, direct, drain, alerts } = scene();
    await direct(trigger(1, { severity: 'warning' }));
    await drain(trigger(2, { severity: 'critical' }), 1);
    expect(await alerts()).toMatchObject([{ severity: 'critical', count: 2, sequence: 2, version: 2 }]);
  });

  it('does not open again what was resolved after it was accepted: it counts onto the resolved alert', async () => {
    const { trigger, over, direct, drain, alerts } = scene();
    await direct(trigger(1));
    await direct(over(3));
    expect(await drain(trigger(2), 1)).toBe('count_past');
    expect(await alerts()).toMatchObject([{ status: 'resolved', count: 2, lastSeenAt: at(2).toISOString() }]);
  });

  it('counts onto the resolved alert also when that was moved out of its slot', async () => {
    const { trigger, over, direct, drain, alerts, settle } = scene();
    await direct(trigger(1));
    await direct(over(3));
    await settle();
    expect(await drain(trigger(2), 1)).toBe('count_past');
    expect(await alerts()).toMatchObject([{ status: 'resolved', count: 2 }]);
  });

  it('is filed as an alert that is over, with both transitions, when no alert existed at that time', async () => {
    const { trigger, over, direct, drain, alerts, published } = scene();
    await direct(over(2));
    expect(await drain(trigger(1), 1)).toBe('open_resolved');
    const [alert] = await alerts();
    expect(alert).toMatchObject({
      status: 'resolved',
      count: 1,
      sequence: 2,
      firstSeenAt: at(1).toISOString(),
      resolvedAt: at(2).toISOString(),
    });
    expect(await published()).toEqual([
      [alert?.id, 1, 'opened'],
      [alert?.id, 2, 'resolved'],
    ]);
    const stored = await embedded.store.byId(alert?.id ?? '');
    expect(
      stored &&
        (await embedded.store.timeline(stored, { limit: 100 })).items
          .toReversed()
          .map(({ type, sequence }) => [sequence, type]),
    ).toEqual([
      [1, 'opened'],
      [2, 'resolved'],
    ]);
    const { items } = await embedded.store.resolvedAlerts({ limit: 100 });
    expect(items.map(({ id }) => id)).toContain(alert?.id);
  });

  it('gathers on one resolved alert when several of them come too late', async () => {
    const { trigger, over, direct, drain, alerts } = scene();
    await direct(over(9));
    for (const second of [1, 2, 3]) await drain(trigger(second), second);
    expect(await alerts()).toMatchObject([{ status: 'resolved', count: 3, lastSeenAt: at(3).toISOString() }]);
  });

  it('belongs to the time before the alert that is open now, and leaves that alone', async () => {
    const { trigger, over, direct, drain, alerts } = scene();
    await direct(over(2));
    await direct(trigger(3));
    await drain(trigger(1), 1);
    expect(await alerts()).toMatchObject([
      { status: 'resolved', count: 1, resolvedAt: at(2).toISOString() },
      { status: 'open', count: 1, firstSeenAt: at(3).toISOString() },
    ]);
  });

  it('resolves as of the moment at which it was accepted', async () => {
    const { trigger, over, direct, drain, alerts } = scene();
    await direct(trigger(1));
    expect(await drain(over(2), 1)).toBe('resolve');
    expect(await alerts()).toMatchObject([{ status: 'resolved', resolvedAt: at(2).toISOString(), sequence: 2 }]);
  });

  it('does not resolve what was seen again after it was accepted: the timeline says so', async () => {
    const { trigger, over, direct, drain, alerts, published, notes } = scene();
    await direct(trigger(1));
    await direct(trigger(3));
    await published();
    expect(await drain(over(2), 1)).toBe('note');
    expect(await alerts()).toMatchObject([{ status: 'open', count: 2, sequence: 2 }]);
    await published();
    expect(notes).toEqual([
      `Resolved at ${at(2).toISOString()}, which waited while the alert store was unavailable. ` +
        `The alert was reported again at ${at(3).toISOString()}, so it did not end then.`,
    ]);
    expect(await drain(over(2), 1)).toBe('nothing');
  });

  it('leaves an entry in an alert that went on beyond it, also when that was moved out of its slot', async () => {
    const { trigger, over, direct, drain, alerts, settle, published, notes } = scene();
    await direct(trigger(1));
    await direct(over(3));
    await settle();
    await published();
    expect(await drain(over(2), 1)).toBe('note');
    expect(await drain(over(2), 1)).toBe('nothing');
    await published();
    expect(await alerts()).toMatchObject([{ status: 'resolved', resolvedAt: at(3).toISOString(), sequence: 3 }]);
    expect(notes).toEqual([expect.stringContaining(`had been resolved at ${at(3).toISOString()}`)]);
  });

  it('leaves a tombstone when it resolves what is not open, so that what was accepted before it stays over', async () => {
    const { trigger, over, drain, alerts } = scene();
    expect(await drain(over(2), 1)).toBe('close');
    await drain(trigger(1), 2);
    expect(await alerts()).toMatchObject([{ status: 'resolved', count: 1 }]);
  });

  it('is not counted again when the first write had happened and only its answer was lost', async () => {
    const { trigger, direct, drain, alerts } = scene();
    await direct(trigger(1));
    await drain(trigger(1), 1);
    expect(await alerts()).toMatchObject([{ count: 1 }]);
  });

  it('still raises the severity when the count had happened and the rise had not', async () => {
    const { event, trigger, drain, alerts } = scene();
    const spilled = trigger(2, { severity: 'critical' });
    await embedded.store.raise(event, machine, at(1), eventNameIn('earlier.1'));
    await embedded.store.raise({ ...event, severity: 'critical' }, machine, at(2), eventNameIn(spilled.id));
    await drain(spilled, 1);
    expect(await alerts()).toMatchObject([{ count: 2, severity: 'critical' }]);
  });

  it('is applied once, however often it is delivered', async () => {
    const { trigger, over, direct, drain, alerts } = scene();
    const queue = [trigger(1), trigger(2), over(3), trigger(4)];
    for (const round of [1, 2, 3]) {
      for (const [index, spilled] of queue.entries()) await drain(spilled, index + 1);
      if (round === 1) await direct(trigger(5));
    }
    expect(await alerts()).toMatchObject([
      { status: 'resolved', count: 2 },
      { status: 'open', count: 2 },
    ]);
  });

  it('stores any characters unchanged', () => {
    const { trigger } = scene();
    const nasty = trigger(1, { title: '\ufffe\uffff\u0000\u001b \u2028 🔔 "\\' });
    expect(jsonText(nasty)).not.toMatch(/[\ufffe\uffff\u0000-\u0008]/);
    expect(spilledIn(jsonText(nasty))).toEqual(nasty);
  });

  it.each(['', 'null', '{}', '[]', '{"schema":"tocsin.spill/2"}', 'not JSON'])('is not understood from %j', (text) => {
    expect(spilledIn(text)).toBeUndefined();
  });
});

/** What must come out, from the events in the order in which they were accepted. */
const expected = (events: readonly { kind: Spilled['kind'] }[]) => {
  const alerts: { status: 'open' | 'resolved'; count: number }[] = [];
  for (const { kind } of events) {
    const open = alerts.at(-1)?.status === 'open' ? alerts.at(-1) : undefined;
    if (kind === 'resolve') {
      if (open) open.status = 'resolved';
    } else if (open) open.count++;
    else alerts.push({ status: 'open', count: 1 });
  }
  return alerts;
};

const kinds = fc.array(
  fc.record({
    kind: fc.constantFrom('trigger' as const, 'trigger' as const, 'resolve' as const),
    spilled: fc.boolean(),
    /** How many later events overtake it in the queue's reader. */
    delay: fc.nat({ max: 6 }),
    /** How often it is delivered again, and how much later. */
    again: fc.nat({ max: 2 }),
    /** The stream's reactor runs after it. */
    settles: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
);

describe('any mixture of direct and spilled events', () => {
  it('ends open exactly where the last accepted event was a trigger, counts each trigger, publishes each transition once and shows each resolve', async () => {
    await fc.assert(
      fc.asyncProperty(kinds, async (steps) => {
        const { trigger, over, direct, drain, alerts, settle, published, notes } = scene(inMemory());
        const told: Awaited<ReturnType<typeof published>> = [];
        const events = steps.map((step, second) => ({
          ...step,
          second,
          event: step.kind === 'trigger' ? trigger(second) : over(second),
        }));
        const queue: { event: Spilled; place: number; readyAt: number; again: number }[] = [];
        let place = 0;
        // The queue is first in, first out; a delivery that is repeated repeats everything behind it, too.
        let delivered = 0;
        const deliver = async (second: number): Promise<void> => {
          for (let next = queue[delivered]; next && next.readyAt <= second; next = queue[delivered]) {
            await drain(next.event, next.place);
            told.push(...(await published()));
            if (next.again > 0) {
              next.again--;
              delivered = Math.max(0, delivered - 2);
            } else delivered++;
          }
        };
        for (const { event, spilled, second, delay, again, settles } of events) {
          if (spilled) queue.push({ event, place: ++place, readyAt: second + delay, again });
          else await direct(event);
          told.push(...(await published()));
          if (settles) await settle();
          told.push(...(await published()));
          await deliver(second);
        }
        await deliver(Infinity);

        const ended = await alerts();
        const triggers = events.filter(({ kind }) => kind === 'trigger').length;
        expect(ended.reduce((sum, { count }) => sum + count, 0)).toBe(triggers);
        for (const { id, sequence } of ended) {
          const sequences = told.filter(([each]) => each === id).map(([, each]) => each);
          expect(sequences).toEqual(Array.from({ length: sequence }, (_, index) => index + 1));
        }
        const isOpen = ended.filter(({ status }) => status !== 'resolved').length;
        expect(isOpen).toBe(events.at(-1)?.kind === 'trigger' ? 1 : 0);

        const ends = new Set(ended.map(({ resolvedAt }) => resolvedAt));
        for (const [index, { kind, spilled, event }] of events.entries()) {
          if (kind !== 'resolve' || !spilled) continue;
          const entries = notes.filter((note) => note.startsWith(`Resolved at ${event.acceptedAt},`));
          expect(entries.length).toBeLessThanOrEqual(1);
          // A resolve with a trigger before it, and no other resolve between, is the end of an alert or has its entry.
          if (events[index - 1]?.kind !== 'trigger') continue;
          expect(entries.length === 1 || ends.has(event.acceptedAt)).toBe(true);
        }
      }),
      { numRuns: runs(400) },
    );
  });

  it('ends exactly as if each had been applied when it was accepted, where the queue took them all', async () => {
    await fc.assert(
      fc.asyncProperty(kinds, async (steps) => {
        const { trigger, over, drain, alerts, settle } = scene(inMemory());
        const queue = steps.map(({ kind }, second) => (kind === 'trigger' ? trigger(second) : over(second)));
        for (const [index, event] of queue.entries()) {
          for (let times = 0; times <= (steps[index]?.again ?? 0); times++) await drain(event, index + 1);
          if (steps[index]?.settles) await settle();
        }
        expect((await alerts()).map(({ status, count }) => ({ status, count }))).toEqual(expected(queue));
      }),
      { numRuns: runs(200) },
    );
  });
});
