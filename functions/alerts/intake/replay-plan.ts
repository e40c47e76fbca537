import { eventNameIn, hasCounted, type Memory } from '../event-names.ts';
import { isWorse, type StoredAlert } from '../alert.ts';
import { isHeard, type Revision } from '../revision.ts';
import type { SpilledAcknowledge, SpilledResolve, SpilledTrigger } from './spill.ts';

/*
 * The replay of an event as a decision over the slot as it is then. The aim: the slot ends as if every event had been applied
 * when it was accepted. At one and the same instant a resolve counts as the later event.
 */

/** A slot as it was read: its alert and its memory. */
export interface SlotSeen {
  readonly alert: StoredAlert | undefined;
  /** When the slot was last closed, before its present alert opened. */
  readonly closedAt: string | undefined;
  /** The last event of each producer that the slot counted. */
  readonly memory: Memory;
  /** The place in the queue of the latest event that was replayed. */
  readonly lastSpill: string | undefined;
  /** The latest revision that was applied. */
  readonly revision: Revision | undefined;
}

export type ReplayPlan =
  /** An earlier delivery applied it, or it changes nothing any more. */
  | { readonly do: 'nothing'; readonly why: 'applied' | 'outdated' }
  /** A resolved alert is still in the slot: archive it, and read again. */
  | { readonly do: 'archive'; readonly alert: StoredAlert }
  | { readonly do: 'open' }
  /** Onto the open alert. */
  | {
      readonly do: 'count';
      readonly alert: StoredAlert;
      readonly isCounted: boolean;
      readonly isLatest: boolean;
      readonly rises: boolean;
    }
  | { readonly do: 'resolve'; readonly alert: StoredAlert }
  | { readonly do: 'acknowledge'; readonly alert: StoredAlert }
  /** The resolve was overtaken and the alert goes on, or went on beyond it: its timeline says so. */
  | { readonly do: 'note'; readonly alert: StoredAlert }
  /** Nothing is open: leave a tombstone that says when the slot was closed. */
  | { readonly do: 'close' }
  /** It is older than the last close of the slot: see `planPast` and `overtakenIn`. */
  | { readonly do: 'look_back' };

/** Decides over a trigger. `place` is its place in the queue. */
export const planTrigger = (slot: SlotSeen, spilled: SpilledTrigger, place: string): ReplayPlan => {
  const { id, acceptedAt, event, revision } = spilled;
  if (isApplied(slot, place)) return { do: 'nothing', why: 'applied' };
  const { alert, closedAt } = slot;
  const rises = alert !== undefined && isWorse(alert.severity, event.severity);
  // A later revision may have been applied while this one waited here for the first time: then it is over, and not lost.
  const isLastHeard = revision !== undefined && slot.revision === revision;
  // The write that raises the severity comes after the one that hears the revision, and may have been refused.
  if (isLastHeard && (!rises || alert.status === 'resolved')) return { do: 'nothing', why: 'applied' };
  const isCounted = isLastHeard || hasCounted(slot.memory, eventNameIn(id));
  if (alert?.status === 'resolved') return { do: 'archive', alert };
  if (closedAt !== undefined && happenedAt(slot, spilled) <= closedAt) {
    return isCounted ? { do: 'nothing', why: 'applied' } : { do: 'look_back' };
  }
  if (!alert) return isCounted ? { do: 'nothing', why: 'applied' } : { do: 'open' };
  return {
    do: 'count',
    alert,
    isCounted,
    isLatest: acceptedAt >= alert.lastSeenAt && !isHeard(slot, revision),
    rises,
  };
};

/**
 * When a trigger happened: when it was accepted or, if the slot has heard a later revision and is closed, not after the close. What
 * the source reports as over must not open, however late its report was delivered.
 */
export const happenedAt = (
  { alert, closedAt, revision: heard }: SlotSeen,
  { acceptedAt, revision }: SpilledTrigger,
): string =>
  !alert && closedAt !== undefined && closedAt < acceptedAt && isHeard({ revision: heard }, revision)
    ? closedAt
    : acceptedAt;

