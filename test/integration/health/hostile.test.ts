import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bucketOf } from '../../../functions/health/metrics/segment.ts';
import { createMonitor } from '../../../functions/health/monitors/create-monitor.ts';
import { evaluator } from '../../../functions/health/monitors/evaluator.ts';
import { CreateMonitor, type StoredMonitor } from '../../../functions/health/monitors/monitor.ts';
import { runCheck } from '../../../functions/health/monitors/run-check.ts';
import type { Shard } from '../../../functions/health/monitors/slots.ts';
import { tick } from '../../../functions/health/monitors/tick.ts';
import { checkShard, LEASE_SECONDS } from '../../../functions/health/monitors/check-shard.ts';
import { HEALTH_TABLE_SHAPE } from '../../../functions/health/table.ts';
import { rangesIn } from '../../../shared/http/address.ts';
import { standingClock } from '../../support/alerts.ts';
import { bySomebody, healthDeps } from '../../support/health.ts';
import { memoryTable } from '../../support/memory-table.ts';
import { sampled } from '../../support/runs.ts';

const MIB = 1024 * 1024;
const letters = `${'a'.repeat(60)}!`;
const nested = (depth: number): string => '['.repeat(depth) + '1' + ']'.repeat(depth);
const objects = `[${Array.from({ length: 60_000 }, (_, i) => `{"a":${i}}`).join()}]`;

/** What a target answers, by its path. */
const ANSWERS: Readonly<Record<string, string | Buffer>> = {
  '/letters': JSON.stringify([{ x: letters }]),
  '/nested': nested(8),
  '/deep': nested(200_000),
  '/objects': objects,
  '/text': 'a'.repeat(MIB),
  '/bomb': gzipSync(Buffer.alloc(200 * MIB, '[')),
  '/series': Array.from({ length: 90_000 }, (_, i) => `a${i % 7} ${i}`).join('\n'),
};

const select = (times: number): string => `$${'[0,0,0,0,0,0,0,0,0,0]'.repeat(times)}`;

/** Monitors that others might make, of targets that they might run, and what comes of them. */
const HOSTILE: readonly (readonly [path: string, check: object, reason: RegExp])[] = [
  ['/nested', { jsonPath: `${select(8)}[9]` }, /^its jsonPath takes too long to evaluate on this answer$/],
  ['/letters', { jsonPath: "$[?search(@.x, '(a+)+b')]" }, /selects nothing|too long/],
  ['/letters', { jsonPath: "$[?match(@.x, '(a|a?)+b')]" }, /selects nothing|too long/],
  [
    '/objects',
    { jsonPath: '$[?count($..*) > count($[?@.a == count($..*)])].b' },
    /^its jsonPath takes too (long|much memory) to evaluate on this answer$/,
  ],
  ['/deep', { jsonPath: '$..x' }, /cannot be evaluated|no JSON|too long|too much/],
  ['/text', { matches: `${'(a?){100}'.repeat(2)}b` }, /matches|too long/],
  ['/bomb', { jsonPath: '$..x' }, /^the answer is larger than 1 MiB, so jsonPath cannot be evaluated$/],
  [
    '/series',
    { type: 'scrape', metrics: Array.from({ length: 100 }, (_, i) => `a${'a'.repeat(i)}*`) },
    /series|too long/,
  ],
];

const servers: Server[] = [];
let target = '';
beforeAll(async () => {
  const server = createServer((request, response) => {
    const body = ANSWERS[request.url ?? ''];
    response.writeHead(body === undefined ? 500 : 200, Buffer.isBuffer(body) ? { 'content-encoding': 'gzip' } : {});
    // Canaries answer later than what holds the worker up.
    setTimeout(() => response.end(body), body === undefined ? 400 : 0);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  target = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

describe('expressions and answers that would take a worker for ever', () => {
  it('fail alone: canaries in the same shard are noticed, the figures of all are stored, and the lease is kept', async () => {
    const clock = standingClock();
    const deps = healthDeps(memoryTable(HEALTH_TABLE_SHAPE), clock);
    const means = {
      allowed: rangesIn('127.0.0.0/8'),
      cloudWatch: () => expect.unreachable(),
      ownAlarms: 'none',
      evaluator: evaluator(new URL('../../../functions/health/threads/evaluate.ts', import.meta.url)),
    };
    const reasons = new Map<string, string>();
    const durations = new Map<string, number>();
    const run = async (monitor: StoredMonitor, at: Date, by: number) => {
      const found = await runCheck(monitor, means, at, by);
      reasons.set(monitor.name, found.reason);
      if (found.phases) durations.set(monitor.name, found.durationMs - found.phases.firstByteMs);
      return found;
    };
    const add = (name: string, check: object) =>
      createMonitor(
        deps,
        bySomebody,
        CreateMonitor.parse({ name, failAfter: 1, timeoutMs: 20_000, check: { type: 'http', ...check } }),
      );
    const hostile = sampled(HOSTILE);
    for (const [i, [path, check]] of hostile.entries()) await add(`hostile ${i}`, { url: target + path, ...check });
    const canaries = await Promise.all(
      ['$.a', undefined, '$..b'].map((jsonPath, i) =>
        add(`canary ${i}`, { url: `${target}/canary`, expectedStatus: ['500'], jsonPath, contains: 'x' }),
      ),
    );
    const well = await add('well', { url: `${target}/nested`, jsonPath: '$[0][0]', matches: '^\\[+1' });

    const shards: Shard[] = [];
    await tick({ ...deps, send: async (all) => void shards.push(...all) });
    const begun = performance.now();
    let longestHold = 0;
    let last = performance.now();
    const pulse = setInterval(() => {
      longestHold = Math.max(longestHold, performance.now() - last);
      last = performance.now();
    }, 5);
    for (const shard of shards) await checkShard({ ...deps, run }, shard);
    clearInterval(pulse);
    expect(performance.now() - begun).toBeLessThan(LEASE_SECONDS * 1_000);

    for (const { id } of canaries) expect(await deps.monitors.stateOf(id)).toMatchObject({ status: 'down' });
    expect(await deps.monitors.stateOf(well.id)).toMatchObject({ status: 'up' });
    for (const [i, [, , reason]] of hostile.entries()) expect(reasons.get(`hostile ${i}`)).toMatch(reason);
    // The time that is measured is the target's: none of it was spent on evaluating.
    expect(durations.get('hostile 0')).toBeLessThan(1_000);
    const now = clock.now().getTime();
    const figures = (await deps.segments.read(bucketOf('monitor.up'), now - 60_000, now + 60_000)).filter(
      ({ name }) => name === 'monitor.up',
    );
    expect(new Set(figures.map(({ dimensions }) => dimensions['monitor'])).size).toBe(hostile.length + 4);
    // The thread that reads and writes waits for none of it.
    expect(longestHold).toBeLessThan(2_000);
  }, 90_000);
});
