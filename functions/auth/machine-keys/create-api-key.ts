import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { unprocessable } from '../../../shared/kernel/errors.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { apiKeySubject, apiKeyView, type ApiKeyWithSecret, type CreateApiKey, type StoredApiKey } from './api-key.ts';
import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import { mustCover } from '../roles/must-cover.ts';
import { newMachineKey } from './machine-key.ts';
import { shortest } from '../roles/grants.ts';
import type { ApiKeyStore } from './store.ts';

/** Makes a machine key with a part of the caller's own permissions. The key itself is told this once. */
export const createApiKey = async (
  { store, clock }: { readonly store: Pick<ApiKeyStore, 'createApiKey'>; readonly clock: Clock },
  caller: Caller,
  request: CreateApiKey,
  origin: Origin,
): Promise<ApiKeyWithSecret> => {
  mustCover(caller, request.permissions);
  const at = clock.now();
  const id = newId('key', at);
  const { key, hash } = newMachineKey(id);
  const expiresAt = expiryOf(request, at);
  const tier = request.tier ?? 'machine';
  const stored: StoredApiKey = {
    id,
    name: request.name,
    hash,
    permissions: shortest(request.permissions),
    tier,
    wantedTier: tier,
    status: 'active',
    createdAt: at.toISOString(),
    createdBy: actorOf(caller),
    expiresAt,
    lastUsedAt: null,
    event: auditEvent(
      {
        type: 'apikey.created',
        actor: actorOf(caller),
        subject: apiKeySubject({ id, name: request.name }),
        detail: { permissions: request.permissions.join(' '), ...(expiresAt && { expiresAt }) },
      },
      origin,
      at,
    ),
  };
  await store.createApiKey(stored);
  return { ...apiKeyView(stored, at), key };
};

const expiryOf = ({ expiresAt, expiresInDays }: CreateApiKey, at: Date): string | null => {
  if (expiresInDays !== undefined) return new Date(at.getTime() + expiresInDays * 86_400_000).toISOString();
  if (expiresAt === undefined) return null;
  const instant = new Date(expiresAt);
  if (instant <= at) {
    throw unprocessable('apikey.expired', 'A key that is expired already opens nothing.', {
      errors: [{ pointer: '/expiresAt', detail: 'must be in the future' }],
    });
  }
  return instant.toISOString();
};
