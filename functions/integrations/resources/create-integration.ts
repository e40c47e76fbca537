import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { savedVersion } from '../../../shared/kernel/versions.ts';
import {
  assertMapping,
  integrationView,
  MAX_INTEGRATIONS,
  type CreateIntegration,
  type IntegrationWithKey,
  type StoredIntegration,
  type StoredKey,
} from './integration.ts';
import { hashOf, hintOf, newKey, type IntegrationType } from './key.ts';
import type { IntegrationStore } from './store.ts';

/** A key of this type, and what is stored of it. */
export const makeKey = (type: IntegrationType, at: Date): { readonly key: string; readonly stored: StoredKey } => {
  const key = newKey(type);
  return { key, stored: { hash: hashOf(key), hint: hintOf(key), createdAt: at.toISOString(), validUntil: null } };
};

/**
 * Creates an integration, whose key only this answer shows. Its alerts have the source `<type>:<name>`. Throws
 * `integration.name_taken` where another integration has that source.
 */
export const createIntegration = async (
  { clock, integrations }: { readonly clock: Clock; readonly integrations: Pick<IntegrationStore, 'create' | 'list'> },
  { caller, origin }: Request,
  { type, ...settings }: CreateIntegration,
): Promise<IntegrationWithKey> => {
  const at = clock.now();
  assertMapping(type, settings.mapping);
  if ((await integrations.list()).length >= MAX_INTEGRATIONS) {
    throw conflict('integration.limit', `There are ${MAX_INTEGRATIONS} integrations already. Delete one first.`);
  }
  const { key, stored } = makeKey(type, at);
  const id = newId('itg', at);
  const integration: StoredIntegration = {
    ...savedVersion('integration', id, undefined, settings, { caller, origin, at }),
    type,
    source: `${type}:${settings.name}`,
    keys: [stored],
    createdAt: at.toISOString(),
  };
  if (!(await integrations.create(integration))) {
    throw conflict(
      'integration.name_taken',
      `Another integration reports alerts as ${integration.source}. Choose another name.`,
      { errors: [{ pointer: '/name', detail: 'is the name of another integration of this type' }] },
    );
  }
  return { ...integrationView(integration, undefined, at), key };
};
