import { rings, slotOf, slotOfId, type Actor, type AlertEvent, type Change, type StoredAlert } from './alert.ts';
import { ContendedSlot } from './contended-slot.ts';
import { CountedBefore } from './counted-before.ts';
import { countedFrom, hasCounted, isMemory, memoryIn, memoryOf, staleIn, type EventName } from './event-names.ts';
import {
  archivedItem,
  asSeen,
  birthOf,
  DUE,
  entryItem,
  isResolved,
  OPEN,
  SLOT_MEMORY,
  tombstoneExpires,
  type Birth,
  type ResolvedSlot,
  type Slot,
} from './items.ts';
import { assertSameStream, HeardBefore, ifNew, isHeard, type Revision } from './revision.ts';
import type { AlertsTable } from './store.ts';

/* Writes of the alerts table: each is made on the slot of an alert, access pattern 1 of `store.ts`. */

const ATTEMPTS = 5;

/** A slot may remember so many old producers before a write removes them, so that such writes are rare. */
const FORGET_AT = 8;

export interface Raised {
  readonly alert: StoredAlert;
  readonly opened: boolean;
  /** The report was heard before: nothing was counted. */
  readonly isHeard?: true;
}

/**
 * Opens an alert or repeats the open one of the same source and key: one conditional write. Only where a resolved alert still
 * is in the slot is there a second, which archives it. The same event again, because an answer was lost, is counted once. Throws
 * `HeardBefore` where the slot has heard the revision or a later one, and `CountedBefore` where it has counted the event, and the alert has left
 * the slot since.
 */
export const raise = async (
  alerts: AlertsTable,
  event: AlertEvent,
  by: Actor,
  at: Date,
  name: EventName,
  revision?: Revision,
): Promise<Raised> => {
  const slot = slotOf(event.source, event.dedupKey);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const birth = birthOf(event, slot, by, at);
    const outcome = await alerts.update<Slot>({
      key: { slot, item: OPEN },
      once: birth.once,
      set: {
        description: event.description,
        annotations: event.annotations,
        lastSeenAt: at.toISOString(),
        expiresAt: event.expiresAt,
        [memoryOf(name)]: name.number,
        ...(revision && { revision }),
      },
      add: { count: 1, version: 1 },
      remove: ['ttl', ...(event.expiresAt ? [] : ['expiresAt'])],
      when: ifNew(
        {
          expression:
            '(attribute_not_exists(#status) OR #status <> :resolved)' +
            ` AND (attribute_not_exists(#${memoryOf(name)}) OR #${memoryOf(name)} < :number)`,
          values: { resolved: 'resolved', number: countedFrom(name) },
        },
        revision,
      ),
    });
    if (outcome.done) await forgetProducers(alerts, slot, staleIn(memoryIn(outcome.item), at));
    if (outcome.done || (outcome.item?.id && hasCounted(memoryIn(outcome.item), name))) {
      const alert = outcome.item as StoredAlert & Slot;
      return { alert, opened: alert.count === 1 };
    }
    if (outcome.item && hasCounted(memoryIn(outcome.item), name)) throw new CountedBefore();
    if (revision && outcome.item && isHeard(outcome.item, revision)) {
      assertSameStream(outcome.item, revision);
      throw new HeardBefore(outcome.item, revision);
    }
    if (isResolved(outcome.item) && (await replace(alerts, outcome.item, birth, name, revision))) {
      return { alert: birth.whole, opened: true };
    }
  }
  throw new ContendedSlot(`The slot ${slot} kept changing`);
};

/** Archives a resolved alert and puts a new one in its slot. False when another writer was faster. */
const replace = (
  alerts: AlertsTable,
  resolved: ResolvedSlot,
  birth: Birth,
  name: EventName,
  revision = resolved.revision,
): Promise<boolean> =>
  alerts.transact([
    { put: archivedItem(resolved, alerts.retentionDays) },
    {
      put: {
        ...birth.whole,
        slot: resolved.slot,
        item: OPEN,
        ...birth.keys,
        ...memoryIn(resolved),
        [memoryOf(name)]: name.number,
        closedAt: resolved.resolvedAt,
        lastSpill: resolved.lastSpill,
        revision,
      },
      when: {
        expression: '#id = :id AND #version = :version',
        values: { id: resolved.id, version: resolved.version },
      },
    },
  ]);

