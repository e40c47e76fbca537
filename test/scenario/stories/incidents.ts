import { beforeAll, expect, test } from 'vitest';
import type { Analytics } from '../../../functions/incidents/analytics/figures.ts';
import type { WholeIncident } from '../../../functions/incidents/lifecycle/get-incident.ts';
import { settleLimit } from '../../../shared/kernel/map-limit.ts';
import { done, nightOn, step, type Night, type Outgoing, type Person } from '../../support/night.ts';
import type { Client } from '../../support/tocsin.ts';
import { product } from './product.ts';

const CUSTOMERS = '+4915100000009';

let night: Night;
let admin: Client;
let ana: Person;
let anaId: string;

const outbox = async (to: string): Promise<readonly Outgoing[]> =>
  (await night.outbox()).filter((each) => each.to === to);
const raise = async ({
  title,
  ...over
}: {
  readonly title: string;
  readonly service: string;
  readonly team?: string;
}) =>
  done(await admin.post<{ id: string }>('/api/monitoring/alerts', { title, severity: 'critical', ...over }), 201).id;
const listed = async (query: string, client = admin): Promise<readonly WholeIncident[]> =>
  (await client.get<{ items: WholeIncident[] }>(`/api/monitoring/incidents?${query}`)).body.items;
const get = async (id: string): Promise<WholeIncident> =>
  (await admin.get<WholeIncident>(`/api/monitoring/incidents/${id}`)).body;
const patch = (id: string, body: object, client = admin) =>
  client.call<WholeIncident>('PATCH', `/api/monitoring/incidents/${id}`, body);

beforeAll(async () => {
  night = await nightOn(await product());
  ({ admin } = night);
  ana = await night.person('ana', '+4915100000001');
  anaId = ana.id;
  await night.escalateBy('default', [step([ana])]);
  const subscribed = await admin.post('/api/monitoring/subscriptions', {
    protocol: 'sms',
    endpoint: CUSTOMERS,
    filter: { incidents: ['opened', 'update_published'], services: ['shop'] },
  });
  expect(subscribed.status, JSON.stringify(subscribed.body)).toBe(201);
});

test('an alert opens an incident; ana is paged and acknowledges; it is resolved; the review tells all of it', async () => {
  const alertId = await raise({ title: 'Payments fail', service: 'shop', team: 'payments' });
  await night.pass(30);
  const [incident, ...others] = await listed('service=shop');
  expect(others).toEqual([]);
  const id = incident?.id ?? '';
  expect(incident).toMatchObject({ status: 'triggered', severity: 'SEV2', title: 'Payments fail', ruleId: 'default' });
  expect((await outbox(CUSTOMERS)).map(({ text }) => text)).toEqual(['Tocsin SEV2 Payments fail: opened']);

  expect((await ana.post(`/api/monitoring/alerts/${alertId}/acknowledge`, { note: 'On it.' })).status).toBe(200);
  const wish = { version: 1, status: 'investigating', roles: { commander: anaId } };
  const taken = await patch(id, wish, ana);
  expect(taken.status, JSON.stringify(taken.body)).toBe(200);
  const late = await patch(id, { version: 1, status: 'identified' });
  expect(late).toMatchObject({ status: 409, body: { code: 'incident.changed' } });
  expect(JSON.stringify(late.body)).toContain('ana changed the status from triggered to investigating');
  await ana.post(`/api/monitoring/incidents/${id}/notes`, { text: 'A certificate ran out.', pinned: true });
  await ana.post(`/api/monitoring/incidents/${id}/updates`, { text: 'Payments work again.' });
  await ana.post(`/api/monitoring/incidents/${id}/tasks`, { title: 'Watch certificates', kind: 'action_item' });
  await night.pass(60);

  const resolved = await patch(id, { version: 2, status: 'resolved', resolveAlerts: true });
  expect(resolved.status, JSON.stringify(resolved.body)).toBe(200);
  await night.pass(5);
  const { body: alert } = await admin.get<{ status: string; resolvedBy: string }>(`/api/monitoring/alerts/${alertId}`);
  expect(alert).toMatchObject({ status: 'resolved', resolvedBy: 'admin' });
  expect((await outbox(CUSTOMERS)).map(({ text }) => text)).toContain(
    'Tocsin SEV2 Payments fail: Payments work again.',
  );

  const whole = await get(id);
  expect(whole.timeline.map(({ type, field }) => [type, field ?? '']).sort()).toEqual(
    [
      ['opened', ''],
      ['alert_linked', ''],
      ['person_paged', 'sms'],
      ['alert_changed', 'acknowledged'],
      ['status_changed', ''],
      ['role_changed', 'commander'],
      ['noted', ''],
      ['update_published', ''],
      ['task_added', ''],
      ['status_changed', ''],
      ['alert_changed', 'resolved'],
    ].sort(),
  );
  expect(whole.alerts).toMatchObject([{ alertId, status: 'resolved', acknowledgedBy: 'ana' }]);
  const { body: review } = await admin.get<string>(`/api/monitoring/incidents/${id}/review`);
  for (const told of [
    '# Payments fail',
    '- commander: ana',
    '## What matters',
    'A certificate ran out.',
    'alert Payments fail (critical)',
    'Escalation: paged ana by sms for Payments fail',
    'ana: acknowledged the alert Payments fail: On it.',
    'ana: changed the status from triggered to investigating',
    'ana: sent an update to subscribers: Payments work again.',
    'admin: changed the status from investigating to resolved',
    '- [ ] Watch certificates',
  ])
    expect(review).toContain(told);
}, 90_000);

