import type { Caller, Request } from '../../../shared/kernel/caller.ts';
import { notFound } from '../../../shared/kernel/errors.ts';
import { createNotice, type CreateNoticeDeps } from './create-notice.ts';
import type { Notice, PublishIncident } from './notice.ts';

export interface PublishIncidentDeps extends CreateNoticeDeps {
  readonly incidentIsVisible: (id: string, caller: Caller) => Promise<boolean>;
}

/**
 * Makes an incident public with a title and a text of its own. Throws `incident.not_found` for a linked incident that does not exist,
 * or that the caller may not see.
 */
export const publishIncident = async (
  deps: PublishIncidentDeps,
  request: Request,
  { page, ...wanted }: PublishIncident & { readonly page: string },
): Promise<Notice> => {
  if (wanted.incidentId !== null && !(await deps.incidentIsVisible(wanted.incidentId, request.caller))) {
    throw notFound('incident.not_found', 'There is no incident with this id.');
  }
  return createNotice(deps, request, page, { ...wanted, kind: 'incident', from: null, to: null });
};
