import { forbidden } from '../../../shared/kernel/errors.ts';
import type { StoredIntegration } from '../resources/integration.ts';

/** Refuses a key whose integration may not manage heartbeats, and read schedules and people. */
export const assertConfigures = ({ configurationAccess }: Pick<StoredIntegration, 'configurationAccess'>): void => {
  if (configurationAccess === true) return;
  throw forbidden(
    'integration.no_configuration_access',
    'API key has no configuration access. Allow it in the settings of the integration.',
  );
};
