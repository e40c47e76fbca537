import { actorOf } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { assertUsers, newlyNamedIn, type NamingDeps } from './assert-users.ts';
import { entriesOf } from './entry.ts';
import { incidentEvent } from './incident-event.ts';
import type { IncidentStore } from './incident-store.ts';
import { opened, viewOf, type Incident, type OpenIncident } from './incident.ts';

/** Opens an incident by hand. Throws `user.unknown` where a role names no user. */
export const openIncident = async (
  deps: NamingDeps & { readonly clock: Clock; readonly incidents: Pick<IncidentStore, 'save'> },
  { caller, origin }: Request,
  wanted: OpenIncident,
): Promise<Incident> => {
  const { clock, incidents } = deps;
  await assertUsers(deps, newlyNamedIn(wanted.roles));
  const at = clock.now();
  const actor = actorOf(caller);
  const { incident, entries } = opened(newId('inc', at), wanted, actor, at);
  const event = incidentEvent('incident.opened', incident, { actor, origin, at }, { severity: incident.severity });
  const isWritten = await incidents.save({
    incident,
    event,
    beside: { entries: entriesOf(entries, incident.version, actor, at) },
  });
  if (!isWritten) throw new Error(`The incident ${incident.id} is there already`);
  return viewOf(incident);
};
