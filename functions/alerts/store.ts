import type { Table } from '../../shared/aws/dynamo.ts';
import type { Bound } from '../../shared/kernel/bound.ts';
import type * as reads from './read-store.ts';
import type * as slots from './slot-store.ts';

/*
 * Access patterns of the alerts
 *
 *  #  question                                         index      key
 *  1  the open alert of a source and key               table      slot, item = OPEN
 *  2  open alerts, newest first                        listing    listing = OPEN, id
 *  3  resolved alerts, newest first                    listing    listing = RESOLVED, id
 *  4  one alert by id                                  table      slot (from the id), item = OPEN, else item = id
 *  5  the timeline of an alert, newest first           table      slot, item between id#000002 and id#n; the alert
 *  6  alerts that the minute tick must look at         due        due = DUE, dueAt
 *
 * `slot-store.ts` writes by pattern 1, `read-store.ts` answers the others. `intake/replay-store.ts` answers what replayed events
 * ask of a slot.
 *
 * An unresolved alert lies at (slot, OPEN). The stream archives a resolved one at (slot, id) and leaves a tombstone, which
 * remembers when the slot was last closed. A raise that comes before the move makes it itself, in a transaction. `listing` is
 * sparse and projects only what no repeat and no acknowledgement changes, so these cost one write unit.
 */

/** The alerts table, and for how many days it keeps resolved alerts. */
export interface AlertsTable extends Table {
  readonly retentionDays: number;
}

/** What the verbs may ask of the table; `deps.ts` binds to it what each function needs. */
export type AlertStore = Bound<typeof reads & typeof slots>;
