import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { change } from './change.ts';
import { checkService } from './check.ts';
import { noSuchService, type CatalogueDeps } from './get.ts';
import { serviceView, type ReplaceService, type StoredService, type Service } from './service.ts';

/** Puts a whole service in place of the version that it follows. Throws `service.changed` where somebody else was faster. */
export const replaceService = (
  { store, clock }: CatalogueDeps,
  caller: Caller,
  origin: Origin,
  id: string,
  { version, ...request }: ReplaceService,
): Promise<Service> => {
  const at = clock.now();
  const event = auditEvent(
    { type: 'service.changed', actor: actorOf(caller), subject: { kind: 'service', id, name: request.name } },
    origin,
    at,
  );
  return change(store, at, (catalogue) => {
    const before = catalogue.services.find((each) => each.id === id);
    if (!before) throw noSuchService();
    if (before.version !== version) {
      throw conflict('service.changed', 'Somebody changed this service meanwhile. Read it, and change it again.');
    }
    checkService(id, request, catalogue);
    const after: StoredService = {
      ...request,
      id,
      version: version + 1,
      createdAt: before.createdAt,
      changedAt: at.toISOString(),
      changedBy: actorOf(caller),
      event,
    };
    return { change: { kind: 'service', before, after }, event, result: serviceView(after) };
  });
};
