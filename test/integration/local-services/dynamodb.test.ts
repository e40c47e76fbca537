import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { DatabaseSync } from 'node:sqlite';
import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { createGuard } from '../../../local/emulator/iam/guard.ts';
import { createFaults } from '../../../local/emulator/services/core/faults.ts';
import { startDynamo } from '../../../local/emulator/services/dynamodb/service.ts';
import { movableClock } from '../../../local/emulator/clock.ts';
import type { LocalClock, Resource } from '../../../local/emulator/types.ts';
import * as support from './support.ts';
import {
  assemblyOf,
  lambdasOf,
  mapping,
  silent,
  streamArnOf,
  table,
  testClock,
  until,
  type Handler,
} from './support.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'tocsin-dynamodb-'));
  cleanups.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function start(
  resources: readonly Resource[],
  handlers: Record<string, Handler> = {},
  options: { directory?: string; faults?: boolean; clock?: LocalClock } = {},
) {
  const own = testClock();
  const clock = options.clock ?? own;
  const lambdas = lambdasOf(handlers);
  const sent: { arn: string; body: string }[] = [];
  const faults = createFaults();
  const assembly = assemblyOf(...resources);
  const service = await startDynamo({
    assembly,
    lambdas,
    clock,
    log: silent,
    directory: options.directory,
    front: options.faults ? { faults, guard: createGuard(assembly, silent) } : undefined,
    sendTo: (arn, body) => void sent.push({ arn, body }),
  });
  const client = new DynamoDBClient({
    endpoint: service.endpoint,
    region: support.region,
    credentials: support.credentials,
    maxAttempts: 1,
  });
  let stopped = false;
  const stop = async () => {
    if (stopped) return;
    stopped = true;
    client.destroy();
    own.stop();
    await service.stop();
  };
  cleanups.push(stop);
  const put = (pk: string, more: Record<string, { S: string } | { N: string }> = {}) =>
    client.send(new PutItemCommand({ TableName: 'things', Item: { pk: { S: pk }, ...more } }));
  return { service, client, clock, lambdas, sent, faults, put, stop };
}

const things = table('things');
interface StreamEvent {
  Records: {
    eventID: string;
    eventName: string;
    eventSource: string;
    awsRegion: string;
    eventSourceARN: string;
    userIdentity?: unknown;
    dynamodb: {
      Keys: { pk: { S: string } };
      NewImage?: object;
      OldImage?: object;
      SequenceNumber: string;
      StreamViewType: string;
      ApproximateCreationDateTime: number;
    };
  }[];
}
const keysOf = (event: StreamEvent) => event.Records.map((record) => record.dynamodb.Keys.pk.S);

