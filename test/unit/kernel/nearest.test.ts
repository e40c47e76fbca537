import { expect, test } from 'vitest';
import { nearest } from '../../../shared/kernel/nearest.ts';

test.each([
  ['critcal', ['critical', 'error', 'info'], 'critical'],
  ['CRITICAL', ['critical', 'error'], 'critical'],
  ['monitoring.alert.ack', ['monitoring.alert.acknowledge', 'monitoring.alert.read'], 'monitoring.alert.acknowledge'],
  ['crit', ['critical', 'error', 'info'], 'critical'],
  ['q', ['to', 'from', 'limit'], undefined],
  ['xy', ['to', 'id'], undefined],
  ['titel', ['title', 'to'], 'title'],
  ['bogus', ['critical', 'error', 'info'], undefined],
  ['x'.repeat(10_000), ['critical'], undefined],
  ['anything', [], undefined],
])('%.30s among %j means %s', (typed, names, meant) => {
  expect(nearest(typed, names)).toBe(meant);
});
