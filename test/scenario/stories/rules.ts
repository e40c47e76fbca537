import { beforeAll, describe, expect, test } from 'vitest';
import type { Client, Tocsin } from '../../support/tocsin.ts';
import { product } from './product.ts';

interface Alert {
  readonly title: string;
  readonly severity: string;
  readonly status: string;
  readonly description: string;
  readonly labels: Readonly<Record<string, string>>;
}

let tocsin: Tocsin;
let admin: Client;
beforeAll(async () => {
  tocsin = await product();
  admin = await tocsin.admin();
});

const pass = (seconds: number): Promise<void> => tocsin.pass(seconds);
const record = async (name: string, value: number, more: { ago?: number; dimensions?: object } = {}): Promise<void> => {
  const timestamp = new Date(tocsin.runtime.clock.now() - (more.ago ?? 0) * 1000).toISOString();
  const { status } = await admin.post('/api/monitoring/metrics', {
    points: [{ name, value, timestamp, ...(more.dimensions && { dimensions: more.dimensions }) }],
  });
  expect(status).toBe(202);
};
const alerts = async (status = 'open'): Promise<readonly Alert[]> =>
  (await admin.get<{ items: Alert[] }>(`/api/monitoring/alerts?status=${status}&source=rule`)).body.items;
const named = async (name: string) => (await alerts()).filter(({ title }) => title.startsWith(name));
const install = (preset: string) => admin.post('/api/monitoring/rules/presets', { preset });

describe('lrs-agents', () => {
  test('the precision of one agent falls by more than a fifth: critical, at once, and for that agent alone', async () => {
    expect((await install('lrs-agents')).status).toBe(200);
    // Containers take a new rule up within a quarter of a minute.
    await pass(20);
    for (const agent of ['planner', 'coder']) {
      for (const ago of [3000, 1800, 900, 400]) await record('agent.precision', 0.9, { ago, dimensions: { agent } });
    }
    await record('agent.precision', 0.75, { dimensions: { agent: 'planner' } });
    await tocsin.runtime.idle();
    expect(await named('AgentPrecisionDrop')).toEqual([]);
    await record('agent.precision', 0.3, { dimensions: { agent: 'coder' } });
    await tocsin.runtime.idle();
    expect(await named('AgentPrecisionDrop')).toMatchObject([
      {
        severity: 'critical',
        title: 'AgentPrecisionDrop (agent=coder)',
        labels: { agent: 'coder', rule: 'AgentPrecisionDrop' },
      },
    ]);
    expect((await named('AgentPrecisionDrop'))[0]?.description).toMatch(
      /Why: avg of agent.precision over 5 min is 0.3, 66.67 % below 0.9/,
    );
  });

  test('over five percent of requests fail: an error; responses take over five seconds: a warning', async () => {
    await record('agent.requests', 200);
    await record('agent.errors', 10);
    await tocsin.runtime.idle();
    expect(await named('AgentErrorRate')).toEqual([]);
    await record('agent.errors', 1);
    await record('agent.response_time', 5001);
    await tocsin.runtime.idle();
    expect(await named('AgentErrorRate')).toMatchObject([{ severity: 'error' }]);
    expect(await named('AgentSlowResponse')).toMatchObject([{ severity: 'warning' }]);
  });
});

