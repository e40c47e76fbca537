import { expect, it } from 'vitest';
import { watchOurselves } from '../../../functions/health/monitors/watch-ourselves.ts';
import { deleteMonitor } from '../../../functions/health/monitors/delete-monitor.ts';
import { dueAtMinute } from '../../../functions/health/monitors/slots.ts';
import { HEALTH_TABLE_SHAPE } from '../../../functions/health/table.ts';
import { standingClock } from '../../support/alerts.ts';
import { bySomebody, healthDeps } from '../../support/health.ts';
import { memoryTable } from '../../support/memory-table.ts';

it('an installation begins with a monitor of itself, which is checked each five minutes, and one that was deleted stays so', async () => {
  const deps = healthDeps(memoryTable(HEALTH_TABLE_SHAPE), standingClock());
  // Two containers of the tick begin at once.
  const made = await Promise.all([watchOurselves(deps), watchOurselves(deps)]);
  expect(made.filter(Boolean)).toHaveLength(1);
  expect(await watchOurselves(deps)).toBe(false);
  const { items } = await deps.monitors.list({ limit: 10 });
  expect(items).toMatchObject([
    { name: 'Tocsin itself', check: { type: 'self', ignore: [] }, severity: 'critical', enabled: true },
  ]);
  const id = items[0]?.id ?? expect.fail('there is no monitor');
  const minutes = await Promise.all([0, 1, 2, 3, 4].map((minute) => deps.runs.due(dueAtMinute(minute))));
  expect(minutes.flat()).toEqual([id]);
  await deleteMonitor(deps, bySomebody, { id });
  expect(await watchOurselves(deps)).toBe(false);
  expect((await deps.monitors.list({ limit: 10 })).items).toEqual([]);
});
