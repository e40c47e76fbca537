import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { stagesAssembly } from '../support/templates.ts';
import { repository } from '../support/tools/paths.ts';

test('what an idle month, a thousand monitors and a million alerts cost is computed from the templates as they are', async () => {
  const { directory, remove } = await stagesAssembly();
  const command = ['bench/cost.ts', 'prod', directory];
  const text = execFileSync(process.execPath, command, { cwd: repository, encoding: 'utf8' });
  remove();
  const totals = [...text.matchAll(/^ {2}total +(\d+\.\d\d)$/gm)].map(([, dollars]) => Number(dollars));
  expect(totals).toHaveLength(3);
  for (const total of totals) expect(total).toBeGreaterThan(1);
  // Some dollars while nothing happens, less than five cents a monitor and month, and less than two cents for a thousand alerts.
  expect(totals[0]).toBeLessThan(8);
  expect(totals[1]).toBeLessThan(50);
  expect(totals[2]).toBeLessThan(18);
}, 180_000);
