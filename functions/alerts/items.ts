import type { Condition } from '../../shared/aws/dynamo.ts';
import {
  alertIdIn,
  opening,
  slotOfId,
  type Actor,
  type AlertEvent,
  type StoredAlert,
  type TimelineEntry,
} from './alert.ts';
import { isMemory } from './event-names.ts';
import { UNRESOLVED } from './table.ts';

/*
 * How the items of the alerts table look, for the stores that read and write them.
 */

/** The sort key of an unresolved alert, and of the tombstone that it leaves. */
export const OPEN = 'OPEN';
/** The partition of resolved alerts in the listing. */
export const RESOLVED = 'RESOLVED';
/** The partition of the index by due time. */
export const DUE = 'DUE';
const TOMBSTONE_DAYS = 15;
const DAY_SECONDS = 86_400;

/**
 * A slot: its alert, where it has one, and its memory across alerts. Besides these fields it has the last event of each
 * producer that it counted (`event-names.ts`).
 */
export interface Slot extends Partial<StoredAlert> {
  readonly slot: string;
  readonly item: string;
  /** When the slot was last closed, before its present alert opened. */
  readonly closedAt?: string;
  /** The place in the spill queue of the latest event that was replayed. */
  readonly lastSpill?: string;
  /** The latest revision that a source which numbers its reports has reported (`revision.ts`). */
  readonly revision?: string;
}

export type TimelineItem = TimelineEntry & { slot: string; item: string; ttl?: number };
export type ResolvedSlot = StoredAlert & Slot & { readonly resolvedAt: string };

export const isResolved = (slot: StoredAlert | Slot | undefined): slot is ResolvedSlot =>
  slot?.status === 'resolved' && !!slot.resolvedAt;

/** An alert without the memory of its slot, which stays with the slot. */
export const withoutMemory = <T extends object>(item: T): T =>
  Object.fromEntries(Object.entries(item).filter(([name]) => !isMemory(name) && name !== 'revision')) as T;

/** A condition that attributes are as they were read; undefined stands for an absent one. */
export const asSeen = (seen: Readonly<Record<string, string | number | undefined>>): Condition => ({
  expression: Object.entries(seen)
    .map(([name, value]) => (value === undefined ? `attribute_not_exists(#${name})` : `#${name} = :${name}`))
    .join(' AND '),
  values: Object.fromEntries(Object.entries(seen).filter(([, value]) => value !== undefined)),
});

/** What a slot keeps when its alert is archived. */
export const SLOT_MEMORY: ReadonlySet<string> = new Set(['slot', 'item', 'closedAt', 'ttl', 'lastSpill', 'revision']);

/** When an item expires, in seconds since the epoch as DynamoDB takes it. */
const expiresFrom = (at: string, days: number): number => Math.floor(Date.parse(at) / 1000) + days * DAY_SECONDS;

/** When the tombstone of a slot that was closed then expires. */
export const tombstoneExpires = (closedAt: string): number => expiresFrom(closedAt, TOMBSTONE_DAYS);

/**
 * A resolved alert as the archive has it, with the sequence that it had in its slot. A second copy of an alert that changed
 * before it left the slot carries no transition that the write in the slot did not carry.
 */
export const archivedItem = (alert: ResolvedSlot, retentionDays: number) => ({
  ...withoutMemory(alert),
  item: alert.id,
  archivedSequence: alert.sequence,
  listing: RESOLVED,
  ttl: expiresFrom(alert.resolvedAt, retentionDays),
});

/**
 * The sort key of an entry of an alert's timeline. The first and the latest entry are in the alert itself, and only those between
 * them are items.
 */
export const entryKey = (id: string, sequence: number): string => `${id}#${String(sequence).padStart(6, '0')}`;

/** The latest transition of an alert as an entry of its timeline; the same entry twice is the same item. */
export const entryItem = (alert: StoredAlert, retentionDays: number) => ({
  slot: slotOfId(alert.id),
  item: entryKey(alert.id, alert.sequence),
  sequence: alert.sequence,
  ...alert.transition,
  ttl: expiresFrom(alert.transition.at, 2 * retentionDays),
});

export interface Birth {
  readonly once: Record<string, unknown>;
  readonly keys: Record<string, unknown>;
  readonly whole: StoredAlert;
}

/** A new alert: as attributes that are set where they are absent, and whole. */
export const birthOf = (event: AlertEvent, slot: string, by: Actor, at: Date): Birth => {
  const now = at.toISOString();
  const facts = {
    id: alertIdIn(slot, at),
    status: 'open' as const,
    severity: event.severity,
    title: event.title,
    source: event.source,
    service: event.service,
    team: event.team,
    labels: event.labels,
    dedupKey: event.dedupKey,
    firstSeenAt: now,
    acknowledgedBy: null,
    acknowledgedAt: null,
    resolvedBy: null,
    resolvedAt: null,
    snoozedUntil: null,
    assignee: null,
    sequence: 1,
    transition: opening(by, at),
    openedBy: by,
  };
  const keys = { listing: UNRESOLVED, ...(event.expiresAt && { due: DUE, dueAt: event.expiresAt }) };
  const { description, annotations, expiresAt } = event;
  return {
    once: { ...facts, ...keys },
    keys,
    whole: {
      ...facts,
      description,
      annotations,
      lastSeenAt: now,
      count: 1,
      version: 1,
      ...(expiresAt && { expiresAt }),
    },
  };
};
