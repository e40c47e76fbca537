import { logger } from '../../../shared/aws/observe.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { unavailable } from '../../../shared/kernel/errors.ts';
import { acknowledgement, dated, resolution, slotOf, type Actor, type AlertEvent, type StoredAlert } from '../alert.ts';
import { afterRefusal, CLOSED, firstWay } from './circuit.ts';
import { ContendedSlot, maySucceedLater } from '../contended-slot.ts';
import { eventNames, nameOfKey, textOf } from '../event-names.ts';
import { HeardBefore, type Revision } from '../revision.ts';
import { inTurn } from './in-turn.ts';
import { observe, type Receipt } from './observe.ts';
import { slotOfSpilled, SPILL_SCHEMA, type Spilled } from './spill.ts';
import type { SpillQueue } from './spill-queue.ts';
import type { Raised } from '../slot-store.ts';
import { afterSpill, afterWake, afterWrite, mayWake, NONE_OWED } from './wakes.ts';
import type { AlertStore } from '../store.ts';

export interface IntakeDeps {
  readonly store: Pick<AlertStore, 'raise' | 'change' | 'resolveSlot' | 'acknowledgeSlot'>;
  readonly spill: SpillQueue;
  readonly clock: Clock;
}

/** An accepted event is applied, or stored in the spill queue and applied later. */
export type Accepted<T> = { readonly receipt: EventReceipt } & Kept<T>;

/** By what an accepted event is found again (`event-outcome.ts`). */
export interface EventReceipt {
  readonly slot: string;
  /** The name of the event (`event-names.ts`). */
  readonly name: string;
  readonly at: Date;
}

type Kept<T> =
  | { readonly kept: 'stored'; readonly result: T }
  | { readonly kept: 'spilled'; readonly dedupKey: string; readonly acceptedAt: string };

export interface Intake {
  /**
   * Something is wrong: opens an alert or repeats the open one of the event's source and key. The event of a request that has a key
   * (`Idempotency-Key`) is counted once, however often the request is repeated.
   */
  observe(event: AlertEvent, by: Actor, requestKey?: string): Promise<Accepted<Raised>>;
  /** It is over: resolves the open alert of a source and key; the result is undefined where none was open. */
  resolve(source: string, dedupKey: string, by: Actor, note?: string): Promise<Accepted<StoredAlert | undefined>>;
  /**
   * Somebody works on it, as the source says: acknowledges the open alert of a source and key; the result is undefined where none
   * was open, or it is acknowledged already.
   */
  acknowledge(source: string, dedupKey: string, by: Actor, note?: string): Promise<Accepted<StoredAlert | undefined>>;
  /** What a source that numbers its reports has found. A revision that was reported before changes nothing. */
  report(report: Report, by: Actor): Promise<void>;
  /** The same, and what became of it; `overtaken` where the slot has heard the revision, or a later one. */
  number(
    report: Report,
    by: Actor,
  ): Promise<Accepted<Raised> | Accepted<StoredAlert | undefined> | { readonly overtaken: Omit<EventReceipt, 'name'> }>;
}

/** A thing is wrong, or over, as of a revision (`revision.ts`). */
export type Report = { readonly revision: Revision } & (
  | { readonly wrong: AlertEvent }
  | { readonly over: { readonly source: string; readonly dedupKey: string; readonly note: string } }
);

const RETRY_AFTER_SECONDS = 5;

/**
 * Accepts events so that none is lost: with one conditional write or, while the table refuses or cannot be reached, in the
 * spill queue. After a refusal the next events go to the queue first for a moment, so that an outage does not cost each of them
 * a time-out. The reader of the queue is woken at once, and again when a write succeeds, so that one throttled write does not wait for
 * the minute. Throws `store.unavailable` where neither takes the event.
 */
