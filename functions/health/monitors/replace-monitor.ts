import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import { conflict, invalid } from '../../../shared/kernel/errors.ts';
import { changeMonitor, type ChangeMonitorDeps } from './change-monitor.ts';
import { keptCheck } from './hidden-headers.ts';
import type { Monitor, ReplaceMonitor, StoredMonitor } from './monitor.ts';
import { pastAfter } from './past.ts';
import { monitorView } from './view.ts';

/**
 * Replaces a whole monitor at the version that it follows. Takes effect at once: the alert of a monitor that is paused or changes
 * its type resolves, and a heartbeat is due by its new schedule. Throws `monitor.not_found`, `monitor.changed` where somebody
 * else was faster, `monitor.type` where a heartbeat would become another kind of monitor, and `monitor.hidden_value`.
 */
export const replaceMonitor = async (
  deps: ChangeMonitorDeps,
  { caller, origin }: Request,
  { id, version, ...input }: ReplaceMonitor & { readonly id: string },
): Promise<Monitor> => {
  const { monitor, state, at } = await changeMonitor(deps, id, (before, now): StoredMonitor => {
    if ((before.check.type === 'heartbeat') !== (input.check.type === 'heartbeat')) {
      throw invalid(
        'monitor.type',
        'A heartbeat cannot become another kind of monitor, and no other monitor a heartbeat. Create a new one.',
      );
    }
    if (before.version !== version) {
      throw conflict(
        'monitor.changed',
        'Somebody changed this monitor meanwhile. Read it, and send the change with its version.',
      );
    }
    const service = input.service ?? null;
    return {
      ...input,
      ...pastAfter(before, { ...input, service }, now),
      check: keptCheck(input.check, before.check),
      id,
      version: version + 1,
      service,
      team: input.team ?? null,
      runbookUrl: input.runbookUrl ?? null,
      createdAt: before.createdAt,
      changedAt: now.toISOString(),
      changedBy: actorOf(caller),
      event: auditEvent(
        { type: 'monitor.changed', actor: actorOf(caller), subject: { kind: 'monitor', id, name: input.name } },
        origin,
        now,
      ),
    };
  });
  return monitorView(monitor, state, at);
};
