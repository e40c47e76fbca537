import { actorOf } from '../../../shared/kernel/audit-event.ts';
import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict, notFound } from '../../../shared/kernel/errors.ts';
import type { Alert } from '../../alerts/port.ts';
import { incidentEvent } from './incident-event.ts';
import { closed } from './incident.ts';
import { linked, linkEntry, linkView, type Link } from './link.ts';
import { maySee, seen } from './find-incident.ts';
import type { IncidentStore } from './store.ts';

export interface LinkDeps {
  readonly clock: Clock;
  readonly incidents: Pick<IncidentStore, 'byId' | 'linkOf' | 'moveLink'>;
  readonly alertNow: (id: string) => Promise<Alert | undefined>;
}

const ATTEMPTS = 5;

/**
 * Links an alert to an incident. Throws `alert.linked` where it belongs to another one, unless it is to be moved and the caller
 * may know of that one; what is linked here already stays so.
 */
export const linkAlert = async (
  { clock, incidents, alertNow }: LinkDeps,
  caller: Caller,
  origin: Origin,
  incidentId: string,
  { alertId, move }: { readonly alertId: string; readonly move?: boolean | undefined },
): Promise<Link> => {
  const incident = await seen({ incidents }, caller, incidentId);
  if (incident.status === 'closed') throw closed(incident);
  const actor = actorOf(caller);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = await incidents.linkOf(alertId);
    if (before?.incidentId === incidentId) return linkView(before);
    if (before?.incidentId) await assertFree({ incidents }, caller, before.incidentId, move === true);
    const alert = await alertNow(alertId);
    if (!alert) throw notFound('alert.not_found', 'There is no alert with this id.');
    const at = clock.now();
    const after = linked(alert, incidentId, actor, at);
    const event = incidentEvent('incident.alert_linked', incident, { actor, origin, at }, { alert: alertId });
    const told = [
      { incidentId, entry: linkEntry('alert_linked', after, actor, at) },
      ...(before?.incidentId
        ? [{ incidentId: before.incidentId, entry: linkEntry('alert_unlinked', after, actor, at) }]
        : []),
    ];
    if (await incidents.moveLink({ before, after, event }, told)) return linkView(after);
  }
  throw conflict('alert.changed', 'The alert keeps changing at this moment. Try again.');
};

/** An alert is taken from another incident where that was said, and by whoever may know of that one. */
const assertFree = async (
  { incidents }: { readonly incidents: Pick<IncidentStore, 'byId'> },
  caller: Caller,
  otherId: string,
  move: boolean,
): Promise<void> => {
  const other = await incidents.byId(otherId);
  if (other && !maySee(other, caller)) {
    throw conflict('alert.linked', 'The alert belongs to another incident, in which you take no part.');
  }
  if (!move) throw conflict('alert.linked', `The alert belongs to ${otherId}. Say move to take it from there.`);
};
