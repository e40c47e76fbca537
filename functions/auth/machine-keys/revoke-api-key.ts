import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { notFound } from '../../../shared/kernel/errors.ts';
import { apiKeySubject } from './api-key.ts';
import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { AuthStore } from '../accounts/store.ts';

/** Revokes a machine key; within a minute it opens nothing any more. */
export const revokeApiKey = async (
  { store, clock }: { readonly store: Pick<AuthStore, 'apiKeyById' | 'revokeApiKey'>; readonly clock: Clock },
  caller: Caller,
  id: string,
  origin: Origin,
): Promise<void> => {
  const at = clock.now();
  const key = await store.apiKeyById(id);
  const isDone =
    key &&
    (await store.revokeApiKey(
      id,
      auditEvent({ type: 'apikey.revoked', actor: actorOf(caller), subject: apiKeySubject(key) }, origin, at),
      at,
    ));
  if (!isDone) throw notFound('apikey.not_found', 'There is no machine key with this id.');
};
