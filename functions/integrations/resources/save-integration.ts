import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { deletedVersion, savedVersion } from '../../../shared/kernel/versions.ts';
import {
  assertMapping,
  integrationView,
  noSuchIntegration,
  overtaken,
  validKeys,
  type Integration,
  type SaveIntegration,
} from './integration.ts';
import type { IntegrationStore } from './store.ts';

interface Deps {
  readonly clock: Clock;
  readonly integrations: Pick<IntegrationStore, 'byId' | 'remove' | 'save' | 'seenOf'>;
}

/**
 * Replaces the settings of an integration. Its key and the source of its alerts stay. They take effect within 20 seconds. Throws
 * `integration.changed` where `version` is not the present one.
 */
export const saveIntegration = async (
  { clock, integrations }: Deps,
  { caller, origin }: Request,
  { id, version, ...settings }: SaveIntegration & { readonly id: string },
): Promise<Integration> => {
  const at = clock.now();
  const present = await integrations.byId(id);
  if (!present) throw noSuchIntegration();
  if (present.version !== version) throw overtaken(present);
  assertMapping(present.type, settings.mapping);
  // What is left out goes.
  const { mapping: _, accounts: __, configurationAccess: ___, autoResolveMinutes: ____, ...kept } = present;
  const next = {
    ...kept,
    ...savedVersion('integration', id, present, settings, { caller, origin, at }),
    keys: validKeys(present.keys, at),
  };
  if (!(await integrations.save(next))) throw await changedMeanwhile(integrations, id);
  return integrationView(next, await integrations.seenOf(id), at);
};

/** Deletes an integration. Its keys are refused within 20 seconds, and its open alerts stay as they are. */
export const deleteIntegration = async (
  { clock, integrations }: Deps,
  { caller, origin }: Request,
  { id }: { readonly id: string },
): Promise<void> => {
  const present = await integrations.byId(id);
  if (!present) throw noSuchIntegration();
  const tombstone = deletedVersion('integration', present, { caller, origin, at: clock.now() });
  if (!(await integrations.remove(tombstone))) throw await changedMeanwhile(integrations, id);
};

const changedMeanwhile = async (integrations: Deps['integrations'], id: string) => {
  const present = await integrations.byId(id);
  return present ? overtaken(present) : noSuchIntegration();
};
