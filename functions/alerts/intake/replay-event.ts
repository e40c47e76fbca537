import { systemCaller } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { acknowledgement, annotation, resolution, slotOf, type StoredAlert } from '../alert.ts';
import { actorOf } from '../../../shared/kernel/audit-event.ts';
import {
  happenedAt,
  planAcknowledge,
  planResolve,
  planTrigger,
  overtakenIn,
  planPast,
  type ReplayPlan,
  type PastPlan,
  type SlotSeen,
} from './replay-plan.ts';
import {
  eventOf,
  subjectOf,
  type Spilled,
  type SpilledAcknowledge,
  type SpilledResolve,
  type SpilledTrigger,
} from './spill.ts';
import { ContendedSlot } from '../contended-slot.ts';
import { eventNameIn } from '../event-names.ts';
import type { ReplayStore } from './replay-store.ts';
import type { AlertStore } from '../store.ts';

export interface ReplayDeps {
  readonly store: Pick<AlertStore, 'closeSlot' | 'archive' | 'change'>;
  readonly replay: ReplayStore;
  readonly clock: Clock;
}

export type Applied = Exclude<ReplayPlan['do'], 'archive' | 'look_back'> | 'count_past' | 'open_resolved';

const ATTEMPTS = 10;
const OVER_NOTE = 'Reported while the alert store was unavailable, and over before the report could be written.';

/**
 * Replays an event of the spill queue as if it had been applied when it was accepted: reads, decides, and writes on the
 * condition that nothing changed. `place` is its place in the queue. The slot remembers the latest one, so that the same message
 * again changes nothing.
 */
export const replayEvent = async (deps: ReplayDeps, spilled: Spilled, place: string): Promise<Applied> => {
  const { source, dedupKey } = subjectOf(spilled);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const seen = await deps.replay.slotSeen(source, dedupKey);
    const done = await apply(deps, spilled, place, seen);
    if (done) return done;
  }
  throw new ContendedSlot('The slot of a replayed event kept changing');
};

const apply = (deps: ReplayDeps, spilled: Spilled, place: string, seen: SlotSeen): Promise<Applied | undefined> => {
  switch (spilled.kind) {
    case 'trigger':
      return applyTrigger(deps, spilled, place, seen);
    case 'resolve':
      return applyResolve(deps, spilled, place, seen);
    case 'acknowledge':
      return applyAcknowledge(deps, spilled, seen);
  }
};

const applyAcknowledge = async (
  { store }: ReplayDeps,
  spilled: SpilledAcknowledge,
  seen: SlotSeen,
): Promise<Applied | undefined> => {
  const plan = planAcknowledge(seen, spilled);
  if (plan.do !== 'acknowledge') return 'nothing';
  const taken = acknowledgement(spilled.by, new Date(spilled.acceptedAt), spilled.note);
  const { done } = await store.change(plan.alert.id, { ...taken, expecting: plan.alert.version });
  return done ? 'acknowledge' : undefined;
};

/** Answers what was done, or undefined where the slot changed meanwhile and must be read again. */
const applyTrigger = async (
  { store, replay }: ReplayDeps,
  spilled: SpilledTrigger,
  place: string,
  seen: SlotSeen,
): Promise<Applied | undefined> => {
  const event = eventOf(spilled);
  const acceptedAt = happenedAt(seen, spilled);
  const waited = {
    name: eventNameIn(spilled.id),
    at: new Date(acceptedAt),
    by: spilled.by,
    event,
    place,
    revision: spilled.revision,
  };
  const plan = planTrigger(seen, spilled, place);
  switch (plan.do) {
    case 'nothing':
      return 'nothing';
    case 'archive':
      await store.archive(plan.alert);
      return undefined;
    case 'open':
      return (await replay.openReplayed(waited, seen)) ? 'open' : undefined;
    case 'count':
      return (await replay.countReplayed(waited, seen, plan)) ? 'count' : undefined;
    case 'look_back': {
      const past = await replay.pastAlerts(event.source, event.dedupKey, acceptedAt);
      const found: PastPlan = planPast({ acceptedAt }, seen.closedAt ?? acceptedAt, past);
      if (found.do === 'open_resolved') {
        const ending = resolution(actorOf(systemCaller('intake')), new Date(found.resolvedAt), OVER_NOTE);
        return (await replay.openResolved(waited, seen, found, ending)) ? 'open_resolved' : undefined;
      }
      return (await replay.countPast(waited, seen, found.past)) ? 'count_past' : undefined;
    }
    default:
      throw new Error(`A trigger cannot ${plan.do}`);
  }
};

const applyResolve = async (
  { store, replay, clock }: ReplayDeps,
  spilled: SpilledResolve,
  place: string,
  seen: SlotSeen,
): Promise<Applied | undefined> => {
  const { source, dedupKey, revision } = spilled;
  const at = new Date(spilled.acceptedAt);
  const plan = planResolve(seen, spilled, place);
  const note = async (alert: StoredAlert): Promise<Applied | undefined> => {
    const change = annotation(spilled.by, clock.now(), overtakenNote(alert, spilled));
    return (await replay.noteOvertaken(slotOf(source, dedupKey), seen, alert, change, place)) ? 'note' : undefined;
  };
  switch (plan.do) {
    case 'nothing':
      return 'nothing';
    case 'archive':
      await store.archive(plan.alert);
      return undefined;
    case 'resolve': {
      const ending = { ...resolution(spilled.by, at, spilled.note), expecting: plan.alert.version, revision };
      return (await store.change(plan.alert.id, ending)).done ? 'resolve' : undefined;
    }
    case 'close':
      return (await store.closeSlot(source, dedupKey, at, revision)) ? 'close' : undefined;
    case 'note':
      return note(plan.alert);
    case 'look_back': {
      const overtaken = overtakenIn(await replay.pastAlerts(source, dedupKey, spilled.acceptedAt), spilled);
      return overtaken ? note(overtaken) : 'nothing';
    }
    default:
      throw new Error(`A resolve cannot ${plan.do}`);
  }
};

/** The note about a resolve that was replayed too late to be the end of the alert. */
const overtakenNote = (alert: StoredAlert, { acceptedAt, note }: SpilledResolve): string =>
  [
    `Resolved at ${acceptedAt}, which waited while the alert store was unavailable.`,
    acceptedAt < alert.lastSeenAt
      ? `The alert was reported again at ${alert.lastSeenAt}, so it did not end then.`
      : `The alert had been resolved at ${alert.resolvedAt} when this was read.`,
    ...(note ? [note] : []),
  ].join(' ');
