import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import { changeMonitor, type ChangeMonitorDeps } from './change-monitor.ts';
import type { CreateMonitor, Monitor } from './monitor.ts';
import { pastAfter } from './past.ts';
import { monitorView } from './view.ts';

/**
 * Changes some fields of a monitor. `set` makes them from the present definition, again in each attempt, and may refuse. Takes effect at
 * once, as a whole replacement does. Throws `monitor.not_found`, `monitor.slug_taken`, and `monitor.changed` where the monitor keeps changing.
 */
export const editMonitor = async (
  deps: ChangeMonitorDeps,
  { caller, origin }: Request,
  {
    id,
    set,
  }: {
    readonly id: string;
    readonly set: (
      present: Pick<CreateMonitor, 'check' | 'labels'>,
    ) => Partial<Pick<CreateMonitor, 'name' | 'check' | 'severity' | 'team' | 'labels' | 'enabled'>>;
  },
): Promise<Monitor> => {
  const { monitor, state, at } = await changeMonitor(deps, id, (before, now) => {
    const next = { ...before, ...set(before) };
    return {
      ...next,
      ...pastAfter(before, next, now),
      team: next.team ?? null,
      version: before.version + 1,
      changedAt: now.toISOString(),
      changedBy: actorOf(caller),
      event: auditEvent(
        { type: 'monitor.changed', actor: actorOf(caller), subject: { kind: 'monitor', id, name: next.name } },
        origin,
        now,
      ),
    };
  });
  return monitorView(monitor, state, at);
};
