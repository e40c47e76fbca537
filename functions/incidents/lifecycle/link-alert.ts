import { actorOf } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict, notFound } from '../../../shared/kernel/errors.ts';
import { OVERTAKEN, untilWritten } from '../../../shared/kernel/until-written.ts';
import type { Alert } from '../../alerts/port.ts';
import { incidentEvent } from './incident-event.ts';
import { closed } from './incident.ts';
import { linked, linkEntry, linkView, type Link } from './link.ts';
import { findIncident, maySee } from './find-incident.ts';
import type { IncidentStore } from './incident-store.ts';
import type { LinkStore } from './link-store.ts';

export interface LinkDeps {
  readonly clock: Clock;
  readonly incidents: Pick<IncidentStore, 'byId'> & Pick<LinkStore, 'linkOf' | 'moveLink'>;
  readonly alertNow: (id: string) => Promise<Alert | undefined>;
}

export interface NewLink {
  /** Id of the incident. */
  readonly id: string;
  readonly alertId: string;
  /** Takes the alert from another incident. */
  readonly move?: boolean | undefined;
}

/**
 * Links an alert to an incident. Throws `alert.linked` where it belongs to another one, unless `move` is set and the caller may
 * see that one. An alert that is linked here already stays linked.
 */
export const linkAlert = async (
  deps: LinkDeps,
  request: Request,
  { id: incidentId, alertId, move = false }: NewLink,
): Promise<Link> => {
  const { clock, incidents, alertNow } = deps;
  const incident = await findIncident(deps, request, { id: incidentId });
  if (incident.status === 'closed') throw closed(incident);
  const actor = actorOf(request.caller);
  return untilWritten(
    async () => {
      const before = await incidents.linkOf(alertId);
      if (before?.incidentId === incidentId) return linkView(before);
      if (before?.incidentId) await assertMovable(deps, request, { otherId: before.incidentId, move });
      const alert = await alertNow(alertId);
      if (!alert) throw notFound('alert.not_found', 'There is no alert with this id.');
      const at = clock.now();
      const after = linked(alert, incidentId, actor, at);
      const event = incidentEvent(
        'incident.alert_linked',
        incident,
        { actor, origin: request.origin, at },
        { alert: alertId },
      );
      const entries = [
        { incidentId, entry: linkEntry('alert_linked', after, actor, at) },
        ...(before?.incidentId
          ? [{ incidentId: before.incidentId, entry: linkEntry('alert_unlinked', after, actor, at) }]
          : []),
      ];
      if (await incidents.moveLink({ before, after, event }, entries)) return linkView(after);
      return OVERTAKEN;
    },
    () => conflict('alert.changed', 'The alert is changing at this moment. Try again.'),
  );
};

/** Only a caller who may see the other incident takes an alert from it, and only with `move`. */
const assertMovable = async (
  { incidents }: Pick<LinkDeps, 'incidents'>,
  { caller }: Request,
  { otherId, move }: { readonly otherId: string; readonly move: boolean },
): Promise<void> => {
  const other = await incidents.byId(otherId);
  if (other && !maySee(other, caller)) {
    throw conflict(
      'alert.linked',
      'The alert belongs to another incident that you may not see. Ask one of its participants to unlink it.',
    );
  }
  if (!move) throw conflict('alert.linked', `The alert belongs to ${otherId}. Set move to true to take it from there.`);
};
