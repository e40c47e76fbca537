import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict, invalid } from '../../../shared/kernel/errors.ts';
import { noSuchMonitor } from './get.ts';
import { keptCheck, type Monitor, type ReplaceMonitor, type StoredMonitor } from './monitor.ts';
import { pastAfter } from './past.ts';
import type { MonitorStore } from './store.ts';
import { monitorView } from './view.ts';

/**
 * Puts a whole monitor in place of the version that it follows. Throws `monitor.changed` where somebody else was faster, and
 * `monitor.type` where it would become one of another kind.
 */
export const replace = async (
  { store, clock }: { readonly store: Pick<MonitorStore, 'byId' | 'stateOf' | 'replace'>; readonly clock: Clock },
  caller: Caller,
  origin: Origin,
  id: string,
  { version, ...request }: ReplaceMonitor,
): Promise<Monitor> => {
  const at = clock.now();
  const before = await store.byId(id);
  if (!before) throw noSuchMonitor();
  if ((before.check.type === 'heartbeat') !== (request.check.type === 'heartbeat')) {
    throw invalid(
      'monitor.type',
      'A heartbeat cannot become another kind of monitor, nor another a heartbeat: make a new one.',
    );
  }
  const service = request.service ?? null;
  const next: StoredMonitor = {
    ...request,
    ...pastAfter(before, { ...request, service }, at),
    check: keptCheck(request.check, before.check),
    id,
    version: version + 1,
    service,
    team: request.team ?? null,
    runbookUrl: request.runbookUrl ?? null,
    createdAt: before.createdAt,
    changedAt: at.toISOString(),
    changedBy: actorOf(caller),
    event: auditEvent(
      { type: 'monitor.changed', actor: actorOf(caller), subject: { kind: 'monitor', id, name: request.name } },
      origin,
      at,
    ),
  };
  if (before.version !== version || !(await store.replace(next, before.keyHash))) {
    throw conflict('monitor.changed', 'Somebody changed this monitor meanwhile. Read it, and change it again.');
  }
  return monitorView(next, await store.stateOf(id), at);
};
