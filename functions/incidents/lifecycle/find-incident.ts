import type { Caller } from '../../../shared/kernel/caller.ts';
import { notFound } from '../../../shared/kernel/errors.ts';
import { permits } from '../../../shared/kernel/permission.ts';
import { participantsOf, type StoredIncident } from './incident.ts';
import type { IncidentStore } from './store.ts';

/** Who has this sees every private incident. It lies outside `monitoring.*`, so that it is granted on purpose only. */
const SEES_PRIVATE = 'incidents.private';

const noSuchIncident = () => notFound('incident.not_found', 'There is no incident with this id.');

/** True where a caller may know of an incident. */
export const maySee = (
  incident: Pick<StoredIncident, 'private' | 'roles' | 'openedBy'>,
  caller: Pick<Caller, 'id' | 'permissions'>,
): boolean => !incident.private || permits(caller.permissions, SEES_PRIVATE) || participantsOf(incident).has(caller.id);

/** An incident, as it is now. Throws `incident.not_found` also for a private one in which the caller takes no part. */
export const seen = async (
  { incidents }: { readonly incidents: Pick<IncidentStore, 'byId'> },
  caller: Caller,
  id: string,
): Promise<StoredIncident> => {
  const incident = await incidents.byId(id);
  if (!incident || !maySee(incident, caller)) throw noSuchIncident();
  return incident;
};
