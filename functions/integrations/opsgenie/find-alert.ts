import type { Opened } from '../../../shared/kernel/capability.ts';
import type { Alert, alertDesk } from '../../alerts/port.ts';
import type { StoredIntegration } from '../resources/integration.ts';
import { idOfTiny } from './alert.ts';

export type AlertDesk = Opened<typeof alertDesk>;

/** By what a client names an alert. */
export interface Named {
  readonly identifier: string;
  readonly identifierType?: string | undefined;
}

export const isAlias = ({ identifierType }: Pick<Named, 'identifierType'>): boolean =>
  identifierType?.toLowerCase() === 'alias';

/**
 * Finds an alert of an integration by its id, tiny id or alias. An alias means the open alert, else the latest one that had it.
 * Undefined for an alert of another sender.
 */
export const findAlert = async (
  { byId, latestIn }: Pick<AlertDesk, 'byId' | 'latestIn'>,
  integration: StoredIntegration,
  named: Named,
): Promise<Alert | undefined> => {
  const { identifier, identifierType } = named;
  const read = (): Promise<Alert | undefined> => {
    if (isAlias(named)) return latestIn(integration.source, identifier);
    const id = identifierType?.toLowerCase() === 'tiny' ? idOfTiny(identifier) : identifier;
    return id === undefined ? Promise.resolve(undefined) : byId(id);
  };
  const alert = await read();
  return alert?.source === integration.source ? alert : undefined;
};
