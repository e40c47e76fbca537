import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import { invalid } from '../../../shared/kernel/errors.ts';
import { newSecret, sha256 } from '../../../shared/kernel/ids.ts';
import { changeMonitor, type ChangeMonitorDeps } from './change-monitor.ts';
import { isHeartbeat, type Monitor, type StoredMonitor } from './monitor.ts';
import { monitorView } from './view.ts';

/**
 * Gives a heartbeat another key, which is answered this once. The one before is unknown from then on. Throws `monitor.not_found`,
 * `monitor.type` for a monitor that is no heartbeat, and `monitor.changed`.
 */
export const renewPingKey = async (
  deps: ChangeMonitorDeps,
  { caller, origin }: Request,
  { id }: { readonly id: string },
): Promise<Monitor & { readonly pingKey: string }> => {
  const pingKey = newSecret(24);
  const { monitor, state, at } = await changeMonitor(
    deps,
    id,
    (before, now): StoredMonitor & { readonly keyHash: string } => {
      if (!isHeartbeat(before)) throw invalid('monitor.type', 'Only a heartbeat has a key.');
      return {
        ...before,
        keyHash: sha256(pingKey),
        version: before.version + 1,
        changedAt: now.toISOString(),
        changedBy: actorOf(caller),
        event: auditEvent(
          { type: 'monitor.key_renewed', actor: actorOf(caller), subject: { kind: 'monitor', id, name: before.name } },
          origin,
          now,
        ),
      };
    },
  );
  return { ...monitorView(monitor, state, at), pingKey };
};
