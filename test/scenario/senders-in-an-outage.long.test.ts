import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startTocsin, type Answer, type Client, type Tocsin } from '../support/tocsin.ts';

/*
 * What senders see while DynamoDB is down, over HTTP, with up to four processes of each function: most of them start
 * during the outage and have never seen a caller.
 */

let tocsin: Tocsin;
let admin: Client;
let key: string;

beforeAll(async () => {
  tocsin = await startTocsin({ maxEnvironments: 4 });
  admin = await tocsin.admin();
  const made = await admin.post<{ key: string }>('/api/api-keys', {
    name: 'shop',
    permissions: ['integrations.ingest', 'monitoring.write'],
  });
  key = made.body.key;
  await tocsin.runtime.idle();
}, 300_000);
afterEach(() => tocsin.as().call('DELETE', '/_local/faults'));
afterAll(() => tocsin.stop());

const refuse = (service: string) =>
  tocsin.as().post('/_local/faults', {
    service,
    ...(service === 'dynamodb' ? { status: 400, code: 'ProvisionedThroughputExceededException' } : { status: 500 }),
    untilCleared: true,
  });

const alert = (name: string) => ({ labels: { alertname: name, severity: 'critical' } });

/** Every way in for alerts, by a machine key and by a person. */
const waysIn = (): Readonly<Record<string, (name: string) => Promise<Answer>>> => {
  const machine = tocsin.as({ authorization: `Bearer ${key}` });
  const raise = (client: Client, title: string) =>
    client.post('/api/monitoring/alerts', { title, severity: 'error', dedupKey: title });
  return {
    push: (name) => machine.post('/api/v2/alerts', [alert(name)]),
    webhook: (name) =>
      tocsin.as().post(`/api/integrations/${key}/alertmanager`, { alerts: [{ status: 'firing', ...alert(name) }] }),
    'raise by a person': (name) => raise(admin, name),
    'raise by a machine': (name) => raise(machine, name),
  };
};

/** Each sender sends ten times a second at most, so that no rate limit is met. */
const PAUSE_MS = 100;
const paused = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Sends by every way in, eight senders at once, for some seconds. Answers which statuses each way saw. */
const statusesOfLoad = async (seconds: number): Promise<Readonly<Record<string, readonly number[]>>> => {
  const until = performance.now() + seconds * 1000;
  const seen = new Map(Object.keys(waysIn()).map((way) => [way, new Set<number>()]));
  await Promise.all(
    [...Object.entries(waysIn()), ...Object.entries(waysIn())].map(async ([way, send], sender) => {
      do {
        seen.get(way)?.add((await send(`Sender ${sender}`)).status);
        await paused(PAUSE_MS);
      } while (performance.now() < until);
    }),
  );
  return Object.fromEntries([...seen].map(([way, statuses]) => [way, [...statuses].filter((each) => each >= 300)]));
};

const ALL_ACCEPTED = { push: [], webhook: [], 'raise by a person': [], 'raise by a machine': [] };

test('while it refuses, every event is accepted', async () => {
  await refuse('dynamodb');
  expect(await statusesOfLoad(10)).toEqual(ALL_ACCEPTED);
}, 120_000);

test('while it refuses now and then, every event is accepted', async () => {
  const over = new AbortController();
  const flapping = (async () => {
    while (!over.signal.aborted) {
      await refuse('dynamodb');
      await paused(700);
      await tocsin.as().call('DELETE', '/_local/faults');
      await paused(500);
    }
  })();
  const statuses = await statusesOfLoad(10);
  over.abort();
  await flapping;
  expect(statuses).toEqual(ALL_ACCEPTED);
}, 120_000);

test('while it answers after six seconds, every event is accepted', async () => {
  await tocsin.as().post('/_local/faults', { service: 'dynamodb', delayMs: 6000, untilCleared: true });
  expect(await statusesOfLoad(12)).toEqual(ALL_ACCEPTED);
}, 120_000);

test('where the queue refuses too, each way in answers 503 and says when to come again', async () => {
  await refuse('dynamodb');
  await refuse('sqs');
  for (const [way, send] of Object.entries(waysIn())) {
    const { status, headers } = await send('Refused');
    expect([way, status]).toEqual([way, 503]);
    expect(Number(headers.get('retry-after')), way).toBeGreaterThan(0);
  }
}, 120_000);
