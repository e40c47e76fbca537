import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Alert, AlertWithTimeline } from '../../functions/alerts/alert.ts';
import { startSubscriber, type Subscriber } from '../clients/subscriber.ts';
import { eventually } from '../../operate/eventually.ts';
import { startTocsin, type Client, type Tocsin } from '../support/tocsin.ts';

let tocsin: Tocsin;
let admin: Client;
let subscriber: Subscriber;
let key: string;
const written: string[] = [];

beforeAll(async () => {
  tocsin = await startTocsin({ onOutput: (name, text) => written.push(`${name}: ${text}`) });
  admin = await tocsin.admin();
  subscriber = await startSubscriber();
  const endpoint = { protocol: 'http', endpoint: subscriber.endpoint };
  expect((await admin.post('/api/monitoring/subscriptions', endpoint)).status).toBe(201);
  await eventually('the subscription is confirmed', { withinMs: 10_000 }, async () =>
    expect(subscriber.confirmed()).toBe(true),
  );
  const made = await admin.post<{ key: string }>('/api/api-keys', {
    name: 'shop',
    permissions: ['integrations.ingest', 'monitoring.write'],
  });
  key = made.body.key;
  // The functions have seen the key, as they have on any day.
  await Promise.all(Array.from({ length: 4 }, () => push([])));
}, 120_000);
afterEach(() => tocsin.as().call('DELETE', '/_local/faults'));
afterAll(async () => {
  await subscriber.stop();
  await tocsin.stop();
});

const fail = (service: string) =>
  tocsin.as().post('/_local/faults', {
    service,
    status: service === 'dynamodb' ? 400 : 500,
    ...(service === 'dynamodb' && { code: 'ProvisionedThroughputExceededException' }),
    untilCleared: true,
  });
const recover = async () => {
  await tocsin.as().call('DELETE', '/_local/faults');
  // Until the functions ask the table again, and the queue delivers again.
  await tocsin.pass(60);
};
const push = (alerts: unknown) => tocsin.as({ authorization: `Bearer ${key}` }).post('/api/v2/alerts', alerts);
const alert = (name: string, over: object = {}) => ({ labels: { alertname: name, severity: 'critical' }, ...over });
const ended = (name: string) => {
  const now = tocsin.runtime.clock.now();
  return alert(name, { startsAt: new Date(now - 2000).toISOString(), endsAt: new Date(now - 1).toISOString() });
};
const seen = async (name: string): Promise<readonly Alert[]> => {
  admin = await tocsin.admin();
  return (await admin.get<{ items: Alert[] }>(`/api/monitoring/alerts?label=alertname%3D${name}`)).body.items;
};
const told = (id: string) => subscriber.about(id).map(({ transition, sequence }) => [sequence, transition]);

test('while nothing happens, functions that run by the clock write no line to their logs', async () => {
  // The first minute makes a monitor of Tocsin itself, and says so.
  await tocsin.pass(60);
  written.length = 0;
  await tocsin.pass(600);
  // A run of the hour that is the first adds up days, and says so once.
  expect(written.filter((line) => !line.includes('days added up'))).toEqual([]);
});

describe('while DynamoDB refuses', () => {
  test('what is pushed is accepted, kept, and rings when the day gets better', async () => {
    await fail('dynamodb');
    for (let i = 0; i < 3; i++) expect((await push([alert('Kept')])).status).toBe(200);
    await recover();
    const [kept, ...others] = await seen('Kept');
    expect(others).toEqual([]);
    expect(kept).toMatchObject({ status: 'open', count: 3 });
    expect(told(kept?.id ?? '')).toEqual([[1, 'opened']]);
  });

  test('an alert is accepted by webhook, by a person and by a machine, too', async () => {
    const machine = tocsin.as({ authorization: `Bearer ${key}` });
    const raised = (title: string) => ({ title, severity: 'error', dedupKey: title });
    await fail('dynamodb');
    const answers = [
      await tocsin
        .as()
        .post(`/api/integrations/${key}/alertmanager`, { alerts: [{ status: 'firing', ...alert('Hooked') }] }),
      await admin.post('/api/monitoring/alerts', raised('By a person')),
      await machine.post('/api/monitoring/alerts', raised('By a machine')),
    ];
    expect(answers.map(({ status }) => status < 300)).toEqual([true, true, true]);
    await recover();
    admin = await tocsin.admin();
    const { items } = (await admin.get<{ items: Alert[] }>('/api/monitoring/alerts?status=open')).body;
    expect(items.map(({ title }) => title)).toEqual(expect.arrayContaining(['Hooked', 'By a person', 'By a machine']));
  });

  test('what was over when the queue came to it is not opened again: it is there to be read, and wakes nobody', async () => {
    await fail('dynamodb');
    expect((await push([alert('Over')])).status).toBe(200);
    await tocsin.runtime.clock.advance(1000);
    expect((await push([ended('Over')])).status).toBe(200);
    await recover();
    // What is over is listed once the stream has brought it to its place.
    const over = await vi.waitFor(
      async () => {
        const [found] = await seen('Over');
        expect(found).toMatchObject({ status: 'resolved', count: 1 });
        return found;
      },
      { timeout: 20_000, interval: 250 },
    );
    const { body } = await admin.get<AlertWithTimeline>(`/api/monitoring/alerts/${over?.id}`);
    expect(body.timeline.map(({ type }) => type)).toEqual(['opened', 'resolved']);
  });

  test('what one throttled write kept back opens within seconds, without the minute and without another event', async () => {
    await tocsin.as().post('/_local/faults', {
      service: 'dynamodb',
      operation: 'UpdateItem',
      status: 400,
      code: 'ProvisionedThroughputExceededException',
      count: 2,
    });
    expect((await push([alert('Throttled')])).status).toBe(200);
    await eventually('it opens while the clock stands', { withinMs: 10_000 }, async () =>
      expect(await seen('Throttled')).toMatchObject([{ status: 'open', count: 1 }]),
    );
  });

  test('and SQS as well, the answer is 503 and nothing is promised', async () => {
    await fail('dynamodb');
    await fail('sqs');
    const refused = await push([alert('Lost')]);
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await recover();
    expect(await seen('Lost')).toEqual([]);
    expect((await push([alert('Lost')])).status).toBe(200);
    expect(await seen('Lost')).toHaveLength(1);
  });
});

describe('while SNS is down', () => {
  test('alerts open meanwhile, and each transition is published when it is back', async () => {
    await fail('sns');
    expect((await push([alert('Quiet')])).status).toBe(200);
    expect((await push([ended('Quiet')])).status).toBe(200);
    const quiet = await eventually('it is moved among the resolved ones', { withinMs: 10_000 }, async () => {
      const [found] = await seen('Quiet');
      expect(found).toMatchObject({ status: 'resolved' });
      return found;
    });
    expect(told(quiet?.id ?? '')).toEqual([]);
    await recover();
    await tocsin.pass(120);
    const sequences = told(quiet?.id ?? '').sort();
    expect(sequences).toEqual([
      [1, 'opened'],
      [2, 'resolved'],
    ]);
  });
});