describe('tables', () => {
  it('has the tables, indexes and streams of the template', async () => {
    const { client } = await start([
      table('things', {
        AttributeDefinitions: ['pk', 'due'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        GlobalSecondaryIndexes: [
          {
            IndexName: 'by-due',
            KeySchema: [{ AttributeName: 'due', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'ALL' },
          },
        ],
      }),
    ]);
    const { Table } = await client.send(new DescribeTableCommand({ TableName: 'things' }));
    expect(Table?.GlobalSecondaryIndexes?.[0]?.IndexName).toBe('by-due');
    expect(Table?.StreamSpecification).toEqual({ StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' });
    expect(Table?.BillingModeSummary?.BillingMode).toBe('PAY_PER_REQUEST');
  });

  it('adds an index that the template has gained and keeps the data', async () => {
    const data = directory();
    const first = await start([things], {}, { directory: data });
    await first.put('a', { due: { S: 'now' } });
    await first.stop();
    const changed = table('things', {
      AttributeDefinitions: ['pk', 'due'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-due',
          KeySchema: [{ AttributeName: 'due', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    });
    const second = await start([changed], {}, { directory: data });
    const { Table } = await second.client.send(new DescribeTableCommand({ TableName: 'things' }));
    expect(Table?.GlobalSecondaryIndexes?.map((index) => index.IndexName)).toEqual(['by-due']);
    const { Item } = await second.client.send(new GetItemCommand({ TableName: 'things', Key: { pk: { S: 'a' } } }));
    expect(Item?.['due']).toEqual({ S: 'now' });
  });

  it('refuses to start with a table whose key has changed', async () => {
    const data = directory();
    await (await start([things], {}, { directory: data })).stop();
    const other = table('things', {
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    });
    await expect(start([other], {}, { directory: data })).rejects.toThrow(/key of table things/);
  });

  it('deletes what has expired by the moved clock, and Lambda sees that it was expiry', async () => {
    const events: StreamEvent[] = [];
    const expiring = table('things', { TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true } });
    const { client, clock, put, service } = await start([expiring, mapping('react', streamArnOf(expiring))], {
      react: (event: StreamEvent) => void events.push(event),
    });
    const inAnHour = String(Math.floor(clock.now() / 1_000) + 3_600);
    await put('short', { expires: { N: inAnHour } });
    await put('long', { expires: { N: String(Number(inAnHour) + 7_200) } });
    await clock.advance(3_700_000);
    await service.drain();
    const has = async (pk: string) =>
      (await client.send(new GetItemCommand({ TableName: 'things', Key: { pk: { S: pk } } }))).Item !== undefined;
    await until(async () => !(await has('short')));
    expect(await has('long')).toBe(true);
    await service.drain();
    const removal = events.flatMap((event) => event.Records).find((record) => record.eventName === 'REMOVE');
    expect(removal?.userIdentity).toEqual({ type: 'Service', principalId: 'dynamodb.amazonaws.com' });
  });

  it('refuses calls by order, when started for it, and serves again afterwards', async () => {
    const { faults, put } = await start([things], {}, { faults: true });
    faults.add({ service: 'dynamodb', operation: 'PutItem', status: 500, count: 1 });
    await expect(put('a')).rejects.toMatchObject({ name: 'InternalServerError' });
    await expect(put('a')).resolves.toBeDefined();
  });

  it('does by order what it then refuses, as where an answer is lost', async () => {
    const { client, faults, put } = await start([things], {}, { faults: true });
    faults.add({ service: 'dynamodb', operation: 'PutItem', afterwards: true, count: 1 });
    await expect(put('a')).rejects.toMatchObject({ name: 'InternalServerError' });
    const found = await client.send(new GetItemCommand({ TableName: 'things', Key: { pk: { S: 'a' } } }));
    expect(found.Item).toMatchObject({ pk: { S: 'a' } });
  });
});

describe('streams', () => {
  it('delivers what each operation writes through the front, as soon as it is asked for', async () => {
    const keys: string[] = [];
    const { client, put, service } = await start(
      [things, mapping('react', streamArnOf(things))],
      { react: (event: StreamEvent) => void keys.push(...keysOf(event)) },
      { faults: true },
    );
    const delivered = async (write: Promise<unknown>): Promise<string[]> => {
      await write;
      await service.drain();
      return keys.splice(0);
    };
    const TableName = 'things';
    const Key = { pk: { S: 'put' } };
    const update = { UpdateExpression: 'ADD n :one', ExpressionAttributeValues: { ':one': { N: '1' } } };
    const batch = [{ PutRequest: { Item: { pk: { S: 'batch' } } } }];
    const TransactItems = [{ Put: { TableName, Item: { pk: { S: 'transaction' } } } }];
    expect(await delivered(put('put'))).toEqual(['put']);
    expect(await delivered(client.send(new UpdateItemCommand({ TableName, Key, ...update })))).toEqual(['put']);
    expect(await delivered(client.send(new DeleteItemCommand({ TableName, Key })))).toEqual(['put']);
    const batchWrite = new BatchWriteItemCommand({ RequestItems: { [TableName]: batch } });
    expect(await delivered(client.send(batchWrite))).toEqual(['batch']);
    expect(await delivered(client.send(new TransactWriteItemsCommand({ TransactItems })))).toEqual(['transaction']);
  });

  it('delivers inserts, changes and removals in order, in the shape of Lambda', async () => {
    const events: StreamEvent[] = [];
    const { client, put, service } = await start([things, mapping('react', streamArnOf(things))], {
      react: (event: StreamEvent) => void events.push(event),
    });
    await put('a');
    await client.send(
      new UpdateItemCommand({
        TableName: 'things',
        Key: { pk: { S: 'a' } },
        UpdateExpression: 'SET n = :n',
        ExpressionAttributeValues: { ':n': { N: '1' } },
      }),
    );
    await client.send(new DeleteItemCommand({ TableName: 'things', Key: { pk: { S: 'a' } } }));
    await service.drain();
    const records = events.flatMap((event) => event.Records);
    expect(records.map((record) => record.eventName)).toEqual(['INSERT', 'MODIFY', 'REMOVE']);
    expect(new Set(records.map((record) => record.eventID)).size).toBe(3);
    expect(records[1]).toMatchObject({
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: support.region,
      eventSourceARN: streamArnOf(things),
      dynamodb: {
        OldImage: { pk: { S: 'a' } },
        NewImage: { pk: { S: 'a' }, n: { N: '1' } },
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    });
    expect(Math.abs((records[0]?.dynamodb.ApproximateCreationDateTime ?? 0) - Date.now() / 1_000)).toBeLessThan(5);
  });

  it('has no record of a write that changed nothing', async () => {
    const events: StreamEvent[] = [];
    const { put, service } = await start([things, mapping('react', streamArnOf(things))], {
      react: (event: StreamEvent) => void events.push(event),
    });
    await put('a');
    await put('a');
    await service.drain();
    expect(events.flatMap(keysOf)).toEqual(['a']);
  });

  it('looks at once when a function has settled', async () => {
    const seen: number[] = [];
    const { put, lambdas } = await start([things, mapping('react', streamArnOf(things))], {
      react: () => void seen.push(performance.now()),
    });
    await put('warm');
    await until(() => seen.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 30));
    await put('a');
    const from = performance.now();
    lambdas.settle('writer');
    await until(() => seen.length === 2);
    expect((seen[1] ?? Infinity) - from).toBeLessThan(60);
  });

  it('delivers again what failed, before anything later', async () => {
    const seen: string[][] = [];
    const react = (event: StreamEvent) => {
      seen.push(keysOf(event));
      if (seen.length < 3) throw new Error('not yet');
    };
    const { put, service } = await start([things, mapping('react', streamArnOf(things), { BatchSize: 1 })], { react });
    await put('a');
    await put('b');
    await service.drain();
    expect(seen).toEqual([['a'], ['a'], ['a'], ['b']]);
  });

  it('delivers again only from the reported item on', async () => {
    const seen: string[][] = [];
    const react = (event: StreamEvent) => {
      seen.push(keysOf(event));
      const poison = event.Records.find((record) => record.dynamodb.Keys.pk.S === 'b');
      return {
        batchItemFailures: poison && seen.length === 1 ? [{ itemIdentifier: poison.dynamodb.SequenceNumber }] : [],
      };
    };
    const { put, service } = await start(
      [
        things,
        mapping('react', streamArnOf(things), {
          MaximumBatchingWindowInSeconds: 1,
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          BatchSize: 3,
        }),
      ],
      { react },
    );
    for (const pk of ['a', 'b', 'c']) await put(pk);
    await until(() => seen.length >= 1);
    await service.drain();
    expect(seen).toEqual([
      ['a', 'b', 'c'],
      ['b', 'c'],
    ]);
  });

  it('isolates a poisoned record by halving, and its description lies at the failure destination', async () => {
    const seen: string[] = [];
    const react = (event: StreamEvent) => {
      if (keysOf(event).includes('poison')) throw new Error('poisoned');
      seen.push(...keysOf(event));
    };
    const properties = {
      BatchSize: 4,
      MaximumBatchingWindowInSeconds: 1,
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 1,
      DestinationConfig: { OnFailure: { Destination: 'arn:aws:sqs:eu-central-1:111122223333:dead' } },
    };
    const { put, service, sent } = await start([things, mapping('react', streamArnOf(things), properties)], { react });
    for (const pk of ['a', 'poison', 'b', 'c']) await put(pk);
    await service.drain();
    await until(() => sent.length === 1);
    expect(seen).toEqual(['a', 'b', 'c']);
    expect(sent[0]?.arn).toBe('arn:aws:sqs:eu-central-1:111122223333:dead');
    expect(JSON.parse(sent[0]?.body ?? '')).toMatchObject({
      requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 2 },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      version: '1.0',
      DDBStreamBatchInfo: {
        startSequenceNumber: '2',
        endSequenceNumber: '2',
        batchSize: 1,
        streamArn: streamArnOf(things),
      },
    });
  });

  it('does not hold up a clock that is moved while a function keeps failing', async () => {
    let calls = 0;
    const clock = movableClock();
    const react = () => {
      calls += 1;
      throw new Error('down');
    };
    const { put, service } = await start([things, mapping('react', streamArnOf(things))], { react }, { clock });
    clock.onInstant(() => service.drain());
    await put('a');
    const from = performance.now();
    await clock.advance(3_600_000);
    expect(performance.now() - from).toBeLessThan(8_000);
    expect(calls).toBeGreaterThan(30);
    expect(calls).toBeLessThan(150);
    clock.stop();
  });

  it('withholds what the filter criteria do not name', async () => {
    const seen: string[] = [];
    const filter = {
      FilterCriteria: {
        Filters: [
          { Pattern: JSON.stringify({ eventName: ['INSERT'], dynamodb: { NewImage: { kind: { S: ['alert'] } } } }) },
        ],
      },
    };
    const { put, service } = await start([things, mapping('react', streamArnOf(things), filter)], {
      react: (event: StreamEvent) => void seen.push(...keysOf(event)),
    });
    await put('a', { kind: { S: 'alert' } });
    await put('b', { kind: { S: 'note' } });
    await service.drain();
    expect(seen).toEqual(['a']);
  });

  it('keeps the order of each key with several lanes', async () => {
    const seen: Record<string, number[]> = {};
    const react = async (event: {
      Records: { dynamodb: { Keys: { pk: { S: string } }; NewImage: { n: { N: string } } } }[];
    }) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      for (const { dynamodb } of event.Records) (seen[dynamodb.Keys.pk.S] ??= []).push(Number(dynamodb.NewImage.n.N));
    };
    const { put, service } = await start(
      [things, mapping('react', streamArnOf(things), { ParallelizationFactor: 4, BatchSize: 2 })],
      { react },
    );
    for (let n = 0; n < 5; n++) for (const pk of ['a', 'b', 'c']) await put(pk, { n: { N: String(n) } });
    await service.drain();
    expect(seen).toEqual({ a: [0, 1, 2, 3, 4], b: [0, 1, 2, 3, 4], c: [0, 1, 2, 3, 4] });
  });

  it('goes on after a restart where it stopped: nothing is lost, nothing delivered comes again', async () => {
    const data = directory();
    const before: string[] = [];
    const after: string[] = [];
    const latest = mapping('react', streamArnOf(things), { StartingPosition: 'LATEST', BatchSize: 1 });
    const react = (event: StreamEvent) => {
      if (keysOf(event).includes('b')) throw new Error('not now');
      before.push(...keysOf(event));
    };
    const first = await start([things, latest], { react }, { directory: data });
    await first.put('a');
    await first.put('b');
    await until(() => before.length === 1);
    await first.stop();
    const second = await start(
      [things, latest],
      { react: (event: StreamEvent) => void after.push(...keysOf(event)) },
      { directory: data },
    );
    await second.put('c');
    await second.service.drain();
    expect(before).toEqual(['a']);
    expect(after).toEqual(['b', 'c']);
  });
});

describe('a stream that has grown', () => {
  it('is begun at its end by a new mapping that asks for the latest, however many records it has', async () => {
    const data = directory();
    const first = await start([things], {}, { directory: data });
    for (let n = 0; n < 12; n++) await first.put(`old-${n}`);
    await first.stop();
    const seen: string[] = [];
    const latest = mapping('react', streamArnOf(things), { StartingPosition: 'LATEST' });
    const second = await start(
      [things, latest],
      { react: (event: StreamEvent) => void seen.push(...keysOf(event)) },
      { directory: data },
    );
    await second.put('new');
    await second.service.drain();
    expect(seen).toEqual(['new']);
  });

  it('finds its last record by an index, so that a write takes as long as when the stream was new', async () => {
    const data = directory();
    const { put } = await start([things], {}, { directory: data });
    await put('a');
    const database = new DatabaseSync(join(data, 'tables.db'), { readOnly: true });
    const last =
      'SELECT * FROM _stream_records WHERE table_name = ? ORDER BY CAST(sequence_number AS INTEGER) DESC LIMIT 1';
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${last}`).all('things');
    database.close();
    expect(plan).toMatchObject([{ detail: expect.stringContaining('USING INDEX _local_stream_order') }]);
  });
});

function isOurs(pidFile: string): boolean {
  try {
    const parentOf = (pid: string) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[3] ?? '';
    return parentOf(parentOf(readFileSync(pidFile, 'utf8'))) === String(process.pid);
  } catch {
    return false;
  }
}

describe('the engine', () => {
  it.each(['on disk', 'in memory'])('comes back with its data %s when it dies', async (where) => {
    const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
    const others = new Set(readdirSync(memory));
    const data = where === 'on disk' ? directory() : undefined;
    const { client, put, stop } = await start([things], {}, data ? { directory: data } : {});
    await put('a');
    const own = readdirSync(memory).filter((name) => name.startsWith('dynamodb-') && !others.has(name));
    // Other tests begin and end at the same time; the one of this test is held by a child of this process.
    const kept = data ?? own.map((name) => join(memory, name)).find((path) => isOurs(join(path, 'engine.pid'))) ?? '';
    process.kill(Number(readFileSync(join(kept, 'engine.pid'), 'utf8')), 'SIGKILL');
    await until(async () => {
      const read = await client
        .send(new GetItemCommand({ TableName: 'things', Key: { pk: { S: 'a' } } }))
        .catch(() => undefined);
      return read?.Item?.['pk']?.S === 'a';
    });
    await stop();
    expect(existsSync(kept)).toBe(where === 'on disk');
  });

  it('is not left behind by a process that was killed, and its data is there for the next', async () => {
    const data = directory();
    const script = `
      import { startEngine } from ${JSON.stringify(new URL('../../../local/emulator/services/dynamodb/engine.ts', import.meta.url).href)};
      await startEngine({ directory: ${JSON.stringify(data)}, log: () => undefined });
      console.log('ready');
      setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const pid = Number(readFileSync(join(data, 'engine.pid'), 'utf8'));
    child.kill('SIGKILL');
    await until(() => {
      try {
        process.kill(pid, 0);
        return false;
      } catch {
        return true;
      }
    }, 'the end of the engine');
    const { put } = await start([things], {}, { directory: data });
    await put('a');
  });
});
