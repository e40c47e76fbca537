import fc from 'fast-check';
import { describe, expect, it, test, vi } from 'vitest';
import { INTEGRATIONS_TABLE_SHAPE } from '../../functions/integrations/table.ts';
import { table } from '../../shared/aws/dynamo.ts';
import { idempotencyStore } from '../../shared/aws/idempotency-store.ts';
import { http } from '../../shared/http/handler.ts';
import type { Routes } from '../../shared/http/route.ts';
import { conflict } from '../../shared/kernel/errors.ts';
import { newSecret } from '../../shared/kernel/ids.ts';
import * as z from 'zod/mini';
import { standingClock } from '../support/alerts.ts';
import { invoke, type Invocation } from '../support/invoke.ts';
import { memoryTable } from '../support/memory-table.ts';
import { runs } from '../support/runs.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

const success = { status: 201, description: 'Made' } as const;
const body = z.strictObject({ name: z.string() });
const routes = {
  make: { method: 'POST', path: '/api/things', summary: 'Make', permission: 'any', body, success },
  other: { method: 'POST', path: '/api/others', summary: 'Make another', permission: 'any', body, success },
  key: { method: 'POST', path: '/api/keys', summary: 'Key', permission: 'any', answersSecret: true, body, success },
  found: {
    method: 'POST',
    path: '/api/found',
    summary: 'Find',
    permission: 'any',
    findsItsEffect: true,
    body,
    success,
  },
  read: { method: 'GET', path: '/api/things', summary: 'Read', permission: 'any', success },
} as const satisfies Routes;

const KEY = '1f0a3f54-8d1e-4b57-9a53-3f0c3e3f6c11';

/** A surface whose handlers count what they do, and wait or fail as the test says. */
const madeOf = (turn?: (operation: string) => Promise<void>) => {
  let calls = 0;
  const memory = memoryTable(INTEGRATIONS_TABLE_SHAPE, async (operation) => {
    calls += 1;
    await turn?.(operation);
  });
  const clock = standingClock();
  const done: string[] = [];
  let secret = 'swordfish';
  let before: () => Promise<void> = () => Promise.resolve();
  const does = async ({ body: { name } }: { readonly body: { readonly name: string } }) => {
    await before();
    done.push(name);
    return { number: done.length, name, secret };
  };
  const records = table(memory.client, memory.tableName);
  const written: unknown[] = [];
  const update: typeof records.update = (change) => {
    written.push(change);
    return records.update(change);
  };
  const entry = http(
    routes,
    { make: does, other: does, key: does, found: does, read: async () => ({ items: [] }) },
    { keys: () => ({ clock, store: idempotencyStore({ update }, INTEGRATIONS_TABLE_SHAPE) }) },
  );
  const send = (key: string | undefined, name = 'a', more: Invocation = {}, path = '/api/things' as `/${string}`) =>
    invoke(entry, `POST ${path}`, {
      caller: { id: 'usr_anna' },
      body: { name },
      ...more,
      headers: key === undefined ? {} : { 'Idempotency-Key': key },
    });
  return {
    written,
    clock,
    done,
    send,
    calls: () => calls,
    answering: (text: string) => void (secret = text),
    handling: (run: () => Promise<void>) => void (before = run),
  };
};

describe('a request that is repeated with its key', () => {
  it('has one effect, and the status, headers and body of the first with the header that says so', async () => {
    const { send, done } = madeOf();
    const first = await send(KEY);
    const second = await send(KEY);
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect([second.status, second.text]).toEqual([first.status, first.text]);
    expect(done).toEqual(['a']);
  });

  it('may have the key in quotes, as the draft of the standard writes it', async () => {
    const { send, done } = madeOf();
    await send(KEY);
    expect((await send(`"${KEY}"`)).headers['idempotency-replayed']).toBe('true');
    expect(done).toHaveLength(1);
  });

  it('is carried out again a day later', async () => {
    const { send, done, clock } = madeOf();
    await send(KEY);
    clock.advance(24 * 3_600_000 - 1000);
    expect((await send(KEY)).headers['idempotency-replayed']).toBe('true');
    clock.advance(2000);
    expect((await send(KEY)).headers['idempotency-replayed']).toBeUndefined();
    expect(done).toHaveLength(2);
  });

  it('gets the refusal of the first again, even where it would be accepted now', async () => {
    const { send, handling, done } = madeOf();
    handling(() => Promise.reject(conflict('thing.there', 'It is there.')));
    const first = await send(KEY);
    handling(() => Promise.resolve());
    const second = await send(KEY);
    expect([second.status, second.body.code, second.text]).toEqual([409, 'thing.there', first.text]);
    expect(done).toEqual([]);
  });

  it('is carried out where the first ended in 5xx', async () => {
    const { send, handling, done } = madeOf();
    handling(() => Promise.reject(new Error('swordfish')));
    expect((await send(KEY)).status).toBe(500);
    handling(() => Promise.resolve());
    expect(await send(KEY)).toMatchObject({ status: 201 });
    expect(done).toEqual(['a']);
  });
});

