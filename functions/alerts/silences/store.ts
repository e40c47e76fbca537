import type { Table } from '../../../shared/aws/dynamo.ts';
import type { RecurringSilence } from './recurring-silence.ts';
import type { AuditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import { SILENCE_SLOT } from '../table.ts';
import { MAX_OCCURRENCES, MAX_RECURRING } from './recurring-silence.ts';
import { MAX_SILENCES, type Silence } from './silence.ts';
import type * as store from './store.ts';

/*
 * Access patterns. The partition SILENCE of the alerts table belongs to this room. Its items have no `id`, which the readers of
 * the stream take for the mark of an alert.
 *
 *  #  question                                         index      key
 *  1  all silences, also those that ended lately       table      slot = SILENCE
 *  2  one silence by id                                table      slot = SILENCE, item = id
 *  3  all recurring silences                           table      slot = SILENCE, item begins with ~
 *  4  one recurring silence by id                      table      slot = SILENCE, item = ~id
 *  5  both kinds, at once                              table      slot = SILENCE
 */

/** Alertmanager keeps ended silences for five days, too. */
const KEPT_SECONDS = 5 * 86_400;

type Stored = Omit<Silence, 'id'> & {
  readonly slot: string;
  readonly item: string;
  readonly event: AuditEvent;
  readonly ttl: number;
};

const silenceIn = ({ slot: _slot, item, event: _event, ttl: _ttl, ...silence }: Stored): Silence => ({
  id: item,
  ...silence,
});

/** Sorts behind the id of every silence. */
const RECURRING = '~';
const MOST = 2 * MAX_SILENCES + MAX_OCCURRENCES;

type StoredRecurring = Omit<RecurringSilence, 'id'> & {
  readonly slot: string;
  readonly item: string;
  readonly event: AuditEvent;
  readonly ttl?: number;
};

const isRecurring = (stored: Stored | StoredRecurring): stored is StoredRecurring => stored.item.startsWith(RECURRING);

const recurringIn = ({
  slot: _slot,
  item,
  event: _event,
  ttl: _ttl,
  ...recurring
}: StoredRecurring): RecurringSilence => ({ id: item.slice(RECURRING.length), ...recurring });

/** Access pattern 1. */
export const all = async (alerts: Table): Promise<readonly Silence[]> =>
  (
    await alerts.all<Stored>(
      {
        where: '#slot = :slot AND #item < :recurring',
        values: { slot: SILENCE_SLOT, recurring: RECURRING },
        consistent: true,
      },
      MOST,
    )
  ).map(silenceIn);

/** Access pattern 3. */
export const allRecurring = async (alerts: Table): Promise<readonly RecurringSilence[]> =>
  (
    await alerts.all<StoredRecurring>(
      {
        where: '#slot = :slot AND begins_with(#item, :recurring)',
        values: { slot: SILENCE_SLOT, recurring: RECURRING },
        consistent: true,
      },
      2 * MAX_RECURRING,
    )
  ).map(recurringIn);

/** Access pattern 4. */
export const recurringById = async (alerts: Table, id: string): Promise<RecurringSilence | undefined> => {
  const stored = await alerts.get<StoredRecurring>({ slot: SILENCE_SLOT, item: RECURRING + id }, { consistent: true });
  return stored && recurringIn(stored);
};

/** Access pattern 5. */
export const bothKinds = async (
  alerts: Table,
): Promise<{ readonly silences: readonly Silence[]; readonly recurring: readonly RecurringSilence[] }> => {
  const items = await alerts.all<Stored | StoredRecurring>(
    { where: '#slot = :slot', values: { slot: SILENCE_SLOT }, consistent: true },
    MOST + 2 * MAX_RECURRING,
  );
  return {
    silences: items.flatMap((item) => (isRecurring(item) ? [] : [silenceIn(item)])),
    recurring: items.flatMap((item) => (isRecurring(item) ? [recurringIn(item)] : [])),
  };
};

/** Access pattern 2. */
export const byId = async (alerts: Table, id: string): Promise<Silence | undefined> => {
  const stored = await alerts.get<Stored>({ slot: SILENCE_SLOT, item: id }, { consistent: true });
  return stored && silenceIn(stored);
};

/** Writes a silence with the event of its change. False where it is no longer as it was seen, or exists already. */
export const save = async (
  alerts: Table,
  { id, ...silence }: Silence,
  event: AuditEvent,
  seen?: Silence,
): Promise<boolean> => {
  const { done } = await alerts.put(
    {
      slot: SILENCE_SLOT,
      item: id,
      ...silence,
      event,
      ttl: Math.floor(Date.parse(silence.endsAt) / 1000) + KEPT_SECONDS,
    },
    seen
      ? { expression: '#version = :seen', values: { seen: seen.version } }
      : { expression: 'attribute_not_exists(#slot)' },
  );
  return done;
};

/** Deletes a silence that has not begun. False where it is no longer as it was seen. */
export const remove = async (alerts: Table, { id, version }: Silence): Promise<boolean> =>
  (await alerts.remove({ slot: SILENCE_SLOT, item: id }, { expression: '#version = :seen', values: { seen: version } }))
    .done;

/** Writes a recurring silence with the event of its change. False where it is no longer as it was seen, or exists already. */
export const saveRecurring = async (
  alerts: Table,
  { id, ...recurring }: RecurringSilence,
  event: AuditEvent,
  seen?: RecurringSilence,
): Promise<boolean> => {
  const { done } = await alerts.put(
    {
      slot: SILENCE_SLOT,
      item: RECURRING + id,
      ...recurring,
      event,
      ...(recurring.deletedAt && { ttl: Math.floor(Date.parse(recurring.deletedAt) / 1000) + KEPT_SECONDS }),
    },
    seen
      ? { expression: '#version = :seen', values: { seen: seen.version } }
      : { expression: 'attribute_not_exists(#slot)' },
  );
  return done;
};

/** Notes that the end of a silence is followed up, unless it changed meanwhile. */
export const markRung = async (alerts: Table, { id, version }: Silence, at: Date): Promise<void> => {
  await alerts.update({
    key: { slot: SILENCE_SLOT, item: id },
    set: { rungAt: at.toISOString() },
    when: { expression: '#version = :seen', values: { seen: version } },
  });
};

export type SilenceStore = Bound<typeof store>;
