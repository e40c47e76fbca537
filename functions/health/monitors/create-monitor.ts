import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { newId, newSecret, sha256 } from '../../../shared/kernel/ids.ts';
import { slugTaken } from './change-monitor.ts';
import { lookedAt } from './heartbeat.ts';
import { keptCheck } from './hidden-headers.ts';
import { isHeartbeat, type CreateMonitor, type Monitor, type StoredMonitor } from './monitor.ts';
import { noPast } from './past.ts';
import { unknownState, type KnownState } from './state.ts';
import type { MonitorStore } from './store.ts';
import { monitorView } from './view.ts';

export interface CreateMonitorDeps {
  readonly monitors: Pick<MonitorStore, 'create'>;
  readonly clock: Clock;
}

/** A monitor that was just made. The key of a heartbeat is shown this once. */
export type Created = Monitor & { readonly pingKey?: string };

/** A monitor that begins at `at`, and its first state. */
export const newMonitor = (
  { caller, origin }: Request,
  input: CreateMonitor,
  at: Date,
): { readonly monitor: StoredMonitor; readonly state: KnownState } => {
  const id = newId('mon', at);
  const monitor: StoredMonitor = {
    ...input,
    check: keptCheck(input.check),
    id,
    version: 1,
    service: input.service ?? null,
    team: input.team ?? null,
    runbookUrl: input.runbookUrl ?? null,
    ...noPast(input.service ?? null, input.enabled, at, input.recurringMaintenance),
    createdAt: at.toISOString(),
    changedAt: at.toISOString(),
    changedBy: actorOf(caller),
    event: auditEvent(
      {
        type: 'monitor.created',
        actor: actorOf(caller),
        subject: { kind: 'monitor', id, name: input.name },
        detail: { check: input.check.type },
      },
      origin,
      at,
    ),
  };
  const unknown = unknownState(id, at);
  return { monitor, state: isHeartbeat(monitor) ? lookedAt(monitor, unknown, at) : unknown };
};

/** Makes a monitor. It is checked from its next minute on. A heartbeat is due from now on. Throws `monitor.hidden_value` and `monitor.slug_taken`. */
export const createMonitor = async (
  { monitors, clock }: CreateMonitorDeps,
  request: Request,
  input: CreateMonitor,
): Promise<Created> => {
  const at = clock.now();
  const { monitor, state } = newMonitor(request, input, at);
  const pingKey = isHeartbeat(monitor) ? newSecret(24) : undefined;
  const isMade = await monitors.create(monitor, state, pingKey && sha256(pingKey));
  if (!isMade) throw slugTaken(isHeartbeat(monitor) ? (monitor.check.slug ?? '') : '');
  return { ...monitorView(monitor, state, at), ...(pingKey && { pingKey }) };
};
