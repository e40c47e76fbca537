import type { Opened } from '../../../shared/kernel/capability.ts';
import type { Alert, alertDesk } from '../../alerts/port.ts';
import type { StoredIntegration } from '../resources/integration.ts';
import { idOfLongTiny, instantOfTiny, isDeleted, tinyIdOf } from './alert.ts';

export type AlertDesk = Opened<typeof alertDesk>;

/** By what a client names an alert. */
export interface Named {
  readonly identifier: string;
  readonly identifierType?: string | undefined;
}

export const isAlias = ({ identifierType }: Pick<Named, 'identifierType'>): boolean =>
  identifierType?.toLowerCase() === 'alias';

type FindDeps = Pick<AlertDesk, 'byId' | 'latestIn' | 'walk'>;

/** The alert of a tiny id, among those that began in its millisecond. Of two with the same number neither is meant. */
const byTiny = async (
  { byId, walk }: FindDeps,
  { source }: StoredIntegration,
  tinyId: string,
): Promise<Alert | undefined> => {
  const id = idOfLongTiny(tinyId);
  if (id !== undefined) return byId(id);
  const from = instantOfTiny(tinyId);
  if (!from) return undefined;
  const { items } = await walk({
    source,
    from,
    to: new Date(from.getTime() + 1),
    statuses: ['open', 'acknowledged', 'resolved'],
    order: 'oldest_first',
    wants: (alert) => tinyIdOf(alert) === tinyId,
    skip: 0,
    take: 2,
  });
  return items.length === 1 ? items[0] : undefined;
};

/**
 * Finds an alert of an integration by its id, tiny id or alias. An alias means the open alert, else the latest one that had it.
 * Undefined for an alert of another sender, and for one that was deleted by this API.
 */
export const findAlert = async (
  desk: FindDeps,
  integration: StoredIntegration,
  named: Named,
): Promise<Alert | undefined> => {
  const { identifier, identifierType } = named;
  const read = (): Promise<Alert | undefined> => {
    if (isAlias(named)) return desk.latestIn(integration.source, identifier);
    return identifierType?.toLowerCase() === 'tiny' ? byTiny(desk, integration, identifier) : desk.byId(identifier);
  };
  const alert = await read();
  return alert?.source === integration.source && !isDeleted(alert) ? alert : undefined;
};
