import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Alert } from '../../../functions/alerts/alert.ts';
import { startSubscriber, type Subscriber } from '../../clients/subscriber.ts';
import type { Client, Tocsin } from '../../support/tocsin.ts';
import { product } from './product.ts';
import { eventually } from '../../../operate/eventually.ts';

let tocsin: Tocsin;
let admin: Client;
let subscriber: Subscriber;

beforeAll(async () => {
  tocsin = await product();
  admin = await tocsin.admin();
  subscriber = await startSubscriber();
  await admin.post('/api/monitoring/subscriptions', { protocol: 'http', endpoint: subscriber.endpoint });
  await eventually('the subscription is confirmed', { withinMs: 10_000 }, async () =>
    expect(subscriber.confirmed()).toBe(true),
  );
});

afterAll(() => subscriber.stop());

const told = (id: string) => subscriber.about(id).map(({ transition }) => transition);
const raise = async (title: string, region: string): Promise<Alert> =>
  (await admin.post<Alert>('/api/monitoring/alerts', { title, severity: 'critical', labels: { region } })).body;

test('while a region moves nobody is woken for it; what is still wrong when the silence ends rings; the trail knows all', async () => {
  const now = tocsin.runtime.clock.now();
  const before = await raise('Already known', 'eu-1');
  await tocsin.runtime.idle();
  const { status, body } = await admin.post<{ silenceID: string }>('/api/v2/silences', {
    matchers: [{ name: 'region', value: 'eu-.*', isRegex: true, isEqual: true }],
    startsAt: new Date(now).toISOString(),
    endsAt: new Date(now + 120_000).toISOString(),
    createdBy: 'night shift',
    comment: 'The region moves.',
  });
  expect(status, JSON.stringify(body)).toBe(200);
  const [over, stays, elsewhere] = [
    await raise('Over soon', 'eu-1'),
    await raise('Stays', 'eu-2'),
    await raise('Elsewhere', 'us-1'),
  ];
  for (const { id } of [over, before])
    expect((await admin.post(`/api/monitoring/alerts/${id}/resolve`)).status).toBe(200);
  await tocsin.runtime.idle();
  expect([told(before.id), told(over.id), told(stays.id), told(elsewhere.id)]).toEqual([
    ['opened', 'resolved'],
    [],
    [],
    ['opened'],
  ]);

  await tocsin.pass(240);
  expect([told(over.id), told(stays.id), told(elsewhere.id)]).toEqual([[], ['silence_ended'], ['opened']]);

  const trail = async (action: string) =>
    (
      await admin.get<{ items: { subject: { id: string } }[] }>(`/api/security/audit?action=${action}&limit=100`)
    ).body.items.map(({ subject }) => subject.id);
  expect(await trail('silence.created')).toEqual([body.silenceID]);
  const ours = [before, over, stays, elsewhere].map(({ id }) => id);
  const ofOurs = async (action: string) => (await trail(action)).filter((id) => ours.includes(id)).sort();
  expect(await ofOurs('alert.opened')).toEqual(ours.toSorted());
  expect(await ofOurs('alert.resolved')).toEqual([before.id, over.id].sort());
});

test('who may read may not silence, and nobody may do either unasked', async () => {
  const viewer = await tocsin.user('vera', ['analyst']);
  expect((await viewer.get('/api/v2/silences')).status).toBe(200);
  expect((await viewer.post('/api/v2/silences', {})).status).toBe(403);
  expect((await viewer.call('DELETE', '/api/v2/silence/x')).status).toBe(403);
  expect((await tocsin.as().get('/api/v2/alerts')).status).toBe(401);
});

test('a silence that recurs is made by the tick two days before its next time', async () => {
  const startsAt = new Date(tocsin.runtime.clock.now() + 2 * 86_400_000 + 60_000).toISOString().slice(0, 16);
  const recurrence = { rule: 'FREQ=DAILY', timeZone: 'UTC', startsAt, durationMinutes: 30, except: [] };
  const matchers = [{ name: 'backup', value: 'nightly', isRegex: false, isEqual: true }];
  const made = await admin.post<{ id: string }>('/api/monitoring/recurring-silences', { matchers, recurrence });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  const times = async () =>
    (
      await admin.get<{ items: { startsAt: string; recurringId: string | null }[] }>(
        '/api/monitoring/silences?state=pending&limit=100',
      )
    ).body.items.filter(({ recurringId }) => recurringId === made.body.id);
  expect(await times()).toEqual([]);
  await tocsin.pass(240);
  expect(await times()).toMatchObject([{ startsAt: `${startsAt}:00.000Z` }]);
  expect((await admin.call('DELETE', `/api/monitoring/recurring-silences/${made.body.id}`)).status).toBe(204);
  expect(await times()).toEqual([]);
});
