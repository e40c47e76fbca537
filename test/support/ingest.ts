import { paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { ALERTS_TABLE_SHAPE } from '../../functions/alerts/table.ts';
import { intake } from '../../functions/alerts/intake/intake.ts';
import { spillQueue } from '../../functions/alerts/intake/spill-queue.ts';
import { viewOf, type Alert, type StoredAlert } from '../../functions/alerts/alert.ts';
import { newMachineKey } from '../../functions/auth/machine-keys/machine-key.ts';
import { keyHolders } from '../../functions/auth/port.ts';
import { AUTH_TABLE_SHAPE, apiKeyKey } from '../../functions/auth/table.ts';
import { createIntegration } from '../../functions/integrations/resources/create-integration.ts';
import { CreateIntegration, type IntegrationWithKey } from '../../functions/integrations/resources/integration.ts';
import { alertSearcherOver, eventReaderOver, viewDeskOver } from '../../functions/alerts/port.ts';
import { incidentOfAlertOver } from '../../functions/incidents/port.ts';
import { INCIDENTS_TABLE_SHAPE } from '../../functions/incidents/table.ts';
import { ledgerReaderOver, pagerOver } from '../../functions/paging/port.ts';
import { PAGING_TABLE_SHAPE } from '../../functions/paging/table.ts';
import * as batchStore from '../../functions/integrations/receipts/batch-store.ts';
import * as changeStore from '../../functions/integrations/changes/store.ts';
import { rejectedKeeper } from '../../functions/integrations/rejected/keep-rejected.ts';
import * as rejectedStore from '../../functions/integrations/rejected/store.ts';
import { eventLimit } from '../../functions/integrations/resources/limit.ts';
import { knownIntegrations } from '../../functions/integrations/resources/known-integrations.ts';
import * as integrationStore from '../../functions/integrations/resources/store.ts';
import { tally } from '../../functions/integrations/resources/tally.ts';
import { peopleIn } from '../../functions/auth/port.ts';
import { heartbeatDesk } from '../../functions/health/monitors/heartbeat-desk.ts';
import * as monitorStore from '../../functions/health/monitors/store.ts';
import { HEALTH_TABLE_SHAPE } from '../../functions/health/table.ts';
import * as catalogueStore from '../../functions/oncall/catalogue/store.ts';
import * as policyStore from '../../functions/oncall/policies/store.ts';
import { roster } from '../../functions/oncall/rota/roster.ts';
import * as scheduleStore from '../../functions/oncall/rota/store.ts';
import { ONCALL_TABLE_SHAPE } from '../../functions/oncall/table.ts';
import { contactStore, escalationStore, ruleStore } from './stores.ts';
import { desk } from '../../functions/alerts/verbs/desk.ts';
import { unknownGenieKey } from '../../functions/integrations/opsgenie/refusal.ts';
import { integrationsOf, sources } from '../../functions/integrations/source.ts';
import { INTEGRATIONS_TABLE_SHAPE } from '../../functions/integrations/table.ts';
import { table } from '../../shared/aws/dynamo.ts';
import { bound } from '../../shared/kernel/bound.ts';
import { INSIDE } from '../../shared/kernel/audit-event.ts';
import { systemCaller } from '../../shared/kernel/caller.ts';
import { newId } from '../../shared/kernel/ids.ts';
import { alertsDeps, alertStores, standingClock } from './alerts.ts';
import type { TestDynamo } from './dynamo.ts';
import type { SnsSigner } from './sns-signer.ts';
import { snsSender } from '../../shared/aws/sns-message.ts';
import { fifoQueue } from './spill.ts';

/** Nobody has set any rules. */
const UNROUTED = {
  service: null,
  severity: 'critical',
  urgency: 'high',
  policyId: 'default',
  policyFrom: 'catch_all',
  suppressed: false,
  said: {},
  unmatched: true,
  rules: [],
} as const;

const NO_SIGNER = { read: () => Promise.reject(new Error('SNS was asked')) };

/** All that the ingest needs, on tables of its own: real keys, real store, a queue in memory, a clock that stands. */
export const ingestOn = async (dynamo: TestDynamo, signer: Pick<SnsSigner, 'read'> = NO_SIGNER) => {
  const [alertsTable, authTable, integrationsTable, healthTable, oncallTable, pagingTable, incidentsTable] =
    await Promise.all([
      dynamo.table(ALERTS_TABLE_SHAPE, 'alerts'),
      dynamo.table(AUTH_TABLE_SHAPE, 'auth'),
      dynamo.table(INTEGRATIONS_TABLE_SHAPE, 'integrations'),
      dynamo.table(HEALTH_TABLE_SHAPE, 'health'),
      dynamo.table(ONCALL_TABLE_SHAPE, 'oncall'),
      dynamo.table(PAGING_TABLE_SHAPE, 'paging'),
      dynamo.table(INCIDENTS_TABLE_SHAPE, 'incidents'),
    ]);
  const clock = standingClock();
  const queue = fifoQueue();
  const { store, replay } = alertStores(dynamo.client, alertsTable);
  const integrations = bound(integrationStore, table(dynamo.client, integrationsTable));
  const batches = bound(batchStore, table(dynamo.client, integrationsTable));
  const receipts = {
    alerts: eventReaderOver({ ...table(dynamo.client, alertsTable), retentionDays: 30 }, clock),
    ledger: ledgerReaderOver(table(dynamo.client, pagingTable)),
    incidentOf: incidentOfAlertOver(table(dynamo.client, incidentsTable)),
    routing: { routingOf: async () => UNROUTED },
    policies: { byId: () => Promise.resolve(undefined) },
    changes: bound(changeStore, table(dynamo.client, integrationsTable)),
    batches,
  };
  const container = () => {
    const integrationOf = knownIntegrations(integrations, clock);
    const spill = spillQueue(
      { sqs: queue.sqs, queueUrl: 'https://sqs.test/spill.fifo' },
      { lambda: { send: async () => ({}) }, functionName: 'alerts-drain' },
    );
    const intakeDeps = { clock, store, spill };
    return {
      ...alertsDeps(dynamo.client, alertsTable, clock),
      intake: intake(intakeDeps),
      integrationOf,
      tally: tally({ clock, ...integrations }),
      sns: snsSender(signer.read),
      account: '000000000000',
      keepRejected: rejectedKeeper({
        clock,
        ...bound({ add: rejectedStore.add }, table(dynamo.client, integrationsTable)),
      }),
      limit: eventLimit({ clock, ...integrations }),
      changes: bound(changeStore, table(dynamo.client, integrationsTable)),
      batches,
      sources: sources(keyHolders(dynamo.client, authTable, clock), integrationOf),
    };
  };
  const people = peopleIn(dynamo.client, authTable);
  const acts = desk({ clock, store });
  const contacts = contactStore(dynamo.client, pagingTable);
  const escalations = escalationStore(dynamo.client, pagingTable);
  const monitors = bound(monitorStore, table(dynamo.client, healthTable));
  const oncall = table(dynamo.client, oncallTable);
  const rota = bound(scheduleStore, oncall);
  const catalogue = bound(catalogueStore, oncall);
  const policies = bound(policyStore, oncall);
  const keys = table(dynamo.client, authTable);
  return {
    clock,
    queue,
    store,
    replay,
    alertsTable,
    monitors,
    rota,
    catalogue,
    policies,
    contacts,
    escalations,
    auth: keys,
    /** What the function has that speaks Opsgenie, in a fresh process. */
    opsgenie: () => {
      const { intake: taken, integrationOf, tally: counted, limit, clock: now } = container();
      return {
        clock: now,
        genieKeys: integrationsOf('opsgenie', integrationOf, unknownGenieKey),
        intake: taken,
        desk: acts,
        pager: pagerOver({
          clock,
          contacts,
          rules: ruleStore(dynamo.client, pagingTable),
          escalations,
          people: people.byId,
          acts,
        }),
        views: viewDeskOver(table(dynamo.client, alertsTable), clock),
        heartbeats: heartbeatDesk({ clock, monitors, retentionDays: 30 }),
        roster: roster({ rota, catalogue, policies }),
        people,
        tally: counted,
        limit,
      };
    },
    /** What the function has by which people manage integrations. */
    resources: () => ({
      clock,
      integrations,
      changes: bound(changeStore, table(dynamo.client, integrationsTable)),
      receipts: () => receipts,
      search: alertSearcherOver({ ...table(dynamo.client, alertsTable), retentionDays: 30 }, clock),
      rejected: bound(rejectedStore, table(dynamo.client, integrationsTable)),
      intake: container().intake,
    }),
    integrations,
    authTable,
    integrationsTable,
    /** An integration as `POST /api/integrations` makes one. */
    integration: (over: object): Promise<IntegrationWithKey> =>
      createIntegration(
        { clock, integrations },
        { caller: systemCaller('test'), origin: INSIDE },
        CreateIntegration.parse({ type: 'pagerduty', name: newId('itg', clock.now()), ...over }),
      ),
    /** What a fresh process would have. */
    container,
    /** A machine key as `POST /api/api-keys` makes one. */
    key: async (over: Record<string, unknown> = {}): Promise<string> => {
      const id = newId('key', clock.now());
      const { key, hash } = newMachineKey(id);
      await keys.put({
        ...apiKeyKey(id),
        id,
        name: id,
        hash,
        permissions: ['integrations.ingest'],
        tier: 'machine',
        status: 'active',
        expiresAt: null,
        lastUsedAt: clock.now().toISOString(),
        ...over,
      });
      return key;
    },
    /** Every alert of a key's name, oldest first, also one that is just being moved. */
    alertsOf: async (name: string): Promise<Alert[]> => {
      const found: StoredAlert[] = [];
      for await (const { Items = [] } of paginateScan(
        { client: dynamo.client },
        { TableName: alertsTable, ConsistentRead: true },
      )) {
        found.push(...Items.map((item) => unmarshall(item) as StoredAlert));
      }
      return found
        .filter(({ id, source }) => id !== undefined && source.endsWith(`:${name}`))
        .map(viewOf)
        .sort((a, b) => a.id.localeCompare(b.id));
    },
  };
};

export type Ingest = Awaited<ReturnType<typeof ingestOn>>;
