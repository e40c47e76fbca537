import type { Request } from '../../../shared/kernel/caller.ts';
import { eventOf } from '../kept.ts';
import { change } from './change.ts';
import { checkServiceUnused } from './check.ts';
import { noSuchService, type CatalogueDeps } from './get.ts';

/** Deletes a service. Throws `service.in_use` while others refer to it, and names them. */
export const removeService = (
  { store, clock }: CatalogueDeps,
  { caller, origin }: Request,
  { id }: { readonly id: string },
): Promise<void> => {
  const at = clock.now();
  return change(store, at, (catalogue) => {
    const before = catalogue.services.find((each) => each.id === id);
    if (!before) throw noSuchService();
    checkServiceUnused(before, catalogue);
    const event = eventOf('service', 'deleted', before, { caller, origin, at });
    return { change: { kind: 'service', before, after: undefined }, event, result: undefined };
  });
};
