import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { afterRefusal, CLOSED, firstWay, SPARE_MS } from '../../../functions/alerts/intake/circuit.ts';
import { ContendedSlot } from '../../../functions/alerts/contended-slot.ts';
import { intake } from '../../../functions/alerts/intake/intake.ts';
import type { Spilled } from '../../../functions/alerts/intake/spill.ts';
import { LOOKS_MS, PAUSE_MS } from '../../../functions/alerts/intake/wakes.ts';
import type { Raised } from '../../../functions/alerts/slot-store.ts';
import { anEvent, machine, standingClock } from '../../support/alerts.ts';

describe('which way an event takes first', () => {
  const at = new Date('2026-11-21T03:00:00Z');
  const after = (milliseconds: number) => new Date(at.getTime() + milliseconds);

  it('the store, as long as it has not refused', () => expect(firstWay(CLOSED, at)).toBe('store'));

  it.each([
    [0, 'spill'],
    [SPARE_MS - 1, 'spill'],
    [SPARE_MS, 'store'],
    [SPARE_MS + 1, 'store'],
  ] as const)('%i ms after a refusal: %s', (milliseconds, way) =>
    expect(firstWay(afterRefusal(at), after(milliseconds))).toBe(way),
  );
});

describe('the intake', () => {
  const clock = standingClock();
  let asked: string[];
  let woken: number[];
  let startedAt: number;
  let wakeError: Error | undefined;
  let spilled: Spilled[];
  let storeError: Error | undefined;
  let spillError: Error | undefined;
  const transient = Object.assign(new Error('refused'), { name: 'ThrottlingException' });
  const raised = { opened: true, alert: { status: 'open', severity: 'critical' } } as unknown as Raised;
  const make = () =>
    intake({
      clock,
      store: {
        raise: async () => {
          asked.push('store');
          if (storeError) throw storeError;
          return raised;
        },
        change: async () => ({ done: true, alert: undefined }),
        acknowledgeSlot: async () => {
          asked.push('store');
          if (storeError) throw storeError;
          return undefined;
        },
        resolveSlot: async () => {
          asked.push('store');
          if (storeError) throw storeError;
          return undefined;
        },
      },
      spill: {
        keep: async (event) => {
          asked.push('spill');
          if (spillError) throw spillError;
          spilled.push(event);
        },
        wakeReader: async () => {
          woken.push(clock.now().getTime() - startedAt);
          if (wakeError) throw wakeError;
        },
      },
    });
  beforeEach(() => {
    asked = [];
    woken = [];
    wakeError = undefined;
    spilled = [];
    storeError = undefined;
    spillError = undefined;
    clock.advance(60_000);
    startedAt = clock.now().getTime();
  });

  it('asks the store alone on a good day', async () => {
    expect(await make().observe(anEvent(), machine)).toMatchObject({
      kept: 'stored',
      result: raised,
      receipt: { at: clock.now(), slot: expect.any(String) },
    });
    expect(asked).toEqual(['store']);
  });

  it('stores everything that a replay of the event needs', async () => {
    storeError = transient;
    const event = anEvent({ expiresAt: '2026-11-21T04:00:00.000Z' });
    const acceptedAt = clock.now().toISOString();
    expect(await make().observe(event, machine)).toMatchObject({
      kept: 'spilled',
      dedupKey: event.dedupKey,
      acceptedAt,
    });
    expect(spilled).toMatchObject([{ kind: 'trigger', acceptedAt, by: machine, event }]);
  });

  it('gives each event one name, so that the queue stores a repeated send once', async () => {
    storeError = transient;
    const taken = make();
    await taken.observe(anEvent(), machine);
    await taken.observe(anEvent(), machine);
    expect(new Set(spilled.map(({ id }) => id)).size).toBe(2);
  });

  it('spares the store for a moment after a refusal, then asks it again', async () => {
    const taken = make();
    storeError = transient;
    await taken.observe(anEvent(), machine);
    storeError = undefined;
    await taken.resolve('test', 'key', machine, 'done');
    clock.advance(SPARE_MS);
    await taken.observe(anEvent(), machine);
    expect(asked).toEqual(['store', 'spill', 'spill', 'store']);
    expect(spilled[1]).toMatchObject({ kind: 'resolve', source: 'test', dedupKey: 'key', note: 'done' });
  });

  it('does not spare the store because one slot is contended', async () => {
    const taken = make();
    storeError = new ContendedSlot('busy');
    await taken.observe(anEvent(), machine);
    storeError = undefined;
    await taken.observe(anEvent(), machine);
    expect(asked).toEqual(['store', 'spill', 'store']);
  });

  it('asks the store after all when the queue fails while the store is spared', async () => {
    const taken = make();
    storeError = transient;
    await taken.observe(anEvent(), machine);
    storeError = undefined;
    spillError = new Error('SQS is down');
    expect(await taken.observe(anEvent(), machine)).toMatchObject({ kept: 'stored' });
  });

  it('refuses with store.unavailable when neither takes it, whichever was asked first', async () => {
    const taken = make();
    storeError = transient;
    spillError = new Error('SQS is down');
    for (let i = 0; i < 2; i++) {
      await expect(taken.observe(anEvent(), machine)).rejects.toMatchObject({
        kind: 'unavailable',
        code: 'store.unavailable',
        extras: { retryAfterSeconds: 5 },
      });
    }
  });

  it('does not hide a fault of ours in the queue', async () => {
    storeError = new TypeError('a bug');
    await expect(make().observe(anEvent(), machine)).rejects.toBe(storeError);
    expect(asked).toEqual(['store']);
  });

  it('wakes the reader of the queue at once when the table refuses one event, also if no other event comes', async () => {
    storeError = transient;
    await make().observe(anEvent(), machine);
    expect(woken).toEqual([0]);
  });

  it('wakes nobody on a good day', async () => {
    await make().observe(anEvent(), machine);
    await make().resolve('test', 'key', machine);
    expect(woken).toEqual([]);
  });

  it('wakes the reader again when a write succeeds after the pause, once', async () => {
    const taken = make();
    storeError = transient;
    await taken.observe(anEvent(), machine);
    storeError = undefined;
    for (let i = 0; i < 5; i++) {
      clock.advance(PAUSE_MS / 2);
      await taken.observe(anEvent(), machine);
    }
    expect(woken).toEqual([0, PAUSE_MS]);
  });

  it('stops waking the reader in an outage, and begins again when it is over', async () => {
    const taken = make();
    storeError = transient;
    for (let i = 0; i < 100; i++) {
      await taken.observe(anEvent(), machine);
      clock.advance(PAUSE_MS);
    }
    expect(woken).toEqual([0, PAUSE_MS, 3 * PAUSE_MS]);
    storeError = undefined;
    await taken.observe(anEvent(), machine);
    expect(woken.at(-1)).toBe(100 * PAUSE_MS);
  });

  it('accepts the event when the reader cannot be woken, and tries to wake it again later', async () => {
    const taken = make();
    storeError = transient;
    wakeError = new Error('Lambda refuses');
    expect(await taken.observe(anEvent(), machine)).toMatchObject({ kept: 'spilled' });
    [storeError, wakeError] = [undefined, undefined];
    clock.advance(PAUSE_MS);
    await taken.observe(anEvent(), machine);
    expect(woken).toEqual([0, PAUSE_MS]);
  });

  it('has a reader look for each event of a container whose table refuses for a moment, whenever the event comes', async () => {
    const steps = fc.record({ afterMs: fc.integer({ min: 0, max: 3_000 }), refuses: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { maxLength: 40 }), async (events) => {
        [woken, startedAt, asked] = [[], clock.now().getTime(), []];
        const taken = make();
        const spills: number[] = [];
        let sinceSuccess = 0;
        for (const { afterMs, refuses } of events) {
          clock.advance(afterMs);
          storeError = refuses ? transient : undefined;
          const { kept } = await taken.observe(anEvent(), machine);
          sinceSuccess = kept === 'stored' ? 0 : sinceSuccess + afterMs;
          // A table that has refused for longer is in an outage, which the minute is for.
          if (kept === 'spilled' && sinceSuccess < PAUSE_MS) spills.push(clock.now().getTime() - startedAt);
        }
        for (const at of spills) expect(woken.some((each) => each + LOOKS_MS > at && each > at - LOOKS_MS)).toBe(true);
        for (const [i, at] of woken.entries())
          expect(at - (woken[i - 1] ?? -PAUSE_MS)).toBeGreaterThanOrEqual(PAUSE_MS);
      }),
    );
  });
});