export const intake = ({ store, spill, clock }: IntakeDeps): Intake => {
  let circuit = CLOSED;
  let wakes = NONE_OWED;
  const names = eventNames();
  const turns = inTurn();

  /** Wakes the reader of the queue where it is time to. Where that fails, the minute does it. */
  const wakeInTime = async (isTableWell: boolean): Promise<void> => {
    const at = clock.now();
    if (!mayWake(wakes, at)) return;
    // Before the call, so that events side by side wake it once.
    wakes = afterWake(wakes, at, isTableWell);
    try {
      await spill.wakeReader();
    } catch (error) {
      wakes = afterSpill(wakes);
      logger.warn('the reader of the spill queue was not woken', { error: error as Error });
    }
  };

  const accept = async <T>(spilled: Spilled, dedupKey: string, write: () => Promise<T>): Promise<Accepted<T>> => {
    const kept = await acceptedBy(spilled, dedupKey, write);
    return { ...kept, receipt: { slot: slotOfSpilled(spilled), name: spilled.id, at: new Date(spilled.acceptedAt) } };
  };

  const acceptedBy = async <T>(spilled: Spilled, dedupKey: string, write: () => Promise<T>): Promise<Kept<T>> => {
    const { acceptedAt } = spilled;
    const ways = {
      store: async (): Promise<Kept<T>> => {
        const result = await write();
        wakes = afterWrite(wakes);
        await wakeInTime(true);
        return { kept: 'stored', result };
      },
      spill: async (): Promise<Kept<T>> => {
        // Whether table, queue or both took it may be unknown. A later event of this producer would hide that.
        names.renew();
        await spill.keep(spilled);
        wakes = afterSpill(wakes);
        await wakeInTime(false);
        return { kept: 'spilled', dedupKey, acceptedAt };
      },
    };
    const first = firstWay(circuit, clock.now());
    try {
      return await ways[first]();
    } catch (error) {
      if (first === 'store') {
        if (!maySucceedLater(error)) throw error;
        // A slot that many write to at once says nothing about the table.
        if (!(error instanceof ContendedSlot)) circuit = afterRefusal(clock.now());
      }
    }
    try {
      return await ways[first === 'store' ? 'spill' : 'store']();
    } catch (cause) {
      if (first === 'spill' && !maySucceedLater(cause)) throw cause;
      throw unavailable('store.unavailable', 'The alert could not be stored. Send it again in a moment.', {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
        cause,
      });
    }
  };

  const receipt = (requestKey?: string): Receipt => {
    const at = clock.now();
    return { name: requestKey === undefined ? names.next(at) : nameOfKey(requestKey, at), at };
  };

  const trigger = (
    reported: AlertEvent,
    by: Actor,
    { revision, requestKey }: { readonly revision?: Revision; readonly requestKey?: string | undefined } = {},
  ): Promise<Accepted<Raised>> =>
    turns(slotOf(reported.source, reported.dedupKey), () => {
      const { name, at } = receipt(requestKey);
      const event = dated(reported, at);
      return accept(
        {
          schema: SPILL_SCHEMA,
          kind: 'trigger',
          id: textOf(name),
          acceptedAt: at.toISOString(),
          by,
          event,
          ...(revision && { revision }),
        },
        event.dedupKey,
        () => observe({ store }, by, event, { name, at, revision }),
      );
    });

  const end = (
    {
      source,
      dedupKey,
      note,
    }: { readonly source: string; readonly dedupKey: string; readonly note?: string | undefined },
    by: Actor,
    revision?: Revision,
  ): Promise<Accepted<StoredAlert | undefined>> =>
    turns(slotOf(source, dedupKey), () => {
      const { name, at } = receipt();
      return accept(
        {
          schema: SPILL_SCHEMA,
          kind: 'resolve',
          id: textOf(name),
          acceptedAt: at.toISOString(),
          by,
          source,
          dedupKey,
          ...(note && { note }),
          ...(revision && { revision }),
        },
        dedupKey,
        () => store.resolveSlot(source, dedupKey, resolution(by, at, note), revision),
      );
    });

  const acknowledge: Intake['acknowledge'] = (source, dedupKey, by, note) =>
    turns(slotOf(source, dedupKey), () => {
      const { name, at } = receipt();
      return accept(
        {
          schema: SPILL_SCHEMA,
          kind: 'acknowledge',
          id: textOf(name),
          acceptedAt: at.toISOString(),
          by,
          source,
          dedupKey,
          ...(note && { note }),
        },
        dedupKey,
        () => store.acknowledgeSlot(source, dedupKey, acknowledgement(by, at, note)),
      );
    });

  const numbered: Intake['number'] = async (report, by) => {
    const at = clock.now();
    try {
      return await ('wrong' in report
        ? trigger(report.wrong, by, { revision: report.revision })
        : end(report.over, by, report.revision));
    } catch (error) {
      if (!(error instanceof HeardBefore)) throw error;
      const { source, dedupKey } = 'wrong' in report ? report.wrong : report.over;
      return { overtaken: { slot: slotOf(source, dedupKey), at } };
    }
  };

  return {
    acknowledge,
    observe: (event, by, requestKey) => trigger(event, by, { requestKey }),
    resolve: (source, dedupKey, by, note) => end({ source, dedupKey, note }, by),
    report: async (report, by) => {
      await numbered(report, by);
    },
    number: numbered,
  };
};
