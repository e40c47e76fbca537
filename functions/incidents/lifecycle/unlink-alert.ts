import { actorOf } from '../../../shared/kernel/audit-event.ts';
import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict, notFound } from '../../../shared/kernel/errors.ts';
import { incidentEvent } from './incident-event.ts';
import { linkEntry } from './link.ts';
import { seen } from './find-incident.ts';
import type { IncidentStore } from './store.ts';

const ATTEMPTS = 5;

/** Takes an alert out of an incident. No rule puts it into one again; people may. */
export const unlinkAlert = async (
  {
    clock,
    incidents,
  }: { readonly clock: Clock; readonly incidents: Pick<IncidentStore, 'byId' | 'linkOf' | 'moveLink'> },
  caller: Caller,
  origin: Origin,
  { incidentId, alertId }: { readonly incidentId: string; readonly alertId: string },
): Promise<void> => {
  const incident = await seen({ incidents }, caller, incidentId);
  const actor = actorOf(caller);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = await incidents.linkOf(alertId);
    if (before?.incidentId !== incidentId) {
      throw notFound('alert.not_linked', 'The alert does not belong to this incident.');
    }
    const at = clock.now();
    const event = incidentEvent('incident.alert_unlinked', incident, { actor, origin, at }, { alert: alertId });
    const told = [{ incidentId, entry: linkEntry('alert_unlinked', before, actor, at) }];
    if (await incidents.moveLink({ before, after: { ...before, incidentId: null }, event }, told)) return;
  }
  throw conflict('alert.changed', 'The alert keeps changing at this moment. Try again.');
};
