import type { Request } from '../../../shared/kernel/caller.ts';
import { replaced } from '../kept.ts';
import { change } from './change.ts';
import { checkPolicyOf, checkService } from './check.ts';
import { noSuchService, type CatalogueDeps } from './get.ts';
import { serviceView, type ReplaceService, type Service } from './service.ts';

/** Puts a whole service in place of the version that it follows. Throws `service.changed` where somebody else was faster. */
export const replaceService = async (
  deps: CatalogueDeps,
  { caller, origin }: Request,
  { id, version, ...wanted }: ReplaceService & { readonly id: string },
): Promise<Service> => {
  const { store, clock } = deps;
  const at = clock.now();
  await checkPolicyOf(wanted, deps);
  return change(store, at, (catalogue) => {
    const before = catalogue.services.find((each) => each.id === id);
    if (!before) throw noSuchService();
    const after = replaced('service', before, version, wanted, { caller, origin, at });
    checkService(id, wanted, catalogue);
    return { change: { kind: 'service', before, after }, event: after.event, result: serviceView(after) };
  });
};
