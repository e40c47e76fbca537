import { streamBatchReactor, type PoisonDeps } from '../../../shared/aws/stream.ts';
import { changedFields } from '../configuration.ts';
import { changesDeps } from '../deps.ts';
import { entryOfEvent } from '../entry.ts';
import { eventIn, type Eventful } from '../event-in.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { raiseSecurityAlerts, type SecurityAlertDeps } from '../security-alerts.ts';
import type { AuditStore } from '../store.ts';

/** Stores each event that a write of a table carries, and raises an alert of those that worry somebody. */
export const changesReactor = (
  deps: () => PoisonDeps & SecurityAlertDeps & { readonly clock: Clock; readonly store: Pick<AuditStore, 'add'> },
) =>
  streamBatchReactor<Eventful>(deps, (_, { label }) => async (written) => {
    const event = eventIn(written);
    if (!event) return;
    const detail = { ...event.detail, ...changedFields(event.subject.kind, written) };
    await deps().store.add(entryOfEvent({ ...event, detail }), deps().clock.now());
    await raiseSecurityAlerts(deps(), event, label);
  });

export const handler = changesReactor(changesDeps);