test('admin opens an incident and names ana its commander: ana is paged once, and the timeline tells who was and who could not be', async () => {
  const adminId = (await admin.get<{ id: string }>('/api/auth/me')).body.id;
  const opened = await admin.post<WholeIncident>('/api/monitoring/incidents', {
    title: 'The lake is dry',
    severity: 'SEV3',
    roles: { commander: anaId, responders: [anaId, adminId] },
  });
  expect(opened.status, JSON.stringify(opened.body)).toBe(201);
  const { id } = opened.body;
  await night.pass(30);
  const calls = async () => (await outbox(ana.phone)).map(({ text }) => text).filter((text) => text.includes('lake'));
  expect(await calls()).toEqual(['SEV3 incident: The lake is dry. admin named you commander and responder.']);
  expect((await get(id)).timeline.map(({ type, to }) => [type, to])).toEqual([
    ['opened', 'SEV3'],
    ['person_paged', anaId],
  ]);
  const handedOver = await patch(id, { version: 1, roles: { commander: adminId } }, ana);
  expect(handedOver.status, JSON.stringify(handedOver.body)).toBe(200);
  await night.pass(30);
  expect(await calls()).toHaveLength(1);
  expect((await get(id)).timeline.at(-1)).toMatchObject({
    type: 'page_failed',
    to: adminId,
    note: 'The user has no verified contact.',
  });
}, 60_000);

test('a dozen alerts at once on one service make one incident, and each of them is in it', async () => {
  const COUNT = 12;
  const ended = await settleLimit(
    Array.from({ length: COUNT }, (_, i) => i),
    8,
    (i) => raise({ title: `Node ${i} is down`, service: 'cluster' }),
  );
  expect(ended.filter(({ status }) => status === 'rejected')).toEqual([]);
  await night.pass(1);
  const [incident, ...others] = await listed('service=cluster');
  expect(others).toEqual([]);
  const found = new Set<string>();
  let cursor: string | null = '';
  do {
    const path: string = `/api/monitoring/incidents/${incident?.id}/alerts?limit=5${cursor && `&cursor=${cursor}`}`;
    const { body } = await admin.get<{ items: { alertId: string }[]; next: string | null }>(path);
    for (const { alertId } of body.items) found.add(alertId);
    cursor = body.next;
  } while (cursor);
  expect(found.size).toBe(COUNT);
}, 90_000);

test('what is merged brings its alerts along, and a private incident is there for nobody else', async () => {
  const one = await raise({ title: 'Search is slow', service: 'search' });
  const other = await raise({ title: 'Index is stale', service: 'index' });
  await night.tocsin.runtime.idle();
  const [into, from] = [(await listed('service=search'))[0], (await listed('service=index'))[0]];
  const merged = await admin.post(`/api/monitoring/incidents/${into?.id}/merge`, { incidentId: from?.id });
  expect(merged.status, JSON.stringify(merged.body)).toBe(200);
  await night.pass(5);
  expect((await get(into?.id ?? '')).alerts.map(({ alertId }) => alertId).sort()).toEqual([one, other].sort());
  expect(await get(from?.id ?? '')).toMatchObject({ status: 'closed', mergedInto: into?.id, alerts: [] });

  const opened = await admin.post<{ id: string }>('/api/monitoring/incidents', {
    title: 'Somebody took the money',
    severity: 'SEV1',
    private: true,
  });
  expect((await ana.get(`/api/monitoring/incidents/${opened.body.id}`)).status).toBe(404);
  expect((await listed('severity=SEV1', ana)).length).toBe(0);
  await patch(opened.body.id, { version: 1, roles: { responders: [anaId] } });
  expect((await ana.get(`/api/monitoring/incidents/${opened.body.id}`)).status).toBe(200);
}, 90_000);

test('the figures tell how much there was and how soon ana answered', async () => {
  const ask = async (): Promise<Analytics> =>
    (await admin.get<Analytics>('/api/monitoring/analytics?timeZone=Europe/Berlin')).body;
  const figures = await ask();
  expect(figures.services.find(({ name }) => name === 'cluster')).toMatchObject({ count: 12, incidents: 1 });
  expect(figures.services.find(({ name }) => name === 'shop')).toMatchObject({
    count: 1,
    acknowledged: 1,
    resolved: 1,
  });
  const person = figures.people.find(({ name }) => name === 'ana');
  expect(person).toMatchObject({ id: anaId, acknowledged: 1 });
  expect(person?.mttaSeconds).toBeGreaterThanOrEqual(30);
  expect(person?.pages).toBeGreaterThan(0);
  expect(figures.pages).toBe(person?.pages);
}, 60_000);
