import { afterEach, expect, test, vi } from 'vitest';

vi.hoisted(() =>
  Object.assign(process.env, { POWERTOOLS_METRICS_NAMESPACE: 'Tocsin', POWERTOOLS_SERVICE_NAME: 'tick' }),
);

const written: string[] = [];
const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void written.push(line));
afterEach(() => {
  written.length = 0;
});

test('a metric counts what went wrong, under the name of its function, and nothing is written for zero', async () => {
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  const { countMetric } = await import('../../../shared/aws/observe.ts');
  countMetric('WakeUpsHealed', 0);
  expect(written).toEqual([]);
  countMetric('WakeUpsHealed', 3);
  expect(written.map((line) => JSON.parse(line) as object)).toMatchObject([{ WakeUpsHealed: 3, service: 'tick' }]);
  log.mockRestore();
  vi.unstubAllEnvs();
});
