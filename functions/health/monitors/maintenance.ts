import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { changeMonitor, type ChangeDeps } from './change.ts';
import { MAX_WINDOWS, type Monitor, type StoredMonitor, type SwitchMaintenance } from './monitor.ts';
import { pastAfter } from './past.ts';
import { monitorView } from './view.ts';

type Windows = StoredMonitor['maintenance'];

/** The windows after the switch: those that last are cut off now, those that are over fall to the past, those to come stay. */
const switched = (windows: Windows, minutes: number, at: Date): Windows => {
  const now = at.toISOString();
  const kept = windows.filter(({ from, to }) => Date.parse(to) > at.getTime() && Date.parse(from) > at.getTime());
  if (minutes === 0) return kept;
  const began = windows
    .filter(({ from, to }) => Date.parse(from) <= at.getTime() && Date.parse(to) > at.getTime())
    .map(({ from }) => from)
    .sort()[0];
  return [{ from: began ?? now, to: new Date(at.getTime() + minutes * 60_000).toISOString() }, ...kept];
};

/**
 * Puts a monitor into maintenance from now on, or takes it out: it is checked, and wakes nobody. Needs no version: whatever
 * else somebody changes at the same moment stays changed. Throws `monitor.windows` where there is no room for a window.
 */
export const switchMaintenance = async (
  deps: ChangeDeps,
  caller: Caller,
  origin: Origin,
  id: string,
  { minutes }: SwitchMaintenance,
): Promise<Monitor> => {
  const { monitor, state, at } = await changeMonitor(deps, id, (before, now): StoredMonitor => {
    const maintenance = switched(before.maintenance, minutes, now);
    if (maintenance.length > MAX_WINDOWS) {
      throw conflict('monitor.windows', `A monitor has at most ${MAX_WINDOWS} windows. Take one away first.`);
    }
    return {
      ...before,
      ...pastAfter(before, { ...before, maintenance }, now),
      maintenance,
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
