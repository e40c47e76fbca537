import type { Written } from '../../../shared/aws/stream.ts';
import { PoisonedRecord } from '../../../shared/kernel/poisoned-record.ts';
import { unresolved, viewOf, type StoredAlert, type Transition } from '../alert.ts';
import { ALERT_MESSAGE_SCHEMA, type AlertMessage } from '../events.ts';

interface StoredItem extends StoredAlert {
  readonly slot: string;
  readonly item: string;
  /** Its opening, where a replay wrote the alert when it was resolved already: this write carries the opening and the end. */
  readonly opening?: Transition;
  /** The sequence with which it came to the archive. */
  readonly archivedSequence?: number;
}

/**
 * The transitions of a write, in their order, each as the alert that it made. There is none where the write was a repeat, a
 * re-armed timer, an entry of a timeline or a move to the archive. There are two for an alert that was resolved already when it
 * was written; else one. Each transition is carried by exactly one write. Throws `PoisonedRecord` for an item that claims to be
 * an alert and is not one.
 */
export const transitionsIn = ({ before, after }: Written<StoredItem>): readonly StoredItem[] => {
  if (!after?.id || after.item?.includes('#')) return [];
  const isCopy = before === undefined || after.archivedSequence === after.sequence;
  const isMoved = after.item === after.id && isCopy && !after.opening;
  const isKnown = before?.id === after.id && before.sequence === after.sequence;
  if (isMoved || isKnown) return [];
  if (!after.transition?.type || !after.transition.actor || typeof after.sequence !== 'number' || !after.severity) {
    throw new PoisonedRecord(`the item ${after.slot}/${after.item} carries no transition`);
  }
  const alert = after as StoredItem;
  return alert.opening && before === undefined ? [{ ...alert, ...unresolved(alert.opening) }, alert] : [alert];
};

/** The alert before a write, where the write made its transition neither the first nor the latest one of its timeline. */
export const supersededIn = ({ before, after }: Written<StoredItem>): StoredItem | undefined =>
  before?.id !== undefined &&
  before.id === after?.id &&
  (before.sequence ?? 0) > 1 &&
  after.sequence !== before.sequence
    ? (before as StoredItem)
    : undefined;

/** The message about the latest transition of an alert. */
export const messageOf = (alert: StoredAlert): AlertMessage => ({
  schema: ALERT_MESSAGE_SCHEMA,
  transition: alert.transition.type,
  sequence: alert.sequence,
  at: alert.transition.at,
  actor: alert.transition.actor,
  ...(alert.transition.note && { note: alert.transition.note }),
  alert: viewOf(alert),
});
