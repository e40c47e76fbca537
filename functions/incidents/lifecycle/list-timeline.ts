import type { Request } from '../../../shared/kernel/caller.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import type { Entry } from './entry.ts';
import { findIncident } from './find-incident.ts';
import type { IncidentStore } from './incident-store.ts';

/** A page of the timeline of an incident, oldest first. */
export const listTimeline = async (
  deps: { readonly incidents: Pick<IncidentStore, 'byId' | 'listEntries'> },
  request: Request,
  { id, ...page }: PageRequest & { readonly id: string },
): Promise<Page<Entry>> => {
  await findIncident(deps, request, { id });
  return deps.incidents.listEntries(id, page);
};