/**
 * Decides over a resolve: it ends an alert that was last seen before it was accepted, and none that was seen after, or of which
 * a later revision was heard. An alert that it falls into without ending it gets a note
 * (docs/adr/0071-an-overtaken-resolve-is-noted.md).
 */
export const planResolve = (slot: SlotSeen, { acceptedAt, revision }: SpilledResolve, place: string): ReplayPlan => {
  if (isApplied(slot, place)) return { do: 'nothing', why: 'applied' };
  const { alert, closedAt } = slot;
  const isOvertaken = alert?.status !== 'resolved' && (alert?.lastSeenAt ?? '') > acceptedAt;
  if (isHeard(slot, revision) && !isOvertaken) return { do: 'nothing', why: 'applied' };
  if (alert?.status === 'resolved' && (alert.resolvedAt ?? '') < acceptedAt) return { do: 'archive', alert };
  if (alert && alert.status !== 'resolved' && alert.lastSeenAt <= acceptedAt) return { do: 'resolve', alert };
  if (alert && isWithin(alert, acceptedAt)) return { do: 'note', alert };
  if (closedAt !== undefined && acceptedAt < closedAt) return { do: 'look_back' };
  return alert || closedAt === acceptedAt ? { do: 'nothing', why: 'outdated' } : { do: 'close' };
};

/**
 * Decides over an acknowledgement: it acknowledges the open alert that was there when it was accepted, unless something has
 * happened to that alert since. What a person did later goes before it.
 */
export const planAcknowledge = ({ alert }: Pick<SlotSeen, 'alert'>, { acceptedAt }: SpilledAcknowledge): ReplayPlan =>
  alert?.status === 'open' && alert.firstSeenAt <= acceptedAt && alert.transition.at <= acceptedAt
    ? { do: 'acknowledge', alert }
    : { do: 'nothing', why: 'outdated' };

/** The resolved alert that lasted longer than a resolve which was accepted before its end; undefined where there is none. */
export const overtakenIn = (past: readonly PastAlert[], { acceptedAt }: SpilledResolve): StoredAlert | undefined =>
  past.find(({ alert }) => isWithin(alert, acceptedAt))?.alert;

/** Whether an instant falls into the life of an alert and is not its end. */
const isWithin = ({ firstSeenAt, resolvedAt }: StoredAlert, at: string): boolean =>
  firstSeenAt <= at && (resolvedAt === null || at < resolvedAt);

const isApplied = ({ lastSpill }: SlotSeen, place: string): boolean => lastSpill !== undefined && place <= lastSpill;

/** A resolved alert of a slot, and when the slot was closed before it opened. */
export interface PastAlert {
  readonly alert: StoredAlert;
  readonly closedBefore: string | undefined;
}

export type PastPlan =
  /** Onto the resolved alert that it belongs to. */
  | { readonly do: 'count'; readonly past: PastAlert }
  /** As an alert of its own that is resolved already. */
  | { readonly do: 'open_resolved'; readonly resolvedAt: string; readonly closedBefore: string | undefined };

/**
 * Decides over a trigger that was accepted before its slot was last closed. It counts onto the resolved alert that it falls
 * into: after the close before that alert, and not after its end. Where there is none, it is an alert of its own, which ended at
 * the first known close after it.
 */
export const planPast = (
  { acceptedAt }: Pick<SpilledTrigger, 'acceptedAt'>,
  closedAt: string,
  past: readonly PastAlert[],
): PastPlan => {
  const owner = past.find(
    ({ alert, closedBefore }) =>
      (closedBefore === undefined || closedBefore < acceptedAt) && acceptedAt <= (alert.resolvedAt ?? ''),
  );
  if (owner) return { do: 'count', past: owner };
  const closes = [closedAt, ...past.flatMap(({ alert, closedBefore }) => [alert.resolvedAt, closedBefore])]
    .filter((close): close is string => close !== undefined && close !== null)
    .sort();
  return {
    do: 'open_resolved',
    resolvedAt: closes.find((close) => close >= acceptedAt) ?? closedAt,
    closedBefore: closes.findLast((close) => close < acceptedAt),
  };
};
