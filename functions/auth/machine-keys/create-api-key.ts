import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { unprocessable } from '../../../shared/kernel/errors.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { assertCovers } from '../roles/assert-covers.ts';
import { shortest } from '../roles/grants.ts';
import {
  apiKeySubject,
  apiKeyView,
  KEY_DAYS,
  type ApiKeyWithSecret,
  type CreateApiKey,
  type StoredApiKey,
} from './api-key.ts';
import { newMachineKey } from './machine-key.ts';
import type { ApiKeyStore } from './store.ts';

/** Creates a machine key with some of the caller's own permissions. The answer alone shows the key itself. */
export const createApiKey = async (
  { store, clock }: { readonly store: Pick<ApiKeyStore, 'createApiKey'>; readonly clock: Clock },
  { caller, origin }: Request,
  wanted: CreateApiKey,
): Promise<ApiKeyWithSecret> => {
  assertCovers(caller, wanted.permissions);
  const at = clock.now();
  const id = newId('key', at);
  const { key, hash } = newMachineKey(id);
  const expiresAt = expiryOf(wanted, at);
  const tier = wanted.tier ?? 'machine';
  const networks = wanted.networks?.length ? wanted.networks : undefined;
  const stored: StoredApiKey = {
    id,
    name: wanted.name,
    hash,
    permissions: shortest(wanted.permissions),
    tier,
    wantedTier: tier,
    status: 'active',
    createdAt: at.toISOString(),
    createdBy: actorOf(caller),
    expiresAt,
    ...(networks && { networks }),
    lastUsedAt: null,
    event: auditEvent(
      {
        type: 'apikey.created',
        actor: actorOf(caller),
        subject: apiKeySubject({ id, name: wanted.name }),
        detail: {
          permissions: wanted.permissions.join(' '),
          ...(expiresAt && { expiresAt }),
          ...(networks && { networks: networks.join(' ') }),
        },
      },
      origin,
      at,
    ),
  };
  await store.createApiKey(stored);
  return { ...apiKeyView(stored, at), key };
};

const expiryOf = ({ expiresAt, expiresInDays = KEY_DAYS }: CreateApiKey, at: Date): string | null => {
  if (expiresAt === null) return null;
  if (expiresAt === undefined) return new Date(at.getTime() + expiresInDays * 86_400_000).toISOString();
  const instant = new Date(expiresAt);
  if (instant <= at) {
    throw unprocessable('apikey.expired', 'The key would already be expired. Choose a later expiresAt.', {
      errors: [{ pointer: '/expiresAt', detail: 'must be in the future' }],
    });
  }
  return instant.toISOString();
};
