import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { changeMonitor, type ChangeMonitorDeps } from './change-monitor.ts';
import { MAX_WINDOWS, type Monitor, type StoredMonitor, type SwitchMaintenance } from './monitor.ts';
import { MAX_EXCEPTIONS, occurrenceAt, type Recurrence } from '../../../shared/calendar/recurrence.ts';
import { pastAfter } from './past.ts';
import { MINUTE_MS } from '../units.ts';
import { monitorView } from './view.ts';

type Windows = StoredMonitor['maintenance'];

/** The windows after the switch: those that last end now, those that are over move to the past, those to come stay. */
const switched = (windows: Windows, minutes: number, at: Date): Windows => {
  const now = at.toISOString();
  const kept = windows.filter(({ from, to }) => Date.parse(to) > at.getTime() && Date.parse(from) > at.getTime());
  if (minutes === 0) return kept;
  const began = windows
    .filter(({ from, to }) => Date.parse(from) <= at.getTime() && Date.parse(to) > at.getTime())
    .map(({ from }) => from)
    .sort()[0];
  return [{ from: began ?? now, to: new Date(at.getTime() + minutes * MINUTE_MS).toISOString() }, ...kept];
};

/** A recurrence without the times that last now: their days become exceptions. */
const withoutNow = (recurrence: Recurrence, at: Date): Recurrence => {
  const now = occurrenceAt(recurrence, at);
  if (!now) return recurrence;
  const except = [...recurrence.except, now.name.slice(0, 10)].slice(-MAX_EXCEPTIONS);
  return withoutNow({ ...recurrence, except }, at);
};

/**
 * Puts a monitor into maintenance from now on, or takes it out. In maintenance it is checked, and wakes nobody. Needs no version:
 * other changes made at the same moment stay. Throws `monitor.not_found`, `monitor.changed`, and `monitor.windows` where the monitor
 * has too many windows.
 */
export const switchMaintenance = async (
  deps: ChangeMonitorDeps,
  { caller, origin }: Request,
  { id, minutes }: SwitchMaintenance & { readonly id: string },
): Promise<Monitor> => {
  const { monitor, state, at } = await changeMonitor(deps, id, (before, now): StoredMonitor => {
    const maintenance = switched(before.maintenance, minutes, now);
    if (maintenance.length > MAX_WINDOWS) {
      throw conflict('monitor.windows', `A monitor has at most ${MAX_WINDOWS} maintenance windows. Remove one first.`);
    }
    const recurring = before.recurringMaintenance ?? [];
    const next = {
      ...before,
      maintenance,
      recurringMaintenance: minutes === 0 ? recurring.map((each) => withoutNow(each, now)) : recurring,
    };
    return {
      ...next,
      ...pastAfter(before, next, now),
      version: before.version + 1,
      changedAt: now.toISOString(),
      changedBy: actorOf(caller),
      event: auditEvent(
        {
          type: minutes > 0 ? 'monitor.maintenance_begun' : 'monitor.maintenance_ended',
          actor: actorOf(caller),
          subject: { kind: 'monitor', id, name: before.name },
          detail: { minutes: String(minutes) },
        },
        origin,
        now,
      ),
    };
  });
  return monitorView(monitor, state, at);
};
