import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { table, type Item, type Update } from '../../../shared/aws/dynamo.ts';
import { applied, severityRise, slotOf, type Actor, type AlertEvent, type Change, type StoredAlert } from '../alert.ts';
import { memoryIn, memoryOf, type EventName } from '../event-names.ts';
import { asSeen, birthOf, DUE, entryItem, OPEN, restingItem, type Slot } from '../items.ts';
import type { LatePlan, PastAlert, PastPlan, SlotSeen } from './replay-plan.ts';

/*
 * Access patterns of events that waited in the spill queue
 *
 *  #  question                                         index      key
 *  1  what a slot looks like and remembers             table      slot, item = OPEN
 *  2  resolved alerts of a slot, newest first          table      slot, item between ids, without timelines
 */

const MAX_PAST_PAGES = 20;

/** An event that waited in the spill queue: when it was accepted, and its place in the queue. */
export interface LateEvent {
  readonly name: EventName;
  readonly at: Date;
  readonly by: Actor;
  readonly event: AlertEvent;
  readonly place: string;
}

export const lateStore = (client: DynamoDBClient, tableName: string, retentionDays: number) => {
  const alerts = table(client, tableName);

  /** Access pattern 1: what a slot looks like and remembers. */
  const slotSeen = async (source: string, dedupKey: string): Promise<SlotSeen> => {
    const item = await alerts.get<Slot>({ slot: slotOf(source, dedupKey), item: OPEN }, { consistent: true });
    return {
      alert: item?.id ? (item as StoredAlert & Slot) : undefined,
      closedAt: item?.closedAt,
      lastSpill: item?.lastSpill,
      memory: memoryIn(item),
    };
  };

  /** Access pattern 2: back to the first that was over before `since`. */
  const pastAlerts = async (source: string, dedupKey: string, since: string): Promise<PastAlert[]> => {
    const found: PastAlert[] = [];
    let start: Item | undefined;
    for (let pages = 0; pages < MAX_PAST_PAGES; pages++) {
      const { items, last } = await alerts.queryOnce<StoredAlert & Slot>(
        {
          where: '#slot = :slot AND #item BETWEEN :first AND :last',
          filter: 'attribute_exists(#resolvedAt)',
          values: { slot: slotOf(source, dedupKey), first: 'alr_', last: 'alr_~' },
          newestFirst: true,
          consistent: true,
        },
        100,
        start,
      );
      for (const alert of items) {
        found.push({ alert, closedBefore: alert.closedAt });
        if ((alert.resolvedAt ?? '') < since) return found;
      }
      if (!last) return found;
      start = last;
    }
    return found;
  };

  /** Opens an alert for an event that waited. False where the slot is no longer as it was seen. */
  const openLate = async (late: LateEvent, seen: SlotSeen): Promise<boolean> => {
    const slot = slotOf(late.event.source, late.event.dedupKey);
    const birth = birthOf(late.event, slot, late.by, late.at);
    const { done } = await alerts.put(
      {
        ...birth.whole,
        slot,
        item: OPEN,
        ...birth.keys,
        closedAt: seen.closedAt,
        ...seen.memory,
        ...marks(late),
      },
      asSeen({ id: undefined, closedAt: seen.closedAt, lastSpill: seen.lastSpill }),
    );
    return done;
  };

  /** Counts an event that waited onto the alert that is open. False where the alert is no longer as it was seen. */
  const countLate = async (
    late: LateEvent,
    seen: SlotSeen,
    plan: Extract<LatePlan, { do: 'count' }>,
  ): Promise<boolean> => {
    const { alert, isCounted, isLatest, rises } = plan;
    const { event, by, at } = late;
    const acceptedAt = at.toISOString();
    const rise = rises ? severityRise(alert, by, at, event.severity) : undefined;
    const { done } = await alerts.update({
      key: { slot: slotOf(event.source, event.dedupKey), item: OPEN },
      once: isLatest && event.expiresAt ? { due: DUE, dueAt: event.expiresAt } : {},
      set: {
        ...(isLatest && {
          description: event.description,
          annotations: event.annotations,
          lastSeenAt: acceptedAt,
          expiresAt: event.expiresAt,
        }),
        ...(acceptedAt < alert.firstSeenAt && { firstSeenAt: acceptedAt }),
        ...(rise && { ...rise.set, transition: rise.transition }),
        ...marks(late),
      },
      add: { version: 1, ...(!isCounted && { count: 1 }), ...(rise && { sequence: 1 }) },
      remove: isLatest && !event.expiresAt ? ['expiresAt'] : [],
      when: asSeen({ id: alert.id, version: alert.version, lastSpill: seen.lastSpill }),
    });
    return done;
  };

  /** Counts an event that waited onto the resolved alert that it belonged to. False where something changed meanwhile. */
  const countPast = async (late: LateEvent, seen: SlotSeen, { alert }: PastAlert): Promise<boolean> => {
    const slot = slotOf(late.event.source, late.event.dedupKey);
    const acceptedAt = late.at.toISOString();
    return alerts.transact([
      {
        update: {
          key: { slot, item: alert.id },
          set: {
            ...(acceptedAt < alert.firstSeenAt && { firstSeenAt: acceptedAt }),
            ...(acceptedAt > alert.lastSeenAt && { lastSeenAt: acceptedAt }),
          },
          add: { count: 1, version: 1 },
          when: asSeen({ id: alert.id, version: alert.version }),
        },
      },
      { update: remembered(slot, late, seen) },
    ]);
  };

  /**
   * Files an event that waited as an alert that is over already, with the timeline that it would have had. `late`
   * tells its opening, so that the one write carries both transitions. False where something changed.
   */
  const openResolved = async (
    late: LateEvent,
    seen: SlotSeen,
    { resolvedAt, closedBefore }: Extract<PastPlan, { do: 'open_resolved' }>,
    ending: Change,
  ): Promise<boolean> => {
    const slot = slotOf(late.event.source, late.event.dedupKey);
    const { expiresAt: _, ...whole } = birthOf(late.event, slot, late.by, late.at).whole;
    const over = {
      ...applied(whole, ending),
      slot,
      item: OPEN,
      resolvedAt,
      closedAt: closedBefore,
    };
    return alerts.transact([
      {
        put: { ...restingItem(over, retentionDays), version: 1, late: whole.transition },
        when: asSeen({ id: undefined }),
      },
      { put: entryItem(whole, retentionDays) },
      { update: remembered(slot, late, seen) },
    ]);
  };

  /**
   * Notes in the timeline of an alert that a resolve which waited was overtaken. False where the slot or the alert is no
   * longer as it was seen.
   */
  const noteOvertaken = async (
    slot: string,
    seen: SlotSeen,
    alert: StoredAlert,
    { transition }: Change,
    place: string,
  ): Promise<boolean> => {
    const set = { transition };
    const add = { sequence: 1, version: 1 };
    const asItWas = { id: alert.id, version: alert.version };
    if (seen.alert?.id === alert.id) {
      const { done } = await alerts.update({
        key: { slot, item: OPEN },
        set: { ...set, lastSpill: place },
        add,
        when: asSeen({ ...asItWas, lastSpill: seen.lastSpill }),
      });
      return done;
    }
    return alerts.transact([
      { update: { key: { slot, item: alert.id }, set, add, when: asSeen(asItWas) } },
      {
        update: {
          key: { slot, item: OPEN },
          set: { lastSpill: place },
          when: asSeen({ lastSpill: seen.lastSpill }),
        },
      },
    ]);
  };

  /** What tells that an event is counted, and everything up to its place in the queue applied. */
  const marks = ({ name, place }: LateEvent) => ({ [memoryOf(name)]: name.number, lastSpill: place });

  /** Notes an event that waited in the slot. */
  const remembered = (slot: string, late: LateEvent, seen: SlotSeen): Update => ({
    key: { slot, item: OPEN },
    set: marks(late),
    when: asSeen({ lastSpill: seen.lastSpill }),
  });

  return { slotSeen, pastAlerts, openLate, countLate, countPast, openResolved, noteOvertaken };
};

export type LateStore = ReturnType<typeof lateStore>;
