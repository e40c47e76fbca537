import type { Clock } from '../../../shared/kernel/clock.ts';
import { viewOf, type Alert } from '../alert.ts';
import { eventNameIn, hasCounted } from '../event-names.ts';
import type { SlotSeen } from '../intake/replay-plan.ts';
import type { AlertStore } from '../store.ts';

/** An accepted event, by the receipt that the intake gave for it. */
export interface AcceptedEvent {
  readonly kind: 'trigger' | 'resolve' | 'acknowledge';
  readonly slot: string;
  readonly name: string;
  readonly at: Date;
}

export type EventOutcome =
  /** It is applied: to this alert, or to none where none was open; `before` is then the latest of its key that was over already. */
  | { readonly state: 'applied'; readonly alert: Alert | null; readonly before?: Alert | undefined }
  /** Nothing of it is found, and nobody remembers it any more. */
  | { readonly state: 'forgotten' }
  /** It waits in the spill queue, which is replayed when the table takes writes again. */
  | { readonly state: 'waiting' };

/** An event waits sixteen hours at most, and its slot remembers it for a day. */
const REMEMBERED_MS = 24 * 3_600_000;

/** What became of an accepted event, read from its slot: no event writes more than the alert. */
export const eventOutcome = async (
  { store, clock }: { readonly store: Pick<AlertStore, 'seenIn' | 'pastIn'>; readonly clock: Clock },
  event: AcceptedEvent,
): Promise<EventOutcome> => {
  const seen = await store.seenIn(event.slot);
  const at = event.at.toISOString();
  const isOld = clock.now().getTime() - event.at.getTime() > REMEMBERED_MS;
  if (!isOld && isWaiting(seen, event, at)) return { state: 'waiting' };
  const among = seen.alert && seen.alert.firstSeenAt <= at ? [seen.alert] : await store.pastIn(event.slot);
  const alert = among.find(
    ({ firstSeenAt, resolvedAt }) => firstSeenAt <= at && (resolvedAt === null || at <= resolvedAt),
  );
  if (!alert && isOld && event.kind === 'trigger') return { state: 'forgotten' };
  if (alert) return { state: 'applied', alert: viewOf(alert) };
  const before = among.find(({ resolvedAt }) => resolvedAt !== null && resolvedAt < at);
  return { state: 'applied', alert: null, before: before && viewOf(before) };
};

/** A slot remembers each trigger that it counted. Others wait where they would still change the alert as it is. */
const isWaiting = ({ alert, memory }: SlotSeen, { kind, name }: AcceptedEvent, at: string): boolean => {
  if (kind === 'trigger') return !hasCounted(memory, eventNameIn(name));
  if (!alert || alert.firstSeenAt > at || alert.transition.at >= at) return false;
  return kind === 'resolve' ? alert.status !== 'resolved' && alert.lastSeenAt <= at : alert.status === 'open';
};
