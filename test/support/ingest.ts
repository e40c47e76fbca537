import { paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { ALERTS_TABLE_SHAPE } from '../../functions/alerts/table.ts';
import { intake } from '../../functions/alerts/intake/intake.ts';
import { spillQueue } from '../../functions/alerts/intake/spill-queue.ts';
import { viewOf, type Alert, type StoredAlert } from '../../functions/alerts/alert.ts';
import { newMachineKey } from '../../functions/auth/machine-keys/machine-key.ts';
import { keyHolders } from '../../functions/auth/port.ts';
import { AUTH_TABLE_SHAPE, apiKeyKey } from '../../functions/auth/table.ts';
import { sources } from '../../functions/integrations/source.ts';
import { table } from '../../shared/aws/dynamo.ts';
import { newId } from '../../shared/kernel/ids.ts';
import { alertsDeps, alertStores, standingClock } from './alerts.ts';
import type { TestDynamo } from './dynamo.ts';
import { fifoQueue } from './spill.ts';

/** All that the ingest needs, on tables of its own: real keys, real store, a queue in memory, a clock that stands. */
export const ingestOn = async (dynamo: TestDynamo) => {
  const [alertsTable, authTable] = await Promise.all([
    dynamo.table(ALERTS_TABLE_SHAPE, 'alerts'),
    dynamo.table(AUTH_TABLE_SHAPE, 'auth'),
  ]);
  const clock = standingClock();
  const queue = fifoQueue();
  const { store, replay } = alertStores(dynamo.client, alertsTable);
  const container = () => {
    const spill = spillQueue(
      { sqs: queue.sqs, queueUrl: 'https://sqs.test/spill.fifo' },
      { lambda: { send: async () => ({}) }, functionName: 'alerts-drain' },
    );
    const intakeDeps = { clock, store, spill };
    return {
      ...alertsDeps(dynamo.client, alertsTable, clock),
      intake: intake(intakeDeps),
      sources: sources(keyHolders(dynamo.client, authTable, clock)),
    };
  };
  const keys = table(dynamo.client, authTable);
  return {
    clock,
    queue,
    store,
    replay,
    alertsTable,
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
