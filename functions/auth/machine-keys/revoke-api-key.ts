import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { notFound } from '../../../shared/kernel/errors.ts';
import { apiKeySubject } from './api-key.ts';
import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import { mustCover } from '../roles/must-cover.ts';
import type { ApiKeyStore } from './store.ts';

/** Revokes a machine key of no more than the caller may do. Within a minute it opens nothing any more. */
export const revokeApiKey = async (
  { store, clock }: { readonly store: Pick<ApiKeyStore, 'apiKeyById' | 'revokeApiKey'>; readonly clock: Clock },
  caller: Caller,
  id: string,
  origin: Origin,
): Promise<void> => {
  const key = await store.apiKeyById(id);
  if (!key) throw noSuchKey();
  mustCover(caller, key.permissions);
  const at = clock.now();
  const event = auditEvent({ type: 'apikey.revoked', actor: actorOf(caller), subject: apiKeySubject(key) }, origin, at);
  if (!(await store.revokeApiKey(id, event, at))) throw noSuchKey();
};

const noSuchKey = () => notFound('apikey.not_found', 'There is no machine key with this id.');
