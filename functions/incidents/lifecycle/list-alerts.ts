import type { Request } from '../../../shared/kernel/caller.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { findIncident } from './find-incident.ts';
import type { IncidentStore } from './incident-store.ts';
import type { LinkStore } from './link-store.ts';
import { linkView, type Link } from './link.ts';

/** A page of the alerts of an incident, in the order in which they opened. */
export const listAlerts = async (
  deps: { readonly incidents: Pick<IncidentStore, 'byId'> & Pick<LinkStore, 'listLinks'> },
  request: Request,
  { id, ...page }: PageRequest & { readonly id: string },
): Promise<Page<Link>> => {
  await findIncident(deps, request, { id });
  const { items, next } = await deps.incidents.listLinks(id, page);
  return { items: items.map(linkView), next };
};
