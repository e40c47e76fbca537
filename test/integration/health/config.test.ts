import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { handler } from '../../../functions/health/http/watch.ts';
import { configStore } from '../../../functions/health/config/store.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../../functions/health/config/settings.ts';
import { HEALTH_TABLE_SHAPE } from '../../../functions/health/table.ts';
import { standingClock } from '../../support/alerts.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { invoke } from '../../support/invoke.ts';

const current = vi.hoisted(() => {
  Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' });
  return { deps: undefined as unknown };
});
vi.mock('../../../functions/health/deps/config.ts', () => ({ configDeps: () => current.deps }));

const anna = { kind: 'user' as const, id: 'usr_anna', name: 'anna' };
let dynamo: TestDynamo;
beforeAll(async () => {
  dynamo = await startDynamo();
  const tableName = await dynamo.table(HEALTH_TABLE_SHAPE, 'health');
  current.deps = { clock: standingClock(), store: configStore(dynamo.client, tableName) };
});
afterAll(() => dynamo.stop());

const get = () => invoke(handler, 'GET /api/monitoring/config', { caller: anna });
const put = (body: unknown) => invoke(handler, 'PUT /api/monitoring/config', { caller: anna, body });
const settings = (uptimePercent: number): Settings => ({
  ...DEFAULT_SETTINGS,
  targets: { ...DEFAULT_SETTINGS.targets, uptimePercent },
});

describe('200', () => {
  it('the promised figures hold until somebody sets others, and then those, with who and when', async () => {
    expect(await get()).toMatchObject({
      status: 200,
      body: { version: 0, changedBy: null, settings: DEFAULT_SETTINGS },
    });
    expect(await put({ version: 0, settings: settings(99.9) })).toMatchObject({ status: 200, body: { version: 1 } });
    expect(await get()).toMatchObject({
      body: { version: 1, changedBy: anna, changedAt: '2026-11-21T03:00:00.000Z', settings: settings(99.9) },
    });
  });
});

describe('409', () => {
  it('of many who follow the same version one wins, and the others are told', async () => {
    const { version } = (await get()).body as { version: number };
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => put({ version, settings: settings(90 + i) })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409, 409, 409]);
    const winner = answers.find(({ status }) => status === 200);
    expect((await get()).body).toEqual(winner?.body);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'config.changed' });
  });
});

describe('400', () => {
  it.each([
    [
      'a warning above critical',
      { cpuPercent: { warning: 96, critical: 95 } },
      '/settings/thresholds/cpuPercent/critical',
    ],
    [
      'a percentage over a hundred',
      { memoryPercent: { warning: 80, critical: 101 } },
      '/settings/thresholds/memoryPercent/critical',
    ],
  ])('%s', async (_what, wrong, pointer) => {
    const answer = await put({
      version: 0,
      settings: { ...DEFAULT_SETTINGS, thresholds: { ...DEFAULT_SETTINGS.thresholds, ...wrong } },
    });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
  });
});
