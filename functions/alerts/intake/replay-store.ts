import type { Item, Update } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import { applied, severityRise, slotOf, type Actor, type AlertEvent, type Change, type StoredAlert } from '../alert.ts';
import { memoryOf, type EventName } from '../event-names.ts';
import { isHeard, type Revision } from '../revision.ts';
import { archivedItem, asSeen, birthOf, DUE, OPEN, type Slot } from '../items.ts';
import { seenIn } from '../read-store.ts';
import type { AlertsTable } from '../store.ts';
import type { PastAlert, PastPlan, ReplayPlan, SlotSeen } from './replay-plan.ts';
import type * as store from './replay-store.ts';

/*
 * Access patterns of replayed events, which waited in the spill queue
 *
 *  #  question                                         index      key
 *  1  what a slot looks like and remembers             table      slot, item = OPEN
 *  2  resolved alerts of a slot, newest first          table      slot, item between ids, without timelines
 */

/** An event that waited in the spill queue: when it was accepted, and its place in the queue. */
export interface ReplayedEvent {
  readonly name: EventName;
  readonly at: Date;
  readonly by: Actor;
  readonly event: AlertEvent;
  readonly place: string;
  readonly revision?: Revision | undefined;
}

/** Access pattern 1: what a slot looks like and remembers. */
export const slotSeen = (alerts: AlertsTable, source: string, dedupKey: string): Promise<SlotSeen> =>
  seenIn(alerts, slotOf(source, dedupKey));

/** Access pattern 2: back to the first that was resolved before `since`. */
export const pastAlerts = async (
  alerts: AlertsTable,
  source: string,
  dedupKey: string,
  since: string,
): Promise<PastAlert[]> => {
  const found: PastAlert[] = [];
  let start: Item | undefined;
  do {
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
    start = last;
  } while (start);
  return found;
};

/** Opens an alert for a replayed event. False where the slot is no longer as it was seen. */
export const openReplayed = async (alerts: AlertsTable, replayed: ReplayedEvent, seen: SlotSeen): Promise<boolean> => {
  const { event, by, at } = replayed;
  const slot = slotOf(event.source, event.dedupKey);
  const birth = birthOf(event, slot, by, at);
  const { done } = await alerts.put(
    {
      ...birth.whole,
      slot,
      item: OPEN,
      ...birth.keys,
      closedAt: seen.closedAt,
      ...seen.memory,
      revision: seen.revision,
      ...marksOf(replayed),
      ...revisionMark(replayed, seen),
    },
    asSeen({ id: undefined, closedAt: seen.closedAt, lastSpill: seen.lastSpill, revision: seen.revision }),
  );
  return done;
};

/** Counts a replayed event onto the open alert. False where the alert is no longer as it was seen. */
export const countReplayed = async (
  alerts: AlertsTable,
  replayed: ReplayedEvent,
  seen: SlotSeen,
  { alert, isCounted, isLatest, rises }: Extract<ReplayPlan, { do: 'count' }>,
): Promise<boolean> => {
  const { event, by, at } = replayed;
  const acceptedAt = at.toISOString();
  const rise = rises ? severityRise(alert, by, at, event.severity) : undefined;
  const { done } = await alerts.update({
    key: { slot: slotOf(event.source, event.dedupKey), item: OPEN },
    once: {
      ...(isLatest && event.expiresAt && { due: DUE, dueAt: event.expiresAt }),
      ...(acceptedAt < alert.firstSeenAt && { openedAt: alert.firstSeenAt }),
    },
    set: {
      ...(isLatest && {
        description: event.description,
        annotations: event.annotations,
        lastSeenAt: acceptedAt,
        expiresAt: event.expiresAt,
      }),
      ...(acceptedAt < alert.firstSeenAt && { firstSeenAt: acceptedAt }),
      ...(rise && { ...rise.set, transition: rise.transition }),
      ...marksOf(replayed),
      ...revisionMark(replayed, seen),
    },
    add: { version: 1, ...(!isCounted && { count: 1 }), ...(rise && { sequence: 1 }) },
    remove: isLatest && !event.expiresAt ? ['expiresAt'] : [],
    when: asSeen({ id: alert.id, version: alert.version, lastSpill: seen.lastSpill }),
  });
  return done;
};

/** Counts a replayed event onto the resolved alert that it belonged to. False where something changed meanwhile. */
export const countPast = async (
  alerts: AlertsTable,
  replayed: ReplayedEvent,
  seen: SlotSeen,
  { alert }: PastAlert,
): Promise<boolean> => {
  const slot = slotOf(replayed.event.source, replayed.event.dedupKey);
  const acceptedAt = replayed.at.toISOString();
  return alerts.transact([
    {
      update: {
        key: { slot, item: alert.id },
        once: acceptedAt < alert.firstSeenAt ? { openedAt: alert.firstSeenAt } : {},
        set: {
          ...(acceptedAt < alert.firstSeenAt && { firstSeenAt: acceptedAt }),
          ...(acceptedAt > alert.lastSeenAt && { lastSeenAt: acceptedAt }),
        },
        add: { count: 1, version: 1 },
        when: asSeen({ id: alert.id, version: alert.version }),
      },
    },
    { update: markOf(slot, replayed, seen) },
  ]);
};

/**
 * Writes a replayed event as an alert that is resolved already, with the timeline that it would have had. The item carries its
 * opening as `opening`, so that one write carries both transitions. False where something changed.
 */
export const openResolved = async (
  alerts: AlertsTable,
  replayed: ReplayedEvent,
  seen: SlotSeen,
  { resolvedAt, closedBefore }: Extract<PastPlan, { do: 'open_resolved' }>,
  ending: Change,
): Promise<boolean> => {
  const { event, by, at } = replayed;
  const slot = slotOf(event.source, event.dedupKey);
  const { expiresAt: _, ...whole } = birthOf(event, slot, by, at).whole;
  const over = { ...applied(whole, ending), slot, item: OPEN, resolvedAt, closedAt: closedBefore };
  return alerts.transact([
    {
      put: { ...archivedItem(over, alerts.retentionDays), version: 1, opening: whole.transition },
      when: asSeen({ id: undefined }),
    },
    { update: markOf(slot, replayed, seen) },
  ]);
};

/**
 * Notes in the timeline of an alert that a replayed resolve was overtaken. False where the slot or the alert is no longer as
 * it was seen.
 */
export const noteOvertaken = async (
  alerts: AlertsTable,
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
    { update: { key: { slot, item: OPEN }, set: { lastSpill: place }, when: asSeen({ lastSpill: seen.lastSpill }) } },
  ]);
};

/** The attributes that say: this event is counted, and everything up to its place in the queue is applied. */
const marksOf = ({ name, place }: ReplayedEvent) => ({ [memoryOf(name)]: name.number, lastSpill: place });

/** The attribute that says: the revision of this event is heard. */
const revisionMark = ({ revision }: ReplayedEvent, seen: SlotSeen) =>
  revision !== undefined && !isHeard(seen, revision) ? { revision } : {};

/**
 * The write that marks an event in its slot which belongs to the past of the slot. Its revision is not heard by that: what closed the
 * slot may have been an earlier revision that was delivered again, and this one follows it again.
 */
const markOf = (slot: string, replayed: ReplayedEvent, seen: SlotSeen): Update => ({
  key: { slot, item: OPEN },
  set: marksOf(replayed),
  when: asSeen({ lastSpill: seen.lastSpill, revision: seen.revision }),
});

/** What the replay of events asks of the alerts table. */
export type ReplayStore = Bound<typeof store>;
