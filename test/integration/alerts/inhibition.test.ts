import { describe, expect, it, vi } from 'vitest';
import { eventNameIn } from '../../../functions/alerts/event-names.ts';
import { surface } from '../../../functions/alerts/http.ts';
import { ALERTS_TABLE_SHAPE } from '../../../functions/alerts/table.ts';
import type { Method } from '../../../shared/http/route.ts';
import { alertsDeps, alertStores, anEvent, machine, standingClock } from '../../support/alerts.ts';
import { invoke, type Invocation } from '../../support/invoke.ts';
import { memoryTable } from '../../support/memory-table.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

const PATH = '/api/monitoring/inhibition';
const matcher = (name: string, value: string, isRegex = false) => ({ name, value, isRegex, isEqual: true });
const RULE = {
  name: 'clusters',
  source: [matcher('alertname', 'ClusterDown')],
  target: [matcher('alertname', 'Node.*', true)],
  equal: ['cluster'],
};

const scene = () => {
  const { client, tableName } = memoryTable(ALERTS_TABLE_SHAPE);
  const clock = standingClock();
  const { store } = alertStores(client, tableName);
  const handler = surface(() => alertsDeps(client, tableName, clock));
  const call = (route: `${Method} /${string}`, request: Invocation = {}) =>
    invoke(handler, route, { caller: { kind: 'user', id: 'usr_anna', name: 'anna' }, ...request });
  let events = 0;
  const raise = async (title: string, cluster = 'eu') =>
    (await store.raise(anEvent({ title, labels: { cluster } }), machine, clock.now(), eventNameIn(`i${++events}.1`)))
      .alert;
  const set = (rules: readonly object[], version = 0) => call(`PUT ${PATH}`, { body: { version, rules } });
  return { call, raise, set };
};

describe('200', () => {
  it('rules are set, and read as they are', async () => {
    const { call, set } = scene();
    expect((await call(`GET ${PATH}`)).body).toEqual({ version: 0, changedAt: null, changedBy: null, rules: [] });
    expect((await set([RULE])).status).toBe(200);
    expect((await call(`GET ${PATH}`)).body).toMatchObject({ version: 1, changedBy: { name: 'anna' }, rules: [RULE] });
  });

  it('Alertmanager’s API shows by which alert another is kept quiet, and filters by it', async () => {
    const { call, raise, set } = scene();
    await set([RULE]);
    for (const title of ['ClusterDown', 'NodeDown']) await raise(title);
    await raise('NodeDown', 'us');
    const query = async (filter: Record<string, string> = {}) =>
      (await call('GET /api/v2/alerts', { query: filter })).body;
    const all: { labels: Record<string, string>; fingerprint: string; status: object }[] = await query();
    const [down] = all.filter(({ labels }) => labels['alertname'] === 'ClusterDown');
    const states = new Map(all.map(({ labels, status }) => [`${labels['alertname']} ${labels['cluster']}`, status]));
    expect(states.get('NodeDown eu')).toMatchObject({ state: 'suppressed', inhibitedBy: [down?.fingerprint] });
    expect(states.get('NodeDown us')).toMatchObject({ state: 'active', inhibitedBy: [] });
    expect(states.get('ClusterDown eu')).toMatchObject({ state: 'active', inhibitedBy: [] });
    expect(await query({ inhibited: 'false' })).toHaveLength(2);
    expect(await query({ active: 'false' })).toHaveLength(1);
  });

  it('a preview names the alerts that rules would keep quiet, and stores nothing', async () => {
    const { call, raise } = scene();
    const [down, node] = [await raise('ClusterDown'), await raise('NodeDown')];
    expect((await call(`POST ${PATH}/preview`, { body: { rules: [RULE] } })).body).toEqual({
      items: [
        { alertId: node.id, title: 'NodeDown', rule: 'clusters', by: { alertId: down.id, title: 'ClusterDown' } },
      ],
      inhibited: 1,
      complete: true,
    });
    expect((await call(`GET ${PATH}`)).body.version).toBe(0);
  });
});

describe('400', () => {
  it('matchers that match everything, or are none', async () => {
    const { call, set } = scene();
    const wrong = { ...RULE, target: [matcher('node', '.*', true)] };
    expect((await set([RULE, wrong])).body).toMatchObject({
      code: 'inhibition.invalid',
      errors: [{ pointer: '/rules/1/target' }],
    });
    expect((await set([{ ...RULE, source: [] }])).status).toBe(400);
    expect((await call(`POST ${PATH}/preview`, { body: { rules: [wrong] } })).status).toBe(400);
  });
});

describe('403', () => {
  it('readers of alerts see rules and previews, and set none', async () => {
    const { call } = scene();
    const caller = { kind: 'user' as const, id: 'usr_mia', name: 'mia', permissions: ['monitoring.alert.read'] };
    expect((await call(`GET ${PATH}`, { caller })).status).toBe(200);
    expect((await call(`POST ${PATH}/preview`, { caller, body: { rules: [RULE] } })).status).toBe(200);
    expect((await call(`PUT ${PATH}`, { caller, body: { version: 0, rules: [] } })).status).toBe(403);
  });
});

describe('409', () => {
  it('rules that follow another version than the present one', async () => {
    const { set } = scene();
    await set([RULE]);
    expect((await set([])).body).toMatchObject({ code: 'inhibition.changed' });
    expect((await set([], Number.MAX_SAFE_INTEGER)).body).toMatchObject({ code: 'inhibition.changed' });
    expect((await set([], 1)).status).toBe(200);
  });
});