/** Carries out a change in one conditional write, without reading. Answers the alert as it then is. */
export const change = async (
  alerts: AlertsTable,
  id: string,
  wanted: Change,
): Promise<{ done: boolean; alert: StoredAlert | undefined }> => {
  const slot = slotOfId(id);
  if (!slot) return { done: false, alert: undefined };
  const resolves = wanted.set.status === 'resolved';
  const write = (item: string) =>
    alerts.update<Slot>({
      key: { slot, item },
      set: {
        ...wanted.set,
        dueAt: resolves ? undefined : wanted.dueAt,
        due: wanted.dueAt && !resolves ? DUE : undefined,
        transition: wanted.transition,
        ...(wanted.revision && { revision: wanted.revision }),
      },
      add: { sequence: 1, version: 1 },
      ...(rings(wanted) && { setNext: { lastRing: 'sequence' } }),
      ...(resolves && { remove: ['listing', 'due', 'dueAt'] }),
      when: conditionOf(id, wanted),
    });
  const outcome = await write(OPEN);
  if (outcome.done) return { done: true, alert: outcome.item as StoredAlert };
  if (outcome.item?.id === id) return { done: false, alert: outcome.item as StoredAlert };
  if (!wanted.from.includes('resolved')) {
    return { done: false, alert: await alerts.get<StoredAlert>({ slot, item: id }, { consistent: true }) };
  }
  const archived = await write(id);
  return { done: archived.done, alert: archived.item as StoredAlert | undefined };
};

const conditionOf = (id: string, wanted: Change) => ({
  expression: [
    '#id = :id',
    `#status IN (${wanted.from.map((status) => `:${status}`).join(', ')})`,
    ...(wanted.expecting === undefined ? [] : ['#version = :expecting']),
    ...(wanted.whileSeverity === undefined ? [] : ['#severity = :whileSeverity']),
    ...(wanted.expiredBy === undefined ? [] : ['#expiresAt <= :expiredBy']),
  ].join(' AND '),
  values: {
    id,
    ...Object.fromEntries(wanted.from.map((status) => [status, status])),
    ...(wanted.expecting !== undefined && { expecting: wanted.expecting }),
    ...(wanted.whileSeverity !== undefined && { whileSeverity: wanted.whileSeverity }),
    ...(wanted.expiredBy !== undefined && { expiredBy: wanted.expiredBy }),
  },
});

/**
 * Resolves the open alert of a source and key, in one conditional write. Where none is open it leaves a tombstone, so that a
 * raise which was accepted earlier but still waits does not open what is over; that is a second write. A revision that was heard
 * before, or one before a later one, resolves nothing.
 */
export const resolveSlot = async (
  alerts: AlertsTable,
  source: string,
  dedupKey: string,
  { set, transition }: Change,
  revision?: Revision,
): Promise<StoredAlert | undefined> => {
  const slot = slotOf(source, dedupKey);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const outcome = await alerts.update<Slot>({
      key: { slot, item: OPEN },
      set: { ...set, transition, ...(revision && { revision }) },
      add: { sequence: 1, version: 1 },
      remove: ['listing', 'due', 'dueAt'],
      when: ifNew(
        { expression: '#status IN (:open, :acknowledged)', values: { open: 'open', acknowledged: 'acknowledged' } },
        revision,
      ),
    });
    if (outcome.done) return outcome.item as StoredAlert;
    if (revision && outcome.item && isHeard(outcome.item, revision)) {
      assertSameStream(outcome.item, revision);
      return undefined;
    }
    if (isResolved(outcome.item)) await archive(alerts, outcome.item);
    if (await leaveTombstone(alerts, slot, transition.at, revision)) return undefined;
  }
  throw new ContendedSlot(`The slot ${slot} kept changing`);
};

/**
 * Acknowledges the open alert of a source and key, in one conditional write. Undefined where none is open: it is acknowledged
 * already, or over.
 */
