import { sortableInstant } from '../../../shared/kernel/ids.ts';
import type { EventReceipt } from '../../alerts/port.ts';

/*
 * The id of an accepted event says where the event went, so no event is written down besides its alert: when it was accepted, its slot,
 * what it did, the alert where it is known, and the name by which the slot remembers it. It is no secret and proves nothing: a caller
 * who reads by it needs the permission to read alerts, or the key of the integration.
 */

const FORM = /^evt_([0-9a-z]{10})([0-9a-v]{24})-([a-z]{1,20})-([0-9a-z]{14})?-([\w.]{1,40})?$/;
const ALERT_ID = /^alr_([0-9a-z]{14})([0-9a-v]{24})$/;
const NO_SLOT = '0'.repeat(24);
/** The letters of a ULID, in which an instant is written. */
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz';

export interface EventId {
  readonly at: Date;
  readonly slot: string;
  /** What it did, in small letters. */
  readonly action: string;
  readonly alertId: string | undefined;
  readonly name: string | undefined;
}

/** The id of an event that the intake accepted. */
export const idOfEvent = (action: string, { slot, name, at }: EventReceipt, alertId?: string): string =>
  `evt_${sortableInstant(at)}${slot}-${action}-${ALERT_ID.exec(alertId ?? '')?.[1] ?? ''}-${name}`;

/** The id of a change of an alert by its id; without an alert, of one that changed nothing. */
export const idOfChange = (action: string, at: Date, alertId?: string): string => {
  const [, head = '', slot = NO_SLOT] = ALERT_ID.exec(alertId ?? '') ?? [];
  return `evt_${sortableInstant(at)}${slot}-${action}-${head}-`;
};

/** Undefined for a text that is no id of an event. */
export const eventIdIn = (text: string): EventId | undefined => {
  const found = FORM.exec(text);
  if (!found) return undefined;
  const [, instant = '', slot = '', action = '', head, name] = found;
  const ms = [...instant].reduce((sum, letter) => sum * 32 + LETTERS.indexOf(letter), 0);
  if (!Number.isSafeInteger(ms) || ms > 8.64e15) return undefined;
  return { at: new Date(ms), slot, action, alertId: head && `alr_${head}${slot}`, name };
};
