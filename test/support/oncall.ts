import { catalogueStore, type CatalogueStore } from '../../functions/oncall/catalogue/store.ts';
import { scheduleStore, type ScheduleStore } from '../../functions/oncall/rota/store.ts';
import { ONCALL_TABLE_SHAPE } from '../../functions/oncall/table.ts';
import type { TestDynamo } from './dynamo.ts';

/** An on-call table of its own, and the stores on top of it. */
export const oncallIn = async (
  dynamo: TestDynamo,
): Promise<{ readonly tableName: string; readonly catalogue: CatalogueStore; readonly schedules: ScheduleStore }> => {
  const tableName = await dynamo.table(ONCALL_TABLE_SHAPE, 'oncall');
  return {
    tableName,
    catalogue: catalogueStore(dynamo.client, tableName),
    schedules: scheduleStore(dynamo.client, tableName),
  };
};
