import type { Caller, Request } from '../../../shared/kernel/caller.ts';
import { notFound } from '../../../shared/kernel/errors.ts';
import { permits, type Permission } from '../../../shared/kernel/permission.ts';
import { participantsOf, type StoredIncident } from './incident.ts';
import type { IncidentStore } from './incident-store.ts';

/** Shows every private incident. It lies outside `monitoring.*`, so that it is only granted on purpose. */
const SEES_PRIVATE = 'incidents.private' satisfies Permission;

const noSuchIncident = () => notFound('incident.not_found', 'There is no incident with this id.');

/** True where a caller may see an incident. */
export const maySee = (
  incident: Pick<StoredIncident, 'private' | 'roles' | 'openedBy'>,
  caller: Pick<Caller, 'id' | 'permissions'>,
): boolean => !incident.private || permits(caller.permissions, SEES_PRIVATE) || participantsOf(incident).has(caller.id);

/** The present version of an incident. Throws `incident.not_found`, also for a private one that the caller may not see. */
export const findIncident = async (
  { incidents }: { readonly incidents: Pick<IncidentStore, 'byId'> },
  { caller }: Pick<Request, 'caller'>,
  { id }: { readonly id: string },
): Promise<StoredIncident> => {
  const incident = await incidents.byId(id);
  if (!incident || !maySee(incident, caller)) throw noSuchIncident();
  return incident;
};
