import { afterEach, beforeAll, expect, test, vi } from 'vitest';

vi.hoisted(() =>
  Object.assign(process.env, {
    POWERTOOLS_METRICS_NAMESPACE: 'Tocsin/test',
    POWERTOOLS_SERVICE_NAME: 'paging-audit',
    POWERTOOLS_METRICS_DISABLED: 'false',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_DEV: 'true',
  }),
);

/** Files of this project share their modules, and a metric reads its settings when it is made. */
beforeAll(() => {
  vi.resetModules();
});

const written: string[] = [];
vi.spyOn(console, 'log').mockImplementation((line: string) => void written.push(line));
afterEach(() => {
  written.length = 0;
});
const lines = () => written.map((line) => JSON.parse(line) as Record<string, unknown>);

const WELL = { alerts: 4, mended: 0, overdue: 0, unreached: 0, failed: 0, isWhole: true };

test('an audit that repaired something rings, and so do alerts that reached nobody; one that found nothing is silent', async () => {
  const { reportAudit } = await import('../../../functions/paging/escalations/report-repairs.ts');
  reportAudit(WELL);
  expect(written).toEqual([]);
  reportAudit({ ...WELL, mended: 1, overdue: 2, failed: 3 });
  reportAudit({ ...WELL, unreached: 5 });
  expect(lines()).toMatchObject([
    { service: 'stage', LatePages: 6 },
    { service: 'stage', UnreachedAlerts: 5 },
  ]);
});

test('a tick that did late what was due rings', async () => {
  const { reportTick } = await import('../../../functions/paging/escalations/report-repairs.ts');
  const ticked = { healed: 0, failed: 0 } as Parameters<typeof reportTick>[0];
  reportTick(ticked);
  reportTick({ ...ticked, healed: 2 });
  expect(lines()).toMatchObject([{ service: 'stage', LatePages: 2 }]);
});
