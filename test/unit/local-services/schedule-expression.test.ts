import { expect, test } from 'vitest';
import { nextRun } from '../../../local/emulator/services/schedules/expression.ts';

const next = (expression: string, after: string): string | undefined => {
  const at = nextRun(expression, Date.parse(after));
  return at === undefined ? undefined : new Date(at).toISOString();
};

test.each([
  ['rate(1 minute)', '2026-11-21T03:00:00.000Z', '2026-11-21T03:01:00.000Z'],
  ['rate(5 minutes)', '2026-11-21T03:03:59.999Z', '2026-11-21T03:05:00.000Z'],
  ['rate(1 day)', '2026-11-21T03:00:00.000Z', '2026-11-22T00:00:00.000Z'],
  ['cron(0 12 * * ? *)', '2026-11-21T12:00:00.000Z', '2026-11-22T12:00:00.000Z'],
  ['cron(0/15 * * * ? *)', '2026-11-21T12:50:00.000Z', '2026-11-21T13:00:00.000Z'],
  ['cron(30 8 ? * MON-FRI *)', '2026-11-21T03:00:00.000Z', '2026-11-23T08:30:00.000Z'],
  ['cron(0 0 29 2 ? *)', '2026-11-21T03:00:00.000Z', '2028-02-29T00:00:00.000Z'],
])('%s after %s is due at %s', (expression, after, due) => {
  expect(next(expression, after)).toBe(due);
});

test('a schedule that can never be due again is never due', () => {
  expect(next('cron(0 0 1 1 ? 2020)', '2026-11-21T03:00:00.000Z')).toBeUndefined();
});

test.each(['rate(soon)', 'cron(61 * * * ? *)'])('%s is refused', (expression) => {
  expect(() => nextRun(expression, 0)).toThrow();
});
