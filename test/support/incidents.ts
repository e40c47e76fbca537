import { incidentStore, type IncidentStore } from '../../functions/incidents/lifecycle/store.ts';
import { INCIDENTS_TABLE_SHAPE } from '../../functions/incidents/table.ts';
import type { TestDynamo } from './dynamo.ts';

/** An incidents table of its own, and the stores on top of it. */
export const incidentsIn = async (
  dynamo: TestDynamo,
): Promise<{ readonly tableName: string; readonly incidents: IncidentStore }> => {
  const tableName = await dynamo.table(INCIDENTS_TABLE_SHAPE, 'incidents');
  return { tableName, incidents: incidentStore(dynamo.client, tableName) };
};
