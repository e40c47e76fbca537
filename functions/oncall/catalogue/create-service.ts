import type { Request } from '../../../shared/kernel/caller.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { made } from '../kept.ts';
import { change } from './change.ts';
import { checkPolicyOf, checkService } from './check.ts';
import type { CatalogueDeps } from './get.ts';
import { serviceView, type CreateService, type Service } from './service.ts';

/** Creates a service. Throws the refusals of check.ts. */
export const createService = async (
  deps: CatalogueDeps,
  { caller, origin }: Request,
  wanted: CreateService,
): Promise<Service> => {
  const { store, clock } = deps;
  const at = clock.now();
  await checkPolicyOf(wanted, deps);
  const after = made('service', newId('svc', at), wanted, { caller, origin, at });
  return change(store, at, (catalogue) => {
    checkService(after.id, wanted, catalogue);
    return { change: { kind: 'service', after }, event: after.event, result: serviceView(after) };
  });
};
