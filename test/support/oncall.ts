import type { Person } from '../../functions/auth/port.ts';
import type { CatalogueStore } from '../../functions/oncall/catalogue/store.ts';
import type { Decision } from '../../functions/oncall/port.ts';
import type { ScheduleStore } from '../../functions/oncall/rota/store.ts';
import type { RoutingStore } from '../../functions/oncall/routing/store.ts';
import { ONCALL_TABLE_SHAPE } from '../../functions/oncall/table.ts';
import type { TestDynamo } from './dynamo.ts';
import { catalogueStore, routingStore, scheduleStore } from './stores.ts';

/** An on-call table of its own, and the stores on top of it. */
export const oncallIn = async (
  dynamo: TestDynamo,
): Promise<{
  readonly tableName: string;
  readonly catalogue: CatalogueStore;
  readonly schedules: ScheduleStore;
  readonly routing: RoutingStore;
}> => {
  const tableName = await dynamo.table(ONCALL_TABLE_SHAPE, 'oncall');
  return {
    tableName,
    catalogue: catalogueStore(dynamo.client, tableName),
    schedules: scheduleStore(dynamo.client, tableName),
    routing: routingStore(dynamo.client, tableName),
  };
};

/** The way of an alert without a rule. */
export const decisionOf = (over: Partial<Decision> = {}): Decision => ({
  service: null,
  severity: 'critical',
  urgency: 'high',
  policyId: 'default',
  policyFrom: 'catch_all',
  suppressed: false,
  unmatched: true,
  said: {},
  rules: [],
  ...over,
});

/** Knows everybody and every policy but those whose ids say that they are unknown; names the policies that page something. */
export const namesIn = (paging: Readonly<Record<string, readonly string[]>> = {}) => ({
  people: (id: string): Promise<Person | undefined> =>
    Promise.resolve(
      id.includes('unknown')
        ? undefined
        : { id, username: id.slice(4), displayName: `Dr. ${id.slice(4)}, ${id}`, status: 'active' },
    ),
  isUser: (id: string) => Promise.resolve(!id.includes('unknown')),
  userPermits: (id: string) => Promise.resolve(!id.includes('viewer')),
  policies: {
    isThere: (id: string) => Promise.resolve(!id.includes('unknown')),
    naming: (id: string) => Promise.resolve((paging[id] ?? []).map((name) => ({ id: name.toLowerCase(), name }))),
  },
});
