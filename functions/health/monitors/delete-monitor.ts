import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { noSuchMonitor } from './get-monitor.ts';
import type { MonitorStore } from './store.ts';

export interface DeleteMonitorDeps {
  readonly monitors: Pick<MonitorStore, 'byId' | 'remove'>;
  readonly clock: Clock;
  /** Days that the event of a removal stays; the past of a monitor stays for its own time at least. */
  readonly retentionDays: number;
}

/** Deletes a monitor. Its history stays for its time, and its alert resolves. Throws `monitor.not_found`. */
export const deleteMonitor = async (
  { monitors, clock, retentionDays }: DeleteMonitorDeps,
  { caller, origin }: Request,
  { id }: { readonly id: string },
): Promise<void> => {
  const monitor = await monitors.byId(id);
  if (!monitor) throw noSuchMonitor();
  const at = clock.now();
  const event = auditEvent(
    { type: 'monitor.deleted', actor: actorOf(caller), subject: { kind: 'monitor', id, name: monitor.name } },
    origin,
    at,
  );
  await monitors.remove(monitor, event, at, retentionDays);
};
