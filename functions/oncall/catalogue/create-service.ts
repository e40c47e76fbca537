import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { change } from './change.ts';
import { checkService } from './check.ts';
import type { CatalogueDeps } from './get.ts';
import { serviceView, type CreateService, type StoredService, type Service } from './service.ts';

/** Makes a service. Throws what stands against it (check.ts). */
export const createService = (
  { store, clock }: CatalogueDeps,
  caller: Caller,
  origin: Origin,
  request: CreateService,
): Promise<Service> => {
  const at = clock.now();
  const id = newId('svc', at);
  const event = auditEvent(
    { type: 'service.created', actor: actorOf(caller), subject: { kind: 'service', id, name: request.name } },
    origin,
    at,
  );
  const after: StoredService = {
    ...request,
    id,
    version: 1,
    createdAt: at.toISOString(),
    changedAt: at.toISOString(),
    changedBy: actorOf(caller),
    event,
  };
  return change(store, at, (catalogue) => {
    checkService(id, request, catalogue);
    return { change: { kind: 'service', after }, event, result: serviceView(after) };
  });
};
