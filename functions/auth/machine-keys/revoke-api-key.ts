import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { notFound } from '../../../shared/kernel/errors.ts';
import { assertCovers } from '../roles/assert-covers.ts';
import { apiKeySubject } from './api-key.ts';
import type { ApiKeyStore } from './store.ts';

/** A process believes what it read of a key for 20 seconds, and the gateway what the authorizer answered for 30 more. */
export const REVOKED_WITHIN_SECONDS = 60;

/** Revokes a machine key, within a minute. Throws `auth.escalation` where the key may do more than the caller. */
export const revokeApiKey = async (
  { store, clock }: { readonly store: Pick<ApiKeyStore, 'apiKeyById' | 'revokeApiKey'>; readonly clock: Clock },
  { caller, origin }: Request,
  { id }: { readonly id: string },
): Promise<void> => {
  const key = await store.apiKeyById(id);
  if (!key) throw noSuchKey();
  assertCovers(caller, key.permissions);
  const at = clock.now();
  const event = auditEvent({ type: 'apikey.revoked', actor: actorOf(caller), subject: apiKeySubject(key) }, origin, at);
  if (!(await store.revokeApiKey(id, event, at))) throw noSuchKey();
};

const noSuchKey = () => notFound('apikey.not_found', 'There is no machine key with this id.');
