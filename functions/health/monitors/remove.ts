import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { noSuchMonitor } from './get.ts';
import type { MonitorStore } from './store.ts';

/** Deletes a monitor. Its history stays for its time, and what it raised resolves. */
export const remove = async (
  { store, clock }: { readonly store: Pick<MonitorStore, 'byId' | 'remove'>; readonly clock: Clock },
  caller: Caller,
  origin: Origin,
  id: string,
): Promise<void> => {
  const monitor = await store.byId(id);
  if (!monitor) throw noSuchMonitor();
  const at = clock.now();
  const event = auditEvent(
    { type: 'monitor.deleted', actor: actorOf(caller), subject: { kind: 'monitor', id, name: monitor.name } },
    origin,
    at,
  );
  await store.remove(monitor, event, at);
};
