import type { Request } from '../../../shared/kernel/caller.ts';
import { invalid } from '../../../shared/kernel/errors.ts';
import { createNotice, type CreateNoticeDeps } from './create-notice.ts';
import type { Notice, PlanMaintenance } from './notice.ts';

/** Announces a maintenance. It begins and ends by the clock. Throws `notice.past` where it would be over already. */
export const planMaintenance = async (
  deps: CreateNoticeDeps,
  request: Request,
  { page, components, from, to, ...wanted }: PlanMaintenance & { readonly page: string },
): Promise<Notice> => {
  if (Date.parse(to) <= deps.clock.now().getTime()) {
    throw invalid('notice.past', 'The maintenance would be over already. Send a later `to`.', {
      errors: [{ pointer: '/to', detail: 'must be in the future' }],
    });
  }
  return createNotice(deps, request, page, {
    ...wanted,
    kind: 'maintenance',
    status: 'scheduled',
    impact: 'none',
    components: components.map((id) => ({ id, state: 'maintenance' })),
    incidentId: null,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
  });
};
