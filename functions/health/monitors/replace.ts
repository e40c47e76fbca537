import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import { conflict, invalid } from '../../../shared/kernel/errors.ts';
import { changeMonitor, type ChangeDeps } from './change.ts';
import { keptCheck } from './hidden-headers.ts';
import type { Monitor, ReplaceMonitor, StoredMonitor } from './monitor.ts';
import { pastAfter } from './past.ts';
import { monitorView } from './view.ts';

/**
 * Replaces a whole monitor at the version that it follows. Takes effect at once: what it raised is over if it is paused or
 * becomes one of another type, and a heartbeat is due by its new schedule. Throws `monitor.changed` where somebody else was
 * faster, `monitor.type` where it would become one of another kind, and `monitor.hidden_value`.
 */
export const replace = async (
  deps: ChangeDeps,
  caller: Caller,
  origin: Origin,
  id: string,
  { version, ...request }: ReplaceMonitor,
): Promise<Monitor> => {
  const { monitor, state, at } = await changeMonitor(deps, id, (before, now): StoredMonitor => {
    if ((before.check.type === 'heartbeat') !== (request.check.type === 'heartbeat')) {
      throw invalid(
        'monitor.type',
        'A heartbeat cannot become another kind of monitor, nor another a heartbeat: make a new one.',
      );
    }
    if (before.version !== version) {
      throw conflict('monitor.changed', 'Somebody changed this monitor meanwhile. Read it, and change it again.');
    }
    const service = request.service ?? null;
    return {
      ...request,
      ...pastAfter(before, { ...request, service }, now),
      check: keptCheck(request.check, before.check),
      id,
      version: version + 1,
      service,
      team: request.team ?? null,
      runbookUrl: request.runbookUrl ?? null,
      createdAt: before.createdAt,
      changedAt: now.toISOString(),
      changedBy: actorOf(caller),
      event: auditEvent(
        { type: 'monitor.changed', actor: actorOf(caller), subject: { kind: 'monitor', id, name: request.name } },
        origin,
        now,
      ),
    };
  });
  return monitorView(monitor, state, at);
};