describe('revoagent', () => {
  test('retrieval slows for two minutes: a warning then, not sooner; it recovers, and the alert resolves a minute later', async () => {
    expect((await install('revoagent')).status).toBe(200);
    await pass(60);
    for (let minute = 0; minute < 2; minute++) {
      await record('perfect_recall.retrieval_time', 150);
      await tocsin.runtime.idle();
      expect(await named('PerfectRecall'), `minute ${minute}`).toEqual([]);
      await pass(60);
    }
    await record('perfect_recall.retrieval_time', 150);
    await tocsin.runtime.idle();
    expect(await named('PerfectRecall')).toMatchObject([{ severity: 'warning', title: 'PerfectRecallSlowRetrieval' }]);
    await pass(60);
    await record('perfect_recall.retrieval_time', 20);
    await tocsin.runtime.idle();
    await pass(58);
    expect(await named('PerfectRecall')).toHaveLength(1);
    await pass(3);
    expect(await named('PerfectRecall')).toEqual([]);
  });

  test('workers starve: critical as soon as many tasks wait and few workers are there, not for one of the two', async () => {
    await record('parallel_mind.queue_size', 51);
    await record('parallel_mind.workers', 8);
    await tocsin.runtime.idle();
    expect(await named('ParallelMind')).toEqual([]);
    await record('parallel_mind.workers', 7);
    await tocsin.runtime.idle();
    expect(await named('ParallelMind')).toMatchObject([{ severity: 'critical' }]);
  });

  test('an engine goes down for over thirty seconds: critical, and only that engine', async () => {
    await record('engine.up', 1, { dimensions: { engine: 'creative' } });
    await record('engine.up', 0, { dimensions: { engine: 'recall' } });
    await tocsin.runtime.idle();
    expect(await named('EngineHealth')).toEqual([]);
    await pass(29);
    expect(await named('EngineHealth')).toEqual([]);
    await pass(2);
    expect(
      (await admin.get<{ reasons: { name: string }[] }>('/api/monitoring/health/dashboard')).body.reasons.map(
        ({ name }) => name,
      ),
    ).toContain('EngineHealthCheckFailure (engine=recall)');
    expect(await named('EngineHealth')).toMatchObject([
      { severity: 'critical', title: 'EngineHealthCheckFailure (engine=recall)' },
    ]);
  });
});

describe('model-bridge', () => {
  test('CPU, memory and response time warn and are critical at their limits, which the configuration sets', async () => {
    expect((await install('model-bridge')).status).toBe(200);
    await pass(60);
    await record('system.cpu_percent', 80);
    await record('system.memory_percent', 95);
    await record('http.response_time', 999);
    await tocsin.runtime.idle();
    expect(
      (await alerts())
        .map(({ title }) => title)
        .filter((title) => /^(Cpu|Memory|Response)/.test(title))
        .sort(),
    ).toEqual(['CpuHigh', 'MemoryCritical', 'MemoryHigh']);
  });
});

describe('a rule of one’s own', () => {
  test('without a duration: the alert is there within a second of the observation', async () => {
    const made = await admin.post<{ id: string }>('/api/monitoring/rules', {
      name: 'QueueDeep',
      severity: 'critical',
      keepFiringSeconds: 0,
      condition: { type: 'threshold', metric: 'queue.depth', operator: '>', value: 100 },
    });
    expect(made.status).toBe(201);
    await pass(60);
    const begun = performance.now();
    await record('queue.depth', 500);
    while ((await named('QueueDeep')).length === 0 && performance.now() - begun < 5_000)
      await new Promise((r) => setTimeout(r, 20));
    expect(performance.now() - begun).toBeLessThan(1_000);

    const preview = await admin.post<{ items: { status: string; reason: string }[] }>('/api/monitoring/rules/preview', {
      rule: {
        name: 'p',
        severity: 'info',
        condition: { type: 'threshold', metric: 'queue.depth', operator: '>', value: 400 },
      },
      from: new Date(tocsin.runtime.clock.now() - 600_000).toISOString(),
      to: new Date(tocsin.runtime.clock.now() + 60_000).toISOString(),
    });
    expect(preview.body.items).toMatchObject([
      { status: 'firing', reason: 'avg of queue.depth over 1 min is 500, > 400' },
    ]);
    const instances = await admin.get<{ items: { status: string }[] }>(
      `/api/monitoring/rules/${made.body.id}/instances`,
    );
    expect(instances.body.items).toMatchObject([{ status: 'firing' }]);
    expect((await admin.call('DELETE', `/api/monitoring/rules/${made.body.id}`)).status).toBe(204);
    await tocsin.runtime.idle();
    expect(await named('QueueDeep')).toEqual([]);
  });
});
