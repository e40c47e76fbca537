import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, Tocsin } from '../test/support/tocsin.ts';
import { quantile, rate, row, timed } from './measure.ts';

type Post = (path: string, body: unknown) => Promise<string>;

const POINTS_A_CALL = 1_000;
const MONITORS = 200;
const AT_ONCE = 50;

/** Points a second over HTTP, a thousand a call, against writes of one item each at the same engine. */
export const metricsRow = async (tocsin: Tocsin, post: Post, putsASecond: number): Promise<void> => {
  const call = (n: number): Promise<string> =>
    post('/api/monitoring/metrics', {
      points: Array.from({ length: POINTS_A_CALL }, (_, i) => ({
        name: `bench.metric_${i % 10}`,
        value: n + i,
        dimensions: { host: `h${i % 50}` },
      })),
    });
  await rate(5, 2, call);
  const calls = await rate(30, 4, call);
  await tocsin.runtime.idle();
  const points = calls * POINTS_A_CALL;
  const share = points / putsASecond;
  const told = `${share.toFixed(1)} (${points.toFixed(0)}/s of ${putsASecond.toFixed(0)}/s)`;
  row('points over HTTP / conditional PutItem', told, 'at least 5', share >= 5, share >= 1.5);
};

/** From a metric that breaks a rule to the subscriber: requirements ask for a second. */
export const observationRow = async (
  admin: Client,
  post: Post,
  arrival: (title: string) => number | undefined,
): Promise<void> => {
  await admin.post('/api/monitoring/rules', {
    name: 'Bench',
    severity: 'info',
    groupBy: ['host'],
    condition: { type: 'threshold', metric: 'bench.depth', operator: '>', value: 10 },
  });
  // Containers take a new rule up within a quarter of a minute.
  await sleep(16_000);
  const delays: number[] = [];
  for (let n = 0; n < 60; n++) {
    await post('/api/monitoring/metrics', {
      points: [{ name: 'bench.depth', value: 11, dimensions: { host: `h${n}` } }],
    });
    const accepted = performance.now();
    const title = `Bench (host=h${n})`;
    for (let i = 0; i < 5_000 && arrival(title) === undefined; i++) await sleep(1);
    if (n >= 10) delays.push(Math.max(0, (arrival(title) ?? Infinity) - accepted));
  }
  const p99 = quantile(delays, 0.99);
  row('observation to webhook, p99', `${p99.toFixed(1)} ms`, 'at most 1000 ms', p99 <= 1_000, p99 <= 2_000);
};

/** How long a minute of monitors takes, against the same requests made with nothing around them. */
export const collectionRow = async (tocsin: Tocsin, admin: Client): Promise<void> => {
  const server = createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  for (let n = 0; n < MONITORS; n++) {
    const { status } = await admin.post('/api/monitoring/monitors', { name: `m${n}`, check: { type: 'http', url } });
    if (status !== 201) throw new Error(`No monitor: ${status}`);
  }
  await tocsin.pass(60);
  const minute = await timed(() => tocsin.pass(60));
  const bare = await timed(() => rate(MONITORS, AT_ONCE, async () => (await fetch(url)).text()));
  server.close();
  server.closeAllConnections();
  const share = minute / bare;
  const told = `${share.toFixed(1)} (${minute.toFixed(0)} ms of ${bare.toFixed(0)} ms)`;
  row(`a minute of ${MONITORS} monitors / bare requests`, told, 'at most 30', share <= 30, share <= 90);
};
