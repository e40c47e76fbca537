import { describe, expect, it } from 'vitest';
import { overall, type Broken } from '../../../functions/health/overview/overall.ts';

const broken = (severity: Broken['severity'], since: string): Broken => ({
  kind: 'monitor',
  id: `${severity}-${since}`,
  name: 'm',
  service: null,
  severity,
  since,
  reason: 'ill',
});

describe('the overall status', () => {
  it.each([
    [[], 'healthy'],
    [['info'], 'healthy'],
    [['warning', 'info'], 'warning'],
    [['error'], 'warning'],
    [['info', 'warning', 'critical'], 'critical'],
  ] as const)('with %j broken is %s', (severities, status) => {
    expect(overall(severities.map((severity) => broken(severity, '1'))).status).toBe(status);
  });

  it('tells the worst reasons first, and of those the oldest', () => {
    const { reasons } = overall([broken('warning', '1'), broken('critical', '3'), broken('critical', '2')]);
    expect(reasons.map(({ id }) => id)).toEqual(['critical-2', 'critical-3', 'warning-1']);
  });
});
