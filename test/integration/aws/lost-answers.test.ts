import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LOCKS } from '../../../functions/auth/lock-out/lock-out.ts';
import { countAttempt } from '../../../functions/auth/lock-out/store.ts';
import { clientSettings } from '../../../shared/aws/clients.ts';
import { table, type Table } from '../../../shared/aws/dynamo.ts';
import { startDynamo, testCredentials, type TestDynamo } from '../../support/dynamo.ts';

/* The requests of a client reach DynamoDB by a proxy, which can lose the answer of the next one, or the request itself. */

let dynamo: TestDynamo;
let proxy: Server;
let plain: Table;
let store: Table;
let fate: 'lose the answer' | 'lose the request' | undefined;
let between: (() => Promise<unknown>) | undefined;

beforeAll(async () => {
  dynamo = await startDynamo();
  const name = await dynamo.table(
    { hash: 'pk', range: 'sk', indexes: {}, expiry: 'ttl', auditEvents: 'none' },
    'lost-answers',
  );
  const { port } = new URL(dynamo.endpoint);
  proxy = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const now = fate;
      const work = between;
      [fate, between] = [undefined, undefined];
      if (now === 'lose the request') {
        void Promise.resolve(work?.()).then(() => incoming.socket.destroy());
        return;
      }
      const { method, url: path, headers } = incoming;
      const onward = forward({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
        if (now === undefined) {
          outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
          answer.pipe(outgoing);
        } else {
          answer.resume().on('end', () => void Promise.resolve(work?.()).then(() => incoming.socket.destroy()));
        }
      });
      onward.end(Buffer.concat(chunks));
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const client = new DynamoDBClient({
    ...clientSettings(),
    endpoint: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    region: 'eu-central-1',
    credentials: testCredentials,
  });
  store = table(client, name);
  plain = table(dynamo.client, name);
});
beforeEach(() => {
  [fate, between] = [undefined, undefined];
});
afterAll(async () => {
  proxy.closeAllConnections();
  proxy.close();
  await dynamo.stop();
});

let count = 0;
const newKey = () => ({ pk: `item-${++count}`, sk: 'ITEM' });
const isNew = { expression: 'attribute_not_exists(#pk)' };
const versionIs = (seen: number) => ({ expression: '#version = :seen', values: { seen } });

describe('a write whose answer is lost is done', () => {
  test('by a put that must find nothing', async () => {
    const item = { ...newKey(), name: 'ana', event: { id: 'evt_0', list: [1, 'a', null, true], missing: undefined } };
    fate = 'lose the answer';
    expect(await store.put(item, isNew)).toMatchObject({ done: true });
    expect(await store.put(item, isNew)).toMatchObject({ done: false });
  });

  test('by an update that must find a version', async () => {
    const key = newKey();
    await plain.put({ ...key, version: 1, sessions: { a: { hash: 'x' } }, lock: 'until' });
    fate = 'lose the answer';
    const change = {
      key,
      set: { version: 2, 'sessions.#a.#hash': 'y', event: { id: 'evt_1', detail: { a: 'b' } } },
      remove: ['lock'],
      when: versionIs(1),
    };
    const { done, item } = await store.update(change);
    expect(done).toBe(true);
    expect(item).toMatchObject({ version: 2, sessions: { a: { hash: 'y' } } });
    expect((await store.update(change)).done).toBe(false);
  });

  test('by an update that bears an id of its own', async () => {
    const key = newKey();
    const change = {
      key,
      set: { attempts: 2, writeId: 'one' },
      when: { expression: 'attribute_not_exists(#attempts)' },
    };
    fate = 'lose the answer';
    expect(await store.update(change)).toMatchObject({ done: true, item: { attempts: 2 } });
    expect(await store.update({ ...change, set: { ...change.set, writeId: 'other' } })).toMatchObject({ done: false });
  });

  test('by an attempt at a login, which its own lock does not refuse', async () => {
    const at = new Date('2026-11-21T03:00:00Z');
    const policy = { ...LOCKS.account, freeAttempts: 1 };
    const losing = {
      ...store,
      update: ((change) => {
        if (change.set?.['lockedUntil']) fate = 'lose the answer';
        return store.update(change);
      }) as Table['update'],
    };
    expect(await countAttempt(losing, policy, 'ana', at)).toEqual({ allowed: true, lockedUntil: undefined });
    expect(await countAttempt(losing, policy, 'ana', at)).toEqual({
      allowed: true,
      lockedUntil: '2026-11-21T03:01:00.000Z',
    });
    expect(await countAttempt(losing, policy, 'ana', at)).toEqual({ allowed: false, retryAfterSeconds: 60 });
  });

  test('by a transaction', async () => {
    const [user, name] = [newKey(), newKey()];
    fate = 'lose the answer';
    const writes = [
      { put: { ...user, name: 'ana' }, when: isNew },
      { put: { ...name, id: user.pk }, when: isNew },
    ];
    expect(await store.transact(writes)).toBe(true);
    expect(await store.transact(writes)).toBe(false);
    expect(await plain.get(user, { consistent: true })).toMatchObject({ name: 'ana' });
  });

  test('by a transaction that updates and deletes', async () => {
    const [user, name] = [newKey(), newKey()];
    await plain.put({ ...user, version: 1 });
    await plain.put({ ...name, id: user.pk });
    fate = 'lose the answer';
    const gone = { delete: name, when: { expression: 'attribute_exists(#pk)' } };
    expect(await store.transact([{ update: { key: user, set: { version: 2 }, when: versionIs(1) } }, gone])).toBe(true);
    expect(await plain.get(name, { consistent: true })).toBeUndefined();
  });
});

describe('a write that another overtook is not done, however often it was sent', () => {
  test('by a put and an update that are alike, and bear no event to tell them apart', async () => {
    const key = newKey();
    const claim = { ...key, until: '2026-11-21T03:01:00Z' };
    fate = 'lose the request';
    between = () => plain.put(claim);
    expect(await store.put(claim, isNew)).toMatchObject({ done: false });
    fate = 'lose the request';
    between = () => plain.update({ key, set: { attempts: 2 } });
    const alike = { key, set: { attempts: 2 }, when: { expression: 'attribute_not_exists(#attempts)' } };
    expect(await store.update(alike)).toMatchObject({ done: false });
  });

  test('by a put and an update', async () => {
    const key = newKey();
    fate = 'lose the request';
    between = () => plain.put({ ...key, name: 'ben', version: 1 });
    expect(await store.put({ ...key, name: 'ana', version: 1 }, isNew)).toMatchObject({
      done: false,
      item: { name: 'ben' },
    });
    fate = 'lose the request';
    between = () => plain.update({ key, set: { version: 2, name: 'cem' } });
    expect(await store.update({ key, set: { version: 2, name: 'ana' }, when: versionIs(1) })).toMatchObject({
      done: false,
      item: { name: 'cem' },
    });
  });

  test('by a transaction', async () => {
    const key = newKey();
    fate = 'lose the request';
    between = () => plain.put({ ...key, name: 'ben' });
    expect(await store.transact([{ put: { ...key, name: 'ana' }, when: isNew }])).toBe(false);
  });
});
