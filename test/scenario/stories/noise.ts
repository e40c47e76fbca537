import { beforeAll, expect, test } from 'vitest';
import { done, nightOn, step, type Night, type Person } from '../../support/night.ts';
import { product } from './product.ts';

let night: Night;
let nia: Person;

const matcher = (name: string, value: string) => ({ name, value, isRegex: false, isEqual: true });
const texts = async (): Promise<string[]> =>
  (await night.outbox())
    .filter(({ to, text }) => to === nia.phone && !text.includes('is your code'))
    .map(({ text }) => text);
const raise = async (title: string, labels: Record<string, string>): Promise<string> =>
  done(
    await night.admin.post<{ id: string }>('/api/monitoring/alerts', {
      title,
      severity: 'critical',
      dedupKey: title,
      labels: { story: 'noise', ...labels },
    }),
    201,
  ).id;
const waits = async (id: string): Promise<{ reasonCode: string } | null> =>
  (
    await night.admin.get<{ escalation: { waits: { reasonCode: string } | null } }>(
      `/api/monitoring/alerts/${id}/pages`,
    )
  ).body.escalation.waits;

beforeAll(async () => {
  night = await nightOn(await product());
  nia = await night.person('nia', '+4915100000077');
  await night.escalateBy('noise', [step([nia])]);
  const rule = (name: string, kind: string, noise: object) => ({
    name,
    conditions: [
      { field: 'labels.story', test: 'is', values: ['noise'] },
      { field: 'labels.kind', test: 'is', values: [kind] },
    ],
    set: { policyId: 'noise' },
    noise,
  });
  const rules = [
    rule('thresholds', 'counted', { threshold: { events: 2, minutes: 10 } }),
    rule('groups', 'grouped', { group: { by: ['labels.cluster'], waitSeconds: 30, intervalSeconds: 300 } }),
    rule('others', 'plain', {}),
  ];
  const { status, body } = await night.admin.call('PUT', '/api/routing', { version: 0, rules });
  expect(status, JSON.stringify(body)).toBe(200);
  const inhibition = {
    version: 0,
    rules: [
      { name: 'clusters', source: [matcher('role', 'cluster')], target: [matcher('role', 'node')], equal: ['cluster'] },
    ],
  };
  expect((await night.admin.call('PUT', '/api/monitoring/inhibition', inhibition)).status).toBe(200);
  // Rules take effect within 20 seconds.
  await night.pass(25);
});

test('an alert that is counted is paged after its second event, a group as one, and an inhibited one when its parent is over', async () => {
  const parent = await raise('The cluster is down', { kind: 'plain', role: 'cluster', cluster: 'n1' });
  await night.pass(15);
  const child = await raise('A node is down', { kind: 'plain', role: 'node', cluster: 'n1' });
  const counted = await raise('Counted', { kind: 'counted' });
  await raise('Grouped one', { kind: 'grouped', cluster: 'n2' });
  await raise('Grouped two', { kind: 'grouped', cluster: 'n2' });
  await night.pass(10);
  expect([await waits(child), await waits(counted)]).toMatchObject([
    { reasonCode: 'inhibited' },
    { reasonCode: 'below_threshold' },
  ]);
  expect((await texts()).map((text) => text.split('\n')[0])).toEqual(['CRITICAL: The cluster is down']);
  await night.admin.post('/api/monitoring/alerts', {
    title: 'Counted',
    severity: 'critical',
    dedupKey: 'Counted',
    labels: { story: 'noise', kind: 'counted' },
  });
  await night.pass(120);
  const sent = await texts();
  expect(sent.filter((text) => text.includes('Counted'))).toHaveLength(1);
  expect(sent.filter((text) => text.includes('Grouped'))).toEqual([expect.stringMatching(/^2 alerts\n/)]);
  expect(sent.filter((text) => text.includes('A node is down'))).toEqual([]);
  expect((await night.admin.post(`/api/monitoring/alerts/${parent}/resolve`)).status).toBe(200);
  await night.pass(90);
  expect((await texts()).filter((text) => text.includes('A node is down'))).toHaveLength(1);
});
