import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { noSuchMonitor } from './get.ts';
import { MAX_WINDOWS, type Monitor, type StoredMonitor, type SwitchMaintenance } from './monitor.ts';
import { pastAfter } from './past.ts';
import type { MonitorStore } from './store.ts';
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

const ATTEMPTS = 5;

/**
 * Puts a monitor into maintenance from now on, or takes it out: it is checked, and wakes nobody. Needs no version: whatever
 * else somebody changes at the same moment stays changed. Throws `monitor.windows` where there is no room for a window.
 */
export const switchMaintenance = async (
  { store, clock }: { readonly store: Pick<MonitorStore, 'byId' | 'stateOf' | 'replace'>; readonly clock: Clock },
  caller: Caller,
  origin: Origin,
  id: string,
  { minutes }: SwitchMaintenance,
): Promise<Monitor> => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const at = clock.now();
    const stored = await store.byId(id);
    if (!stored) throw noSuchMonitor();
    const { keyHash, ...before } = stored;
    const maintenance = switched(before.maintenance, minutes, at);
    if (maintenance.length > MAX_WINDOWS) {
      throw conflict('monitor.windows', `A monitor has at most ${MAX_WINDOWS} windows. Take one away first.`);
    }
    const next: StoredMonitor = {
      ...before,
      ...pastAfter(before, { ...before, maintenance }, at),
      maintenance,
      version: before.version + 1,
      changedAt: at.toISOString(),
      changedBy: actorOf(caller),
      event: auditEvent(
        {
          type: minutes > 0 ? 'monitor.maintenance_begun' : 'monitor.maintenance_ended',
          actor: actorOf(caller),
          subject: { kind: 'monitor', id, name: before.name },
          detail: { minutes: String(minutes) },
        },
        origin,
        at,
      ),
    };
    if (await store.replace(next, keyHash)) return monitorView(next, await store.stateOf(id), at);
  }
  throw conflict('monitor.changed', 'This monitor keeps being changed. Try again.');
};
