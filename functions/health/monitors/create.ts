import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { newId, newSecret, sha256 } from '../../../shared/kernel/ids.ts';
import { lookedAt } from './heartbeat.ts';
import { keptCheck } from './hidden-headers.ts';
import { isHeartbeat, type CreateMonitor, type Monitor, type StoredMonitor } from './monitor.ts';
import { noPast } from './past.ts';
import { unknownState } from './state.ts';
import type { MonitorStore } from './store.ts';
import { monitorView } from './view.ts';

/** A heartbeat's key is shown once. */
export type Created = Monitor & { readonly pingKey?: string };

/** Makes a monitor. It is checked from its next minute on; a heartbeat is waited for from now on. Throws `monitor.hidden_value`. */
export const create = async (
  { store, clock }: { readonly store: Pick<MonitorStore, 'create'>; readonly clock: Clock },
  caller: Caller,
  origin: Origin,
  request: CreateMonitor,
): Promise<Created> => {
  const at = clock.now();
  const id = newId('mon', at);
  const monitor: StoredMonitor = {
    ...request,
    check: keptCheck(request.check),
    id,
    version: 1,
    service: request.service ?? null,
    team: request.team ?? null,
    runbookUrl: request.runbookUrl ?? null,
    ...noPast(request.service ?? null, request.enabled, at),
    createdAt: at.toISOString(),
    changedAt: at.toISOString(),
    changedBy: actorOf(caller),
    event: auditEvent(
      {
        type: 'monitor.created',
        actor: actorOf(caller),
        subject: { kind: 'monitor', id, name: request.name },
        detail: { check: request.check.type },
      },
      origin,
      at,
    ),
  };
  const pingKey = isHeartbeat(monitor) ? newSecret(24) : undefined;
  const unknown = unknownState(id, at);
  const state = isHeartbeat(monitor) ? lookedAt(monitor, unknown, at) : unknown;
  await store.create(monitor, state, pingKey && sha256(pingKey));
  return { ...monitorView(monitor, state, at), ...(pingKey && { pingKey }) };
};
