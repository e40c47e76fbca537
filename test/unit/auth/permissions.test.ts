import { expect, test } from 'vitest';
import { surface } from '../../../infra/surface.ts';
import { PERMISSIONS } from '../../../shared/kernel/permission.ts';

/** What is asked for where no route does: private incidents, the keys of alert sources and of jobs, and a grant of analysts. */
const BEYOND_ROUTES = ['incidents.private', 'integrations.ingest', 'monitoring.performance.read', 'monitoring.ping'];

test('every permission is one that a route asks for, and none is listed that nothing asks for', () => {
  const asked = surface().flatMap(({ permission, narrower }) => [permission, narrower]);
  const names = [...asked, ...BEYOND_ROUTES].filter((name) => name && name !== 'any' && name !== 'public');
  expect([...new Set(names)].sort()).toEqual([...PERMISSIONS].sort());
});