export const acknowledgeSlot = async (
  alerts: AlertsTable,
  source: string,
  dedupKey: string,
  { set, transition }: Change,
): Promise<StoredAlert | undefined> => {
  const { done, item } = await alerts.update<StoredAlert>({
    key: { slot: slotOf(source, dedupKey), item: OPEN },
    set: { ...set, transition },
    add: { sequence: 1, version: 1 },
    when: { expression: '#status = :open', values: { open: 'open' } },
  });
  return done ? item : undefined;
};

/** Remembers that a slot without an alert was closed at this instant or later. False where an alert lies there. */
export const closeSlot = (
  alerts: AlertsTable,
  source: string,
  dedupKey: string,
  at: Date,
  revision?: Revision,
): Promise<boolean> => leaveTombstone(alerts, slotOf(source, dedupKey), at.toISOString(), revision);

const leaveTombstone = async (
  alerts: AlertsTable,
  slot: string,
  closedAt: string,
  revision?: Revision,
): Promise<boolean> => {
  const key = { slot, item: OPEN };
  const { done, item } = await alerts.update<Slot>({
    key,
    set: { closedAt, ttl: tombstoneExpires(closedAt), ...(revision && { revision }) },
    when: ifNew(
      {
        expression: 'attribute_not_exists(#id) AND (attribute_not_exists(#closedAt) OR #closedAt < :closedAt)',
        values: { closedAt },
      },
      revision,
    ),
  });
  if (done || item?.id !== undefined || !revision || isHeard(item, revision)) return done || item?.id === undefined;
  // It was closed at a later instant, which stays. The revision is new all the same.
  const heard = await alerts.update<Slot>({
    key,
    set: { revision },
    when: ifNew({ expression: 'attribute_not_exists(#id)' }, revision),
  });
  return heard.done || heard.item?.id === undefined;
};

/** Moves the next look of the tick, unless what it looks for changed since the alert was read. */
export const rearm = async (alerts: AlertsTable, alert: StoredAlert, dueAt: string | undefined): Promise<void> => {
  await alerts.update({
    key: { slot: slotOfId(alert.id) ?? '', item: OPEN },
    ...(dueAt ? { set: { dueAt, due: DUE } } : { remove: ['due', 'dueAt'] }),
    when: asSeen({ id: alert.id, dueAt: alert.dueAt, expiresAt: alert.expiresAt }),
  });
};

/** Writes a transition into the timeline of an alert that has another one since; the same entry twice is the same item. */
export const addEntry = async (alerts: AlertsTable, alert: StoredAlert): Promise<void> => {
  await alerts.put(entryItem(alert, alerts.retentionDays));
};

/**
 * Removes producers from the memory of a slot that are too old to send again, once there are many. The event that led here is
 * stored whether or not this succeeds, and the next one tries again.
 */
const forgetProducers = async (alerts: AlertsTable, slot: string, memories: readonly string[]): Promise<void> => {
  if (memories.length < FORGET_AT) return;
  const removal = { key: { slot, item: OPEN }, remove: memories, when: { expression: 'attribute_exists(#slot)' } };
  await alerts.update(removal).catch(() => undefined);
};

/** Moves a resolved alert out of its slot into the archive: first the copy, then the tombstone. Idempotent. */
export const archive = async (alerts: AlertsTable, alert: StoredAlert): Promise<void> => {
  if (!isResolved(alert)) return;
  await alerts.put(archivedItem(alert, alerts.retentionDays), {
    expression: 'attribute_not_exists(#version) OR #version <= :version',
    values: { version: alert.version },
  });
  const rest = Object.keys(alert).filter((name) => !SLOT_MEMORY.has(name) && !isMemory(name));
  await alerts.update({
    key: { slot: slotOfId(alert.id) ?? '', item: OPEN },
    set: { closedAt: alert.resolvedAt, ttl: tombstoneExpires(alert.resolvedAt) },
    remove: rest,
    when: { expression: '#id = :id AND #version = :version', values: { id: alert.id, version: alert.version } },
  });
};
