import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

test('what an idle month, a thousand monitors and a million alerts cost is computed from the templates as they are', () => {
  const root = resolve(import.meta.dirname, '../..');
  const text = execFileSync(process.execPath, ['bench/cost.ts'], { cwd: root, encoding: 'utf8' });
  const totals = [...text.matchAll(/^ {2}total +(\d+\.\d\d)$/gm)].map(([, dollars]) => Number(dollars));
  expect(totals).toHaveLength(3);
  for (const total of totals) expect(total).toBeGreaterThan(1);
  // A few dollars while nothing happens, and less than five cents a monitor and month.
  expect(totals[0]).toBeLessThan(14);
  expect(totals[1]).toBeLessThan(50);
}, 60_000);
