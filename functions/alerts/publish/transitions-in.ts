import type { Written } from '../../../shared/aws/stream.ts';
import { PoisonedRecord } from '../../../shared/aws/stream.ts';
import { unresolved, viewOf, type StoredAlert, type Transition } from '../alert.ts';
import { ALERT_MESSAGE_SCHEMA, type AlertMessage } from '../events.ts';

interface StoredItem extends StoredAlert {
  readonly slot: string;
  readonly item: string;
  /** It was filed when it was over already: this write is no move, it carries the opening, told here, and the end. */
  readonly opening?: Transition;
}

/**
 * The transitions that this write carries, in their order, each as the alert that it made. None where the write was a
 * repeat, a re-armed timer, an entry of a timeline or a move; two for an alert that was filed when it was over already;
 * else one. Each transition is carried by exactly one write. Throws `PoisonedRecord` for an item that is no alert although
 * it claims to be.
 */
export const transitionsIn = ({ before, after }: Written<StoredItem>): readonly StoredItem[] => {
  if (!after?.id || after.item?.includes('#')) return [];
  const isMoved = before === undefined && after.item === after.id && !after.opening;
  const isKnown = before?.id === after.id && before.sequence === after.sequence;
  if (isMoved || isKnown) return [];
  if (!after.transition?.type || !after.transition.actor || typeof after.sequence !== 'number' || !after.severity) {
    throw new PoisonedRecord(`the item ${after.slot}/${after.item} carries no transition`);
  }
  const alert = after as StoredItem;
  return alert.opening && before === undefined ? [{ ...alert, ...unresolved(alert.opening) }, alert] : [alert];
};

/** What subscribers are told about the transition that an alert carries. */
export const messageOf = (alert: StoredAlert): AlertMessage => ({
  schema: ALERT_MESSAGE_SCHEMA,
  transition: alert.transition.type,
  sequence: alert.sequence,
  at: alert.transition.at,
  actor: alert.transition.actor,
  ...(alert.transition.note && { note: alert.transition.note }),
  alert: viewOf(alert),
});
