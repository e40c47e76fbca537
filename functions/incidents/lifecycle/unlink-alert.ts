import { actorOf } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict, notFound } from '../../../shared/kernel/errors.ts';
import { OVERTAKEN, untilWritten } from '../../../shared/kernel/until-written.ts';
import { incidentEvent } from './incident-event.ts';
import { linkEntry } from './link.ts';
import { findIncident } from './find-incident.ts';
import type { IncidentStore } from './incident-store.ts';
import type { LinkStore } from './link-store.ts';

/** Unlinks an alert from an incident. Rules never link it again; people may. */
export const unlinkAlert = async (
  deps: {
    readonly clock: Clock;
    readonly incidents: Pick<IncidentStore, 'byId'> & Pick<LinkStore, 'linkOf' | 'moveLink'>;
  },
  request: Request,
  { id: incidentId, alertId }: { readonly id: string; readonly alertId: string },
): Promise<void> => {
  const { clock, incidents } = deps;
  const incident = await findIncident(deps, request, { id: incidentId });
  const actor = actorOf(request.caller);
  return untilWritten(
    async () => {
      const before = await incidents.linkOf(alertId);
      if (before?.incidentId !== incidentId) {
        throw notFound('alert.not_linked', 'The alert does not belong to this incident.');
      }
      const at = clock.now();
      const event = incidentEvent(
        'incident.alert_unlinked',
        incident,
        { actor, origin: request.origin, at },
        { alert: alertId },
      );
      const entries = [{ incidentId, entry: linkEntry('alert_unlinked', before, actor, at) }];
      if (await incidents.moveLink({ before, after: { ...before, incidentId: null }, event }, entries)) return;
      return OVERTAKEN;
    },
    () => conflict('alert.changed', 'The alert is changing at this moment. Try again.'),
  );
};