test('409 with Retry-After: the first request is under way, and after its time the next one takes over', async () => {
  const { send, handling, clock, done } = madeOf();
  const started = Promise.withResolvers<void>();
  const mayEnd = Promise.withResolvers<void>();
  handling(() => {
    started.resolve();
    return mayEnd.promise;
  });
  const first = send(KEY);
  await started.promise;
  const second = await send(KEY);
  expect([second.status, second.body.code]).toEqual([409, 'idempotency.in_progress']);
  expect(Number(second.headers['retry-after'])).toBeGreaterThan(0);
  handling(() => Promise.resolve());
  clock.advance(31_000);
  expect((await send(KEY)).status).toBe(201);
  mayEnd.resolve();
  await first;
  expect(done).toHaveLength(2);
  // The answer of the attempt that has the claim is the one that stays.
  expect((await send(KEY)).body).toMatchObject({ number: 1 });
});

test('422: the key belongs to a request with another body', async () => {
  const { send, done } = madeOf();
  await send(KEY);
  const other = await send(KEY, 'b');
  expect([other.status, other.body.code]).toEqual([422, 'idempotency.key_reused']);
  expect(done).toEqual(['a']);
});

test.each([
  ['no character', ''],
  ['quotes alone', '""'],
  ['256 characters', 'x'.repeat(256)],
  ['a character that is not printable', 'a\u0007b'],
  ['a letter beyond ASCII', 'schlüssel'],
])('400: a key of %s', async (_, key) => {
  const { send, done } = madeOf();
  const refused = await send(key);
  expect([refused.status, refused.body.code]).toEqual([400, 'idempotency.key_invalid']);
  expect(done).toEqual([]);
});

test('a key of 255 characters is taken', async () => {
  const { send } = madeOf();
  expect((await send('x'.repeat(255))).status).toBe(201);
});

test('a key belongs to one caller and one route', async () => {
  const { send, done } = madeOf();
  await send(KEY);
  await send(KEY, 'a', { caller: { id: 'usr_ben' } });
  await send(KEY, 'a', { caller: { id: 'usr_anna', kind: 'machine' } });
  await send(KEY, 'a', {}, '/api/others');
  expect(done).toHaveLength(4);
});

test('a request without a key makes no call to the table', async () => {
  const { send, calls } = madeOf();
  await send(undefined);
  expect(calls()).toBe(0);
});

test('nothing of the request or its answer is readable in the table', async () => {
  const { send, written } = madeOf();
  await send(KEY, 'confidential', {}, '/api/keys');
  const items = JSON.stringify(written);
  expect(items).toContain('IDEMPOTENCY#');
  for (const text of [KEY, 'confidential', 'swordfish', 'usr_anna']) expect(items).not.toContain(text);
  const inBase64 = items.match(/[\w+/-]{40,}/g)?.map((text) => Buffer.from(text, 'base64').toString('latin1')) ?? [];
  expect(inBase64.join()).not.toMatch(/confidential|swordfish/);
});

test('409: an answer with a secret is not stored under a key that could be guessed, and the repeat changes nothing', async () => {
  const { send, done } = madeOf();
  await send('1', 'a', {}, '/api/keys');
  const repeat = await send('1', 'a', {}, '/api/keys');
  expect([repeat.status, repeat.body.code]).toEqual([409, 'idempotency.answer_not_stored']);
  expect(done).toHaveLength(1);
  await send(KEY, 'a', {}, '/api/keys');
  expect((await send(KEY, 'a', {}, '/api/keys')).body).toMatchObject({ secret: 'swordfish' });
});

test('409: an answer that is too large is not stored, and the repeat changes nothing', async () => {
  const { send, done, answering } = madeOf();
  // Random text, which nothing makes smaller.
  answering(newSecret(400_000));
  expect((await send(KEY)).status).toBe(201);
  const repeat = await send(KEY);
  expect([repeat.status, repeat.body.code]).toEqual([409, 'idempotency.answer_not_stored']);
  expect(done).toHaveLength(1);
});

describe('while the table of the records refuses', () => {
  const refusing = () =>
    madeOf(() => Promise.reject(Object.assign(new Error('swordfish'), { name: 'ThrottlingException' })));

  test('503: a request with a key is not carried out, because a repeat could double it', async () => {
    const { send, done } = refusing();
    expect(await send(KEY)).toMatchObject({ status: 503, body: { code: 'store.unavailable' } });
    expect(done).toEqual([]);
  });

  test('a route that finds its effect by the key is carried out', async () => {
    const { send, done } = refusing();
    expect((await send(KEY, 'a', {}, '/api/found')).status).toBe(201);
    expect(done).toEqual(['a']);
  });
});

it('of any interleaving of the same request one attempt is carried out, and each answer is that one or 409', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 4 }), async (scheduler, times) => {
      const { send, handling, done } = madeOf((operation) => scheduler.schedule(Promise.resolve(), operation));
      handling(() => scheduler.schedule(Promise.resolve(), 'effect'));
      const sent = Array.from({ length: times }, () => send(KEY));
      const answers = await scheduler.waitFor(Promise.all(sent));
      expect(done).toHaveLength(1);
      for (const { status, body: answered } of answers) {
        if (status === 201) expect(answered).toMatchObject({ number: 1 });
        else expect([status, answered.code]).toEqual([409, 'idempotency.in_progress']);
      }
      const later = await scheduler.waitFor(send(KEY));
      expect(later.headers['idempotency-replayed']).toBe('true');
    }),
    { numRuns: runs(1000) },
  );
});
