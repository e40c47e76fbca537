import type { LocalClock, LocalLog } from '../../types.ts';
import { AwsError } from '../core/aws-error.ts';
import type { LocalTable } from './tables.ts';
import type { DynamoWire } from './wire.ts';

type AttributeMap = Readonly<Record<string, { readonly N?: string; readonly S?: string; readonly B?: string }>>;

export interface TimeToLive {
  /** Deletes what has expired by now; resolves when it is gone. */
  sweep(): Promise<void>;
  /** Whether a REMOVE record is the work of a sweep; Lambda sees that as the user identity of the record. */
  removed(table: string, keys: AttributeMap, expiry: string | undefined): boolean;
  stop(): void;
}

const everyMs = 60_000;
const atMostEveryRealMs = 250;
const remembered = 10_000;

/**
 * Expiry by the moved clock. An item goes only if it still has the expiry that the sweep saw, so that one renewed in
 * the meantime stays. A clock moved by hours sweeps once at its end and not once for each minute of them.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
 */
export function startTimeToLive(
  tables: readonly LocalTable[],
  wire: DynamoWire,
  clock: LocalClock,
  log: LocalLog,
  onRemoved: (table: string) => void,
): TimeToLive {
  const expired = new Map<string, string>();
  let stopped = false;
  let cancel: () => void = () => undefined;
  let lastSweep = 0;
  let late: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;

  const identity = (table: string, keys: AttributeMap) =>
    `${table} ${JSON.stringify(Object.entries(keys).sort(([left], [right]) => (left < right ? -1 : 1)))}`;

  async function sweepTable(table: LocalTable): Promise<void> {
    const attribute = table.expiryAttribute;
    if (!attribute) return;
    const now = String(Math.floor(clock.now() / 1_000));
    const names = Object.fromEntries([...table.keyNames, attribute].map((name, index) => [`#n${index}`, name]));
    const ttlName = `#n${table.keyNames.length}`;
    let start: AttributeMap | undefined;
    do {
      const page = (await wire.call('Scan', {
        TableName: table.name,
        // What is older than five years is taken for an error and kept, as DynamoDB does.
        FilterExpression: `attribute_type(${ttlName}, :number) AND ${ttlName} <= :now AND ${ttlName} > :old`,
        ProjectionExpression: Object.keys(names).join(', '),
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: {
          ':number': { S: 'N' },
          ':now': { N: now },
          ':old': { N: String(Number(now) - 5 * 365 * 86_400) },
        },
        ...(start && { ExclusiveStartKey: start }),
      })) as { Items: AttributeMap[]; LastEvaluatedKey?: AttributeMap };
      for (const item of page.Items) {
        if (stopped) return;
        const keys = Object.fromEntries(table.keyNames.map((name) => [name, item[name]])) as AttributeMap;
        const seen = item[attribute]?.N ?? '';
        const id = identity(table.name, keys);
        expired.set(id, seen);
        try {
          await wire.call('DeleteItem', {
            TableName: table.name,
            Key: keys,
            ConditionExpression: '#expiry = :seen',
            ExpressionAttributeNames: { '#expiry': attribute },
            ExpressionAttributeValues: { ':seen': { N: seen } },
          });
        } catch (error) {
          expired.delete(id);
          if (!(error instanceof AwsError && error.code === 'ConditionalCheckFailedException')) throw error;
        }
      }
      if (page.Items.length > 0) onRemoved(table.name);
      start = page.LastEvaluatedKey;
    } while (start);
    for (const id of expired.keys()) {
      if (expired.size <= remembered) break;
      expired.delete(id);
    }
  }

  // One that is under way may have begun at an earlier hour, so it is followed by one of its own.
  function sweep(): Promise<void> {
    const previous = running;
    const next: Promise<void> = (async () => {
      await previous?.catch(() => undefined);
      for (const table of tables) if (!stopped) await sweepTable(table);
      lastSweep = Date.now();
    })().finally(() => {
      if (running === next) running = undefined;
    });
    running = next;
    return next;
  }

  const sweepLogged = () => {
    if (stopped) return;
    sweep().catch((error: unknown) => {
      if (!stopped) log('dynamodb', 'Expired items were not swept', error);
    });
  };

  function tick(): void {
    if (stopped) return;
    cancel = clock.schedule(clock.now() + everyMs, tick);
    const wait = lastSweep + atMostEveryRealMs - Date.now();
    if (wait <= 0 && !running) sweepLogged();
    else {
      late ??= setTimeout(
        () => {
          late = undefined;
          sweepLogged();
        },
        Math.max(wait, atMostEveryRealMs),
      ).unref();
    }
  }
  if (tables.some((table) => table.expiryAttribute)) cancel = clock.schedule(clock.now() + everyMs, tick);

  return {
    sweep,
    removed: (table, keys, expiry) => {
      const seen = expired.get(identity(table, keys));
      return seen !== undefined && (expiry === undefined || expiry === seen);
    },
    stop() {
      stopped = true;
      cancel();
      clearTimeout(late);
    },
  };
}
